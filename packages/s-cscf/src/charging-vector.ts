import { header, splitOutsideQuotes, type Header, type Headers } from '@ims-sim/sip';

/** Which operators a P-Charging-Vector names (RFC 7315 4.6): the one that sends, and the one that answers. */
export interface OperatorIdentifiers {
  readonly origIoi?: string | undefined;
  readonly termIoi?: string | undefined;
}

/** Whom a P-Charging-Vector goes to, or came from. */
export type Neighbour = 'p-cscf' | 'as' | 'element';

/**
 * TS 24.229 4.5.4.1, 7.2A.5: how this operator is named to a neighbour: type 1 between P-CSCF and S-CSCF, type 3 between S-CSCF and
 * AS, each with its prefix; between home networks type 2, which has none.
 */
export function operatorTowards(neighbour: Neighbour, domain: string): string {
  switch (neighbour) {
    case 'p-cscf':
      return `"Type 1${domain}"`;
    case 'as':
      return `"Type 3${domain}"`;
    case 'element':
      return domain;
  }
}

/**
 * TS 24.229 4.5.4: the P-Charging-Vector of the response to a request that had `received`: the operator that the neighbour
 * named, and this one, in the type in which the neighbour named its own.
 */
export function answeredVector(received: string, domain: string): Header {
  const origIoi = /;\s*orig-ioi\s*=\s*("[^"]*"|[^;\s]+)/i.exec(received)?.[1];
  const termIoi = operatorTowards(neighbourWho(origIoi), domain);
  return header('P-Charging-Vector', withOperators(received, { origIoi, termIoi }));
}

function neighbourWho(origIoi: string | undefined): Neighbour {
  const type = /^"?type ([13])/i.exec(origIoi ?? '')?.[1];
  return type === undefined ? 'element' : type === '1' ? 'p-cscf' : 'as';
}

/**
 * A P-Charging-Vector with these operators in the place of those that it named (TS 24.229 4.5.4: an identifier holds between
 * two neighbours only); the ICID and all else stay.
 */
export function withOperators(value: string, { origIoi, termIoi }: OperatorIdentifiers): string {
  const kept = splitOutsideQuotes(value, ';').filter((param) => param !== '' && !isOperator(param));
  if (origIoi !== undefined) {
    kept.push(`orig-ioi=${origIoi}`);
  }
  if (termIoi !== undefined) {
    kept.push(`term-ioi=${termIoi}`);
  }
  return kept.join(';');
}

/** The same on the header of a message that has one; others are as they were. */
export function withChargingVector(headers: Headers, operators: OperatorIdentifiers): Headers {
  return headers.some(({ key }) => key === 'p-charging-vector')
    ? headers.map((h) => (h.key === 'p-charging-vector' ? vector(h, operators) : h))
    : headers;
}

function vector({ value }: Header, operators: OperatorIdentifiers): Header {
  return header('P-Charging-Vector', withOperators(value, operators));
}

function isOperator(param: string): boolean {
  const name = param.slice(0, param.indexOf('=')).trim().toLowerCase();
  return name === 'orig-ioi' || name === 'term-ioi';
}

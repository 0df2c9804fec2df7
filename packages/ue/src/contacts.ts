import { addresses, expires, header, type Header, type SipResponse } from '@ims-sim/sip';
import type { RegisterOptions, Registration } from './ue.js';

export const DEFAULT_REGISTRATION_S = 600_000;

interface Asked {
  readonly uri: string;
  readonly expiresS: number;
}

/** TS 24.229 5.1.1.2.1: Contact and Expires of a REGISTER; `*` takes all bindings off (RFC 3261 10.2.2). */
export function contactHeaders(options: RegisterOptions, own: string): Header[] {
  if (options.all === true) {
    return [header('Contact', '*'), header('Expires', '0')];
  }
  const { expiresS = DEFAULT_REGISTRATION_S, contacts = [own], q, instance } = options;
  const values = contacts.map((contact) => {
    const given = typeof contact === 'string' ? { uri: contact } : contact;
    const one = { expiresS, q, instance, ...given };
    const qParam = one.q === undefined ? '' : `;q=${one.q}`;
    const instanceParam = one.instance === undefined ? '' : `;+sip.instance="<${one.instance}>"`;
    return `<${one.uri}>;expires=${one.expiresS}${qParam}${instanceParam}`;
  });
  return [header('Contact', values.join(', ')), header('Expires', String(expiresS))];
}

/** TS 24.229 5.1.1.2.1: what the 200 to a REGISTER makes of the registration; undefined where the UE is registered no more. */
export function registrationAfter(
  response: SipResponse,
  options: RegisterOptions,
  own: string,
  before: Registration | undefined,
): Registration | undefined {
  const asked = askedFor(options, own);
  const kept = asked.filter(({ expiresS }) => expiresS > 0);
  if (options.all === true || (kept.length === 0 && asked.some(({ uri }) => uri === own))) {
    return undefined;
  }
  if (kept.length === 0) {
    return before; // others' contacts were taken off
  }
  const granted = kept.map(({ uri, expiresS }) => grantedS(response, uri) ?? expires(response) ?? expiresS);
  const expiresS = Math.max(...granted);
  if (expiresS === 0) {
    return undefined;
  }
  return {
    serviceRoute: addresses(response, 'service-route'),
    associatedUris: addresses(response, 'p-associated-uri'),
    expiresS,
  };
}

function askedFor({ contacts, expiresS = DEFAULT_REGISTRATION_S }: RegisterOptions, own: string): Asked[] {
  return (contacts ?? [own]).map((contact) =>
    typeof contact === 'string'
      ? { uri: contact, expiresS }
      : { uri: contact.uri, expiresS: contact.expiresS ?? expiresS },
  );
}

function grantedS(response: SipResponse, uri: string): number | undefined {
  const found = addresses(response, 'contact').find(({ uriText }) => uriText === uri);
  const parameter = found?.params.get('expires');
  return typeof parameter === 'string' && /^\d{1,10}$/.test(parameter) ? Number(parameter) : undefined;
}

import type { ApplicationServer, SessionCase } from '@ims-sim/cx';
import { asksForIdPrivacy, header, parseUri, serverUri, type Header, type Headers } from '@ims-sim/sip';
import { chargingFunctionAddresses } from './charging-function-addresses.js';
import { operatorTowards, withChargingVector } from './charging-vector.js';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';
import { isInTrustDomain, isOfOperator, type Hop } from './trust-domain.js';

/** What never goes to the network of another operator (TS 24.229 4.4, 5.4.3.2, 5.4.3.3). */
const NOT_TO_OTHERS: ReadonlySet<string> = new Set([
  'p-access-network-info',
  'p-charging-function-addresses',
  'p-served-user',
  'p-user-database',
  'p-visited-network-id',
]);

/**
 * TS 24.229 4.4, 4.5, 5.4.3.2 and 5.4.3.3: the headers of a request as they go to the next hop: what stays in this network is
 * taken off where it leaves it, and P-Asserted-Identity of a user who wants `Privacy: id` where it leaves the trust domain
 * (RFC 3325 7). The final text's S-CSCF names its operator to its neighbour and, within the network, the charging functions of
 * the served user; the draft's adds nothing.
 * Deviation: of RFC 3323 only `id` is done; `header`, `user` and `session` need a B2BUA, which this S-CSCF is not.
 */
export function headersTowards(
  hop: Hop,
  headers: Headers,
  user: ServedUser | undefined,
  scscf: SCscf,
): Headers {
  const ofOperator = isOfOperator(hop, scscf);
  const isFinalText = scscf.profile === 'ts-24.141';
  if (ofOperator && !isFinalText) {
    return headers; // nothing goes, nothing comes
  }
  const trusted = ofOperator || isInTrustDomain(hop, scscf);
  const hidden = trusted ? undefined : hiddenIn(headers);
  let result = headers;
  if (headers.some(({ key }) => isToGo(key, ofOperator, isFinalText) || hidden?.has(key) === true)) {
    result = headers.filter(({ key }) => !isToGo(key, ofOperator, isFinalText) && hidden?.has(key) !== true);
  }
  if (!isFinalText) {
    return result;
  }
  result = withChargingVector(result, { origIoi: operatorTowards(hop.kind, scscf.domain) });
  const charging = ofOperator ? user?.set.charging : undefined;
  const addresses = charging === undefined ? undefined : chargingFunctionAddresses(charging);
  return addresses === undefined || result.some(({ key }) => key === addresses.key)
    ? result
    : beforeContent(result, addresses);
}

/** P-Served-User goes to an AS only, P-User-Database ends at the S-CSCF that it is for. */
function isToGo(key: string, ofOperator: boolean, isFinalText: boolean): boolean {
  return (
    NOT_TO_OTHERS.has(key) &&
    (!ofOperator || (isFinalText && (key === 'p-served-user' || key === 'p-user-database')))
  );
}

const CHARGING: ReadonlySet<string> = new Set(['p-charging-vector']);
const CHARGING_AND_IDENTITY: ReadonlySet<string> = new Set(['p-charging-vector', 'p-asserted-identity']);

/** What does not leave the trust domain. */
function hiddenIn(headers: Headers): ReadonlySet<string> {
  return asksForIdPrivacy(headers) ? CHARGING_AND_IDENTITY : CHARGING;
}

const hops = new WeakMap<ApplicationServer, Hop>();

/** An application server as a next hop; read once. */
export function serverHop(server: ApplicationServer): Hop {
  let hop = hops.get(server);
  if (hop === undefined) {
    const uri = parseUri(serverUri(server.serverName));
    hop = { kind: 'as', host: uri?.kind === 'sip' ? uri.host.toLowerCase() : undefined };
    hops.set(server, hop);
  }
  return hop;
}

/** RFC 5502 4, RFC 8498 4: whom the AS is to serve, and how; undefined for an AS that is not of the trust domain. */
export function servedUserHeader(
  hop: Hop,
  { identity }: ServedUser,
  sessionCase: SessionCase,
  isRegistered: boolean,
  scscf: SCscf,
): Header | undefined {
  if (scscf.profile !== 'ts-24.141' || !isInTrustDomain(hop, scscf)) {
    return undefined;
  }
  return header('P-Served-User', `<${identity}>;${caseOf(sessionCase, isRegistered)}`);
}

function caseOf(sessionCase: SessionCase, isRegistered: boolean): string {
  if (sessionCase === 'originating-cdiv') {
    return 'orig-cdiv';
  }
  const direction = sessionCase.startsWith('originating') ? 'orig' : 'term';
  return `sescase=${direction};regstate=${isRegistered ? 'reg' : 'unreg'}`;
}

/** Before the headers that describe the body. */
export function beforeContent(headers: Headers, added: Header): Headers {
  const at = headers.findIndex(({ key }) => key === 'content-type' || key === 'content-length');
  return at < 0 ? [...headers, added] : headers.toSpliced(at, 0, added);
}

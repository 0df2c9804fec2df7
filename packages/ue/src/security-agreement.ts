import type { Endpoint, Random } from '@ims-sim/host';
import {
  header,
  parseHeaderParams,
  values,
  type Header,
  type SipResponse,
  type Source,
  type Target,
} from '@ims-sim/sip';
import { hostPort } from './host-port.js';

/**
 * RFC 3329 and TS 33.203 Annex H between the UE and its P-CSCF.
 *
 * Deviation: the agreement is negotiated and the protected ports are used, but what goes between them is neither integrity
 * protected nor enciphered: there is no IPsec in Node. So the ports, and Security-Verify, stand for the security association.
 */

/** What the UE offers in Security-Client. */
export interface SecurityOffer {
  readonly spiC: number;
  readonly spiS: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
}

/** What the UE and the P-CSCF have agreed on: how the UE sends from then on. */
export interface SecurityAssociation {
  /** The P-CSCF's protected server port, from the UE's protected client port (TS 33.203 7.1). */
  readonly target: Target;
  /** The UE's protected server port, for Via and Contact. */
  readonly server: Endpoint;
  /** The P-CSCF's list as it came, for Security-Verify (RFC 3329 2.3.1). */
  readonly verify: string;
}

/** The protected ports of a UE: two client ports, as each association has another one than that before it (TS 33.203 7.4). */
export interface ProtectedPorts {
  readonly clients: readonly [Endpoint, Endpoint];
  readonly server: Endpoint;
}

const ALGORITHMS = ['hmac-sha-1-96', 'hmac-md5-96'];
const ENCRYPTION = ['aes-cbc', 'null'];

/** TS 33.203 7.1, 7.4: new SPIs, which are above 255 (RFC 4303 2.1), and a client port that the present association has not. */
export function newOffer(
  random: Random,
  { clients: [first, second], server }: ProtectedPorts,
  present: SecurityAssociation | undefined,
): SecurityOffer {
  const spi = () => 256 + (random.uint32() % (0xffff_ffff - 256));
  const client = present?.target.from?.port === first.port ? second : first;
  return { spiC: spi(), spiS: spi(), client, server };
}

/** TS 24.229 5.1.1.2.2: the headers of a REGISTER, with the agreement that it is sent under, if any (RFC 3329 2.3.1, 2.6). */
export function registerSecurity(
  offer: SecurityOffer,
  association: SecurityAssociation | undefined,
): Header[] {
  return [header('Security-Client', securityClient(offer)), ...REQUIRED, ...securityVerify(association)];
}

/** TS 24.229 5.1.2A.1.1: those of every later request. */
export function requestSecurity(association: SecurityAssociation | undefined): Header[] {
  return association === undefined ? [] : [...REQUIRED, ...securityVerify(association)];
}

const REQUIRED = [header('Require', 'sec-agree'), header('Proxy-Require', 'sec-agree')];

function securityVerify(association: SecurityAssociation | undefined): Header[] {
  return association === undefined ? [] : [header('Security-Verify', association.verify)];
}

function securityClient({ spiC, spiS, client, server }: SecurityOffer): string {
  const rest = `spi-c=${spiC}; spi-s=${spiS}; port-c=${client.port}; port-s=${server.port}`;
  return ALGORITHMS.flatMap((alg) =>
    ENCRYPTION.map((ealg) => `ipsec-3gpp; prot=esp; mod=trans; alg=${alg}; ealg=${ealg}; ${rest}`),
  ).join(', ');
}

/**
 * TS 24.229 5.1.1.5.1: the association that a 401's Security-Server makes: of the mechanisms that the UE has offered, the one with
 * the highest q (RFC 3329 2.3.1). Undefined where there is none, or without the parameters of TS 33.203 Annex H.
 */
export function agreedWith(
  response: SipResponse,
  { transport, remote }: Source,
  { client, server }: SecurityOffer,
): SecurityAssociation | undefined {
  const list = values(response, 'security-server');
  let best: { readonly q: number; readonly port: number } | undefined;
  for (const text of list) {
    const one = mechanism(text);
    if (one !== undefined && (best === undefined || one.q > best.q)) {
      best = one;
    }
  }
  return (
    best && {
      target: { transport, address: remote.address, port: best.port, from: client },
      server,
      verify: list.join(', '),
    }
  );
}

/** Undefined where it is not one that the UE has offered. */
function mechanism(text: string): { readonly q: number; readonly port: number } | undefined {
  const semicolon = text.indexOf(';');
  const params = semicolon < 0 ? undefined : parseHeaderParams(text, semicolon);
  if (params === undefined || text.slice(0, semicolon).trim().toLowerCase() !== 'ipsec-3gpp') {
    return undefined;
  }
  const lower = (name: string, usual: string) => {
    const value = params.get(name) ?? usual;
    return value === true ? '' : value.toLowerCase();
  };
  const number = (name: string, max: number) => {
    const value = params.get(name);
    return typeof value === 'string' && /^\d{1,10}$/.test(value) && Number(value) <= max ? Number(value) : 0;
  };
  const port = number('port-s', 65_535);
  const isComplete =
    port > 0 &&
    number('port-c', 65_535) > 0 &&
    number('spi-c', 0xffff_ffff) > 0 &&
    number('spi-s', 0xffff_ffff) > 0;
  const isOffered =
    ALGORITHMS.includes(lower('alg', '')) &&
    ENCRYPTION.includes(lower('ealg', 'null')) &&
    lower('prot', 'esp') === 'esp' &&
    lower('mod', 'trans') === 'trans';
  return isComplete && isOffered ? { q: qOf(params.get('q')), port } : undefined;
}

/** RFC 3329 2.2: a preference from 0 to 1; without one it is the last. */
function qOf(value: string | true | undefined): number {
  return typeof value === 'string' && /^[01](\.\d{0,3})?$/.test(value) ? Number(value) : 0;
}

/** The Contact URI of a UE whose requests come to its protected server port. */
export function protectedContact({ server }: SecurityAssociation): string {
  return `sip:${hostPort(server)}`;
}

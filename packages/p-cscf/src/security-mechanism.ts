import { parseHeaderParams, values, type Params, type SipMessage } from '@ims-sim/sip';

/** One value of Security-Client, Security-Server or Security-Verify (RFC 3329 2.2). */
export interface SecurityMechanism {
  /** Lower case, e.g. `ipsec-3gpp`. */
  readonly mechanism: string;
  readonly params: Params;
}

/** What TS 33.203 Annex H has a UE offer, and this P-CSCF takes. */
export interface IpsecOffer {
  readonly algorithm: string;
  readonly encryption: string;
  /** Where the UE sends protected messages from. */
  readonly clientPort: number;
  /** Where it awaits them. */
  readonly serverPort: number;
}

/** TS 33.203 Annex H, the one that is wanted most first. */
const ALGORITHMS = ['hmac-sha-1-96', 'aes-gmac', 'hmac-md5-96'];
const ENCRYPTIONS = ['aes-cbc', 'aes-gcm', 'des-ede3-cbc', 'null'];

/** Values of one header that are looked at. */
const MAX_OFFERS = 32;

/** The values of a Security header; one that cannot be read is left out. */
export function mechanisms(message: SipMessage, key: string): SecurityMechanism[] {
  return readMechanisms(values(message, key));
}

function readMechanisms(list: readonly string[]): SecurityMechanism[] {
  const result: SecurityMechanism[] = [];
  for (const text of list.slice(0, MAX_OFFERS)) {
    const semicolon = text.indexOf(';');
    const params = parseHeaderParams(text, semicolon < 0 ? text.length : semicolon);
    if (params !== undefined) {
      const mechanism = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
      result.push({ mechanism, params });
    }
  }
  return result;
}

/** The same list, however it is spelled, has the same text: what RFC 3329 2.4 compares. */
export function normalised(list: readonly SecurityMechanism[]): string {
  return list
    .map(({ mechanism, params }) =>
      [
        mechanism,
        ...[...params].map(([name, value]) => `${name}=${String(value)}`.toLowerCase()).sort(),
      ].join(';'),
    )
    .join(',');
}

/** Whether `ipsec-3gpp` is among them, be it with algorithms that can be taken or not (TS 33.203 7.2). */
export function offersIpsec(list: readonly SecurityMechanism[]): boolean {
  return list.some(({ mechanism }) => mechanism === 'ipsec-3gpp');
}

/** TS 33.203 7.2: the best of what the UE offers; undefined: nothing that can be taken. */
export function chooseIpsec(list: readonly SecurityMechanism[]): IpsecOffer | undefined {
  let best: IpsecOffer | undefined;
  let bestRank = Infinity;
  for (const { mechanism, params } of list) {
    const offer = mechanism === 'ipsec-3gpp' ? readOffer(params) : undefined;
    if (offer === undefined) {
      continue;
    }
    const rank =
      ALGORITHMS.indexOf(offer.algorithm) * ENCRYPTIONS.length + ENCRYPTIONS.indexOf(offer.encryption);
    if (rank < bestRank) {
      best = offer;
      bestRank = rank;
    }
  }
  return best;
}

/** The Security-Server value of a set of security associations (TS 33.203 7.2, Annex H). */
export function securityServer(
  { algorithm, encryption }: Pick<IpsecOffer, 'algorithm' | 'encryption'>,
  own: {
    readonly spiC: number;
    readonly spiS: number;
    readonly clientPort: number;
    readonly serverPort: number;
  },
): string {
  const sealed = encryption === 'null' ? '' : `; ealg=${encryption}`;
  return (
    `ipsec-3gpp; q=0.1; alg=${algorithm}${sealed}; ` +
    `spi-c=${own.spiC}; spi-s=${own.spiS}; port-c=${own.clientPort}; port-s=${own.serverPort}`
  );
}

/** What Security-Verify has to be, normalised, once this one Security-Server was given (RFC 3329 2.4). */
export function agreedBy(given: string): string {
  return normalised(readMechanisms([given]));
}

/** RFC 3329 2.3.1: what this P-CSCF has, for a UE that offered nothing it could take. */
export function ownMechanisms(): string {
  return ALGORITHMS.map((algorithm, i) => `ipsec-3gpp; q=0.${9 - i}; alg=${algorithm}`).join(', ');
}

function readOffer(params: Params): IpsecOffer | undefined {
  const text = (name: string) => {
    const value = params.get(name);
    return typeof value === 'string' ? value.toLowerCase() : undefined;
  };
  const algorithm = text('alg') ?? '';
  const encryption = text('ealg') ?? 'null';
  const clientPort = number(text('port-c'), 65_535);
  const serverPort = number(text('port-s'), 65_535);
  const isTaken =
    ALGORITHMS.includes(algorithm) &&
    ENCRYPTIONS.includes(encryption) &&
    (text('prot') ?? 'esp') === 'esp' &&
    ['trans', 'udp-enc-tun'].includes(text('mod') ?? 'trans') &&
    number(text('spi-c'), 0xffff_ffff) !== undefined &&
    number(text('spi-s'), 0xffff_ffff) !== undefined;
  return isTaken && clientPort !== undefined && serverPort !== undefined
    ? { algorithm, encryption, clientPort, serverPort }
    : undefined;
}

/** 1 to `max`. */
function number(text: string | undefined, max: number): number | undefined {
  if (text === undefined || text.length > 10 || !/^\d+$/.test(text)) {
    return undefined;
  }
  const value = Number(text);
  return value > 0 && value <= max ? value : undefined;
}

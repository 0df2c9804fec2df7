import { akaPassword, digestHa1, digestResponse, sameDigest } from '@ims-sim/auth';
import type { AuthenticationItem } from '@ims-sim/cx';
import { parseCredentials, valueOf, type SipRequest } from '@ims-sim/sip';
import type { Challenge } from './challenges.js';

/** What of an Authorization header answers a challenge (RFC 7616 3.4, RFC 3310 3.3 and 3.4). */
export interface Answer {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Undefined: absent or empty. */
  readonly response: string | undefined;
  readonly algorithm: string | undefined;
  readonly qop: string | undefined;
  readonly cnonce: string | undefined;
  readonly nc: string | undefined;
  /** 14 octets (TS 33.102 6.3.3); undefined: absent, or no such thing. */
  readonly auts: Buffer | undefined;
}

/** What a REGISTER answers; undefined: it has no Authorization with a nonce. */
export function answerOf(request: SipRequest): Answer | undefined {
  const value = valueOf(request.headers, 'authorization');
  const credentials = value === undefined ? undefined : parseCredentials(value);
  const nonce = credentials?.params.get('nonce');
  if (credentials?.scheme.toLowerCase() !== 'digest' || nonce === undefined || nonce === '') {
    return undefined;
  }
  const { params } = credentials;
  const response = params.get('response');
  return {
    username: params.get('username') ?? '',
    realm: params.get('realm') ?? '',
    nonce,
    uri: params.get('uri') ?? '',
    response: response === '' ? undefined : response,
    algorithm: params.get('algorithm'),
    qop: params.get('qop')?.toLowerCase(),
    cnonce: params.get('cnonce'),
    nc: params.get('nc'),
    auts: autsOf(params.get('auts')),
  };
}

function autsOf(text: string | undefined): Buffer | undefined {
  const auts = text === undefined || text.length > 64 ? undefined : Buffer.from(text, 'base64');
  return auts?.length === 14 ? auts : undefined;
}

/** The response that these credentials make, in lower-case hexadecimal; undefined where the answer is not of their kind. */
export function expectedResponse(
  answer: Answer,
  item: AuthenticationItem,
  nonce: string,
  realm: string,
): string | undefined {
  return responseFor(answer, item, nonce, realm, 'REGISTER');
}

/** RFC 7616 3.5 `rspauth`: as the response, without a method. */
export function responseAuth(answer: Answer, { item, nonce }: Challenge, realm: string): string | undefined {
  return responseFor(answer, item, nonce, realm, '');
}

function responseFor(
  answer: Answer,
  item: AuthenticationItem,
  nonce: string,
  realm: string,
  method: string,
): string | undefined {
  const { username, uri, qop, cnonce, nc } = answer;
  const isDigest = item.scheme === 'SIP Digest';
  if (answer.realm !== realm || !isOffered(qop, isDigest) || !isOfAlgorithm(answer.algorithm, item)) {
    return undefined;
  }
  if (qop !== undefined && (cnonce === undefined || nonceCountOf(nc) === undefined)) {
    return undefined;
  }
  const algorithm = isDigest ? item.algorithm : 'MD5';
  const ha1 = isDigest ? item.ha1.toLowerCase() : digestHa1('MD5', username, realm, passwordOf(item));
  return digestResponse({
    algorithm,
    ha1,
    nonce,
    method,
    uri,
    qop: qop === 'auth' ? 'auth' : undefined,
    cnonce,
    nc,
  });
}

/** TS 33.203 N.2.1: SIP Digest has qop=auth. AKA's challenge offers none; a UE that adds it says no less. */
function isOffered(qop: string | undefined, isDigest: boolean): boolean {
  return qop === 'auth' || (qop === undefined && !isDigest);
}

/** RFC 7616 3.3: MD5 where none is said. */
function isOfAlgorithm(algorithm: string | undefined, item: AuthenticationItem): boolean {
  switch (item.scheme) {
    case 'SIP Digest':
      return (algorithm ?? 'MD5').toUpperCase() === item.algorithm;
    case 'Digest-AKAv1-MD5':
      return algorithm?.toUpperCase() === 'AKAV1-MD5';
    case 'Digest-AKAv2-MD5':
      return algorithm?.toUpperCase() === 'AKAV2-MD5';
  }
}

function passwordOf(item: Exclude<AuthenticationItem, { scheme: 'SIP Digest' }>): Buffer {
  const algorithm = item.scheme === 'Digest-AKAv2-MD5' ? 'AKAv2-MD5' : 'AKAv1-MD5';
  return akaPassword(algorithm, { res: item.xres, ck: item.ck, ik: item.ik });
}

/** RFC 7616 3.4: eight hexadecimal digits. */
export function nonceCountOf(nc: string | undefined): number | undefined {
  return nc !== undefined && /^[0-9a-f]{8}$/i.test(nc) ? parseInt(nc, 16) : undefined;
}

/** Whether the answer is the right one to a challenge. */
export function isRight(answer: Answer, { item, nonce }: Challenge, realm: string): boolean {
  const expected = expectedResponse(answer, item, nonce, realm);
  return (
    expected !== undefined &&
    answer.response !== undefined &&
    sameDigest(expected, answer.response.toLowerCase())
  );
}

import {
  akaPassword,
  digestHa1,
  digestResponse,
  parseAkaNonce,
  sameDigest,
  Usim,
  type AkaAlgorithm,
  type DigestAlgorithm,
} from '@ims-sim/auth';
import { token, type Random } from '@ims-sim/host';
import { formatCredentials, parseCredentials, valueOf, values, type SipResponse } from '@ims-sim/sip';
import type { UeCredentials, UeIdentity } from './ue.js';

/** What a 401 gets. The texts are header values: of WWW-Authenticate, and of the Authorization that answers it. */
export type ChallengeAnswer =
  | { readonly kind: 'none' }
  | {
      /** `mac-failure`, `sync-failure`: the network did not authenticate itself to the USIM (TS 33.102 6.3.3). */
      readonly kind: 'response' | 'mac-failure' | 'sync-failure';
      readonly isAka: boolean;
      /** RFC 7616 3.3: only the nonce was refused, not the password. */
      readonly stale: boolean;
      readonly challenge: string;
      readonly authorization: string;
    };

/** A challenge of which something is known by now: what it was answered with. */
interface Session {
  readonly challenge: Challenge;
  readonly ha1: string;
  readonly nonce: string;
  nc: number;
  cnonce: string;
}

interface Challenge {
  readonly text: string;
  readonly realm: string;
  readonly nonce: string;
  /** As it came; undefined means MD5. */
  readonly algorithmText: string | undefined;
  readonly algorithm: DigestAlgorithm | AkaAlgorithm;
  readonly qop: 'auth' | 'auth-int' | undefined;
  readonly opaque: string | undefined;
  readonly stale: boolean;
}

/** Which request is challenged, and where the challenge stands. */
interface Challenged {
  /** Lower case. */
  readonly challenge: string;
  readonly body?: Buffer | undefined;
}

const REGISTER: Challenged = { challenge: 'www-authenticate' };

interface Secret {
  readonly hash: DigestAlgorithm;
  readonly password: string | Buffer;
  readonly auts?: string | undefined;
  readonly body?: Buffer | undefined;
}

/** The UE's side of IMS AKA (TS 24.229 5.1.1.5.1, 5.1.1.5.3) and of SIP Digest (5.1.1.5.4): its secrets and the last challenge. */
export class Authentication {
  readonly #identity: UeIdentity;
  readonly #credentials: UeCredentials;
  readonly #random: Random;
  readonly #usim: Usim | undefined;
  #session: Session | undefined;

  constructor(identity: UeIdentity, credentials: UeCredentials, random: Random) {
    this.#identity = identity;
    this.#credentials = credentials;
    this.#random = random;
    const { aka } = credentials;
    this.#usim = aka && new Usim({ k: Buffer.from(aka.k, 'hex'), opc: Buffer.from(aka.opc, 'hex') });
  }

  /** The next registration is an initial one: no challenge is known. */
  forget(): void {
    this.#session = undefined;
  }

  /** TS 24.229 5.1.1.4.2, 5.1.1.4.4: the last challenge answered once more, with the next nonce count; undefined without one. */
  again(method: string, uri: string): { challenge: string; authorization: string } | undefined {
    const session = this.#session;
    return (
      session && { challenge: session.challenge.text, authorization: this.#respond(session, method, uri) }
    );
  }

  /** Answers the topmost challenge that these credentials can answer (RFC 8760 2.4). */
  answer(
    response: SipResponse,
    method: string,
    uri: string,
    { challenge: key, body }: Challenged = REGISTER,
  ): ChallengeAnswer {
    const challenge = values(response, key)
      .map(parseChallenge)
      .find((it): it is Challenge => it !== undefined && this.#accepts(it.algorithm));
    if (challenge === undefined) {
      return { kind: 'none' };
    }
    const { text, stale, algorithm } = challenge;
    if (algorithm === 'MD5' || algorithm === 'SHA-256') {
      const password = this.#credentials.digest?.password ?? '';
      const authorization = this.#open(challenge, { hash: algorithm, password, body }, method, uri);
      return { kind: 'response', isAka: false, stale, challenge: text, authorization };
    }
    return { isAka: true, stale, challenge: text, ...this.#akaAnswer(challenge, algorithm, method, uri) };
  }

  /**
   * RFC 7616 3.5: takes the next nonce of a 2xx's Authentication-Info; false where its `rspauth` shows that the other side does not
   * know the password.
   */
  confirmedBy(response: SipResponse, uri: string): boolean {
    const session = this.#session;
    const value = valueOf(response.headers, 'authentication-info');
    const info = value === undefined ? undefined : parseCredentials(value);
    if (session === undefined || info === undefined) {
      return true;
    }
    const rspauth = info.params.get('rspauth');
    if (rspauth !== undefined && !sameDigest(rspauth, digestOf(session, '', uri))) {
      return false;
    }
    const nonce = info.params.get('nextnonce');
    if (nonce !== undefined && !isAka(session.challenge.algorithm)) {
      this.#session = { ...session, nonce, nc: 0 }; // in AKA the nonce is the challenge itself
    }
    return true;
  }

  #accepts(algorithm: Challenge['algorithm']): boolean {
    const own = isAka(algorithm) ? this.#credentials.aka : this.#credentials.digest;
    return own !== undefined && (own.algorithm === undefined || own.algorithm === algorithm);
  }

  #akaAnswer(challenge: Challenge, algorithm: AkaAlgorithm, method: string, uri: string) {
    const parsed = parseAkaNonce(challenge.nonce);
    const answer = parsed && this.#usim?.authenticate(parsed.rand, parsed.autn);
    switch (answer?.kind) {
      case 'response': {
        const password = akaPassword(algorithm, answer);
        const authorization = this.#open(challenge, { hash: 'MD5', password }, method, uri);
        return { kind: 'response' as const, authorization };
      }
      case 'sync-failure': {
        // RFC 3310 3.4: computed with an empty password, as there is no RES.
        const auts = answer.auts.toString('base64');
        const authorization = this.#open(challenge, { hash: 'MD5', password: '', auts }, method, uri);
        this.#session = undefined;
        return { kind: 'sync-failure' as const, authorization };
      }
      default: {
        // TS 24.229 5.1.1.5.3: an empty response and no auts. A nonce without RAND and AUTN has no MAC to be right either.
        this.#session = undefined;
        return { kind: 'mac-failure' as const, authorization: this.#format(challenge, uri, '', []) };
      }
    }
  }

  #open(challenge: Challenge, { hash, password, ...more }: Secret, method: string, uri: string): string {
    const ha1 = digestHa1(hash, this.#identity.impi, challenge.realm, password);
    this.#session = { challenge, ha1, nonce: challenge.nonce, nc: 0, cnonce: '' };
    return this.#respond(this.#session, method, uri, more);
  }

  #respond(
    session: Session,
    method: string,
    uri: string,
    { auts, body }: Omit<Secret, 'hash' | 'password'> = {},
  ): string {
    const { challenge } = session;
    session.nc++;
    session.cnonce = token(this.#random, 16);
    const rest: (readonly [string, string])[] =
      challenge.qop === undefined
        ? []
        : [['qop', challenge.qop], ['cnonce', session.cnonce], ['nc', nonceCount(session)]]; // prettier-ignore
    if (auts !== undefined) {
      rest.push(['auts', auts]);
    }
    const response = digestOf(session, method, uri, body);
    return this.#format({ ...challenge, nonce: session.nonce }, uri, response, rest);
  }

  #format(
    { realm, nonce, algorithmText, opaque }: Challenge,
    uri: string,
    response: string,
    rest: readonly (readonly [string, string])[],
  ): string {
    return formatCredentials('Digest', [
      ['username', this.#identity.impi],
      ['realm', realm],
      ['nonce', nonce],
      ...(algorithmText === undefined ? [] : [['algorithm', algorithmText] as const]),
      ['uri', uri],
      ['response', response],
      ...(opaque === undefined ? [] : [['opaque', opaque] as const]),
      ...rest,
    ]);
  }
}

/** TS 24.229 5.1.1.2.2: the Authorization of an initial REGISTER says who asks, and proves nothing. */
export function unprovenAuthorization({ impi, homeDomain }: UeIdentity, uri: string): string {
  return formatCredentials('Digest', [
    ['username', impi],
    ['realm', homeDomain],
    ['nonce', ''],
    ['uri', uri],
    ['response', ''],
  ]);
}

/** `auth-int` covers the body; that of a REGISTER is empty. */
function digestOf(session: Session, method: string, uri: string, body?: Buffer): string {
  const { challenge, ha1, nonce, cnonce } = session;
  const algorithm = challenge.algorithm === 'SHA-256' ? 'SHA-256' : 'MD5';
  return digestResponse({
    algorithm,
    ha1,
    nonce,
    method,
    uri,
    qop: challenge.qop,
    cnonce,
    nc: nonceCount(session),
    body,
  });
}

function nonceCount({ nc }: Session): string {
  return nc.toString(16).padStart(8, '0');
}

function parseChallenge(text: string): Challenge | undefined {
  const parsed = parseCredentials(text);
  const [realm, nonce] = [parsed?.params.get('realm'), parsed?.params.get('nonce')];
  if (parsed?.scheme.toLowerCase() !== 'digest' || realm === undefined || nonce === undefined) {
    return undefined;
  }
  const algorithmText = parsed.params.get('algorithm');
  const algorithm = ALGORITHMS.find((name) => name.toLowerCase() === (algorithmText ?? 'MD5').toLowerCase());
  const qop = qopOf(parsed.params.get('qop'));
  if (algorithm === undefined || qop === 'unknown') {
    return undefined;
  }
  const stale = parsed.params.get('stale')?.toLowerCase() === 'true';
  return { text, realm, nonce, algorithmText, algorithm, qop, opaque: parsed.params.get('opaque'), stale };
}

const ALGORITHMS = ['MD5', 'SHA-256', 'AKAv1-MD5', 'AKAv2-MD5'] as const;

function isAka(algorithm: Challenge['algorithm']): algorithm is AkaAlgorithm {
  return algorithm === 'AKAv1-MD5' || algorithm === 'AKAv2-MD5';
}

/** `auth` where it is offered; undefined where the challenge has no qop (RFC 2617 3.2.2.1). */
function qopOf(text: string | undefined): 'auth' | 'auth-int' | undefined | 'unknown' {
  if (text === undefined) {
    return undefined;
  }
  const offered = text.split(',').map((value) => value.trim().toLowerCase());
  return offered.includes('auth') ? 'auth' : offered.includes('auth-int') ? 'auth-int' : 'unknown';
}

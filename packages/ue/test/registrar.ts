import {
  akaNonce,
  akaPassword,
  authenticationVector,
  digestHa1,
  digestResponse,
  nextSequenceNumber,
  type AkaAlgorithm,
  type DigestAlgorithm,
} from '@ims-sim/auth';
import {
  formatCredentials,
  parseCredentials,
  header,
  responseTo,
  valueOf,
  type Header,
  type ServerTransaction,
  type SipRequest,
} from '@ims-sim/sip';

/** TS 35.208 test set 1. */
export const AKA = { k: '465b5ce8b199b49faa5f0a2ee238a6bc', opc: 'cd63cb71954a9f4e48a5994e37a02baf' };
export const KEYS = { k: Buffer.from(AKA.k, 'hex'), opc: Buffer.from(AKA.opc, 'hex') };

export type Params = ReadonlyMap<string, string>;

/** What Authorization says; empty where there is none. */
export function authorizationOf(request: SipRequest | undefined): Params {
  const value = request === undefined ? undefined : valueOf(request.headers, 'authorization');
  return (value === undefined ? undefined : parseCredentials(value)?.params) ?? new Map<string, string>();
}

/** A REGISTER's answer, as a test's script decides it. */
export type Answer = (transaction: ServerTransaction) => void;

/** Serves one REGISTER after another with these; the last one serves all that follow. */
export function script(...answers: readonly Answer[]): Answer {
  let next = 0;
  return (transaction) => {
    answers[Math.min(next++, answers.length - 1)]?.(transaction);
  };
}

export function unauthorized(challenge: string | readonly string[], ...more: readonly Header[]): Answer {
  const headers = [challenge].flat().map((value) => header('WWW-Authenticate', value));
  return (transaction) => {
    transaction.respond(
      responseTo(transaction.request, 401, undefined, { toTag: 'scscf', headers: [...headers, ...more] }),
    );
  };
}

export function status(code: number, ...more: readonly Header[]): Answer {
  return (transaction) => {
    transaction.respond(responseTo(transaction.request, code, undefined, { toTag: 'scscf', headers: more }));
  };
}

/** 200 that binds the contact it was asked for. */
export function registered(...more: readonly Header[]): Answer {
  return (transaction) => {
    const contact = valueOf(transaction.request.headers, 'contact') ?? '';
    const bound = contact === '*' || contact.includes('expires=0') ? [] : [header('Contact', contact)];
    const headers = [
      ...bound,
      header('Service-Route', '<sip:orig@scscf1.home1.net;lr>'),
      header('P-Associated-URI', '<sip:user1_public1@home1.net>, <tel:+1-212-555-1111>'),
      ...more,
    ];
    transaction.respond(responseTo(transaction.request, 200, 'OK', { toTag: 'scscf', headers }));
  };
}

/** One AKA challenge after another, each with the next sequence number; RAND counts. */
export class AkaChallenges {
  sqn = 0n;
  #rand = 0;
  readonly algorithm: AkaAlgorithm;

  constructor(algorithm: AkaAlgorithm = 'AKAv1-MD5') {
    this.algorithm = algorithm;
  }

  /** The value of WWW-Authenticate, its RAND, and what the right answer to it has. */
  next(change: (autn: Buffer) => Buffer = (autn) => autn) {
    this.sqn = nextSequenceNumber(this.sqn);
    const rand = Buffer.alloc(16, ++this.#rand);
    const vector = authenticationVector(KEYS, rand, this.sqn, Buffer.from('8000', 'hex'));
    const nonce = akaNonce(rand, change(vector.autn));
    const password = akaPassword(this.algorithm, { ...vector, res: vector.xres });
    const text = formatCredentials('Digest', [
      ['realm', 'home1.net'],
      ['nonce', nonce],
      ['algorithm', this.algorithm],
      ['qop', 'auth'],
    ]);
    return { text, rand, nonce, isRight: (params: Params) => isRight(params, 'MD5', password) };
  }
}

export const PASSWORD = 'Circle of Life';

export function digestChallenge(nonce: string, ...more: readonly (readonly [string, string])[]): string {
  return formatCredentials('Digest', [['realm', 'home1.net'], ['nonce', nonce], ['qop', 'auth'], ...more]);
}

/** Whether the response is the one that this password makes of everything else in it. */
export function isRight(params: Params, algorithm: DigestAlgorithm, password: string | Buffer): boolean {
  const value = (name: string) => params.get(name) ?? '';
  const ha1 = digestHa1(algorithm, 'user1_private@home1.net', 'home1.net', password);
  const parts = { algorithm, ha1, nonce: value('nonce'), method: 'REGISTER', uri: 'sip:home1.net' };
  const qop =
    params.get('qop') === 'auth' ? { qop: 'auth' as const, nc: value('nc'), cnonce: value('cnonce') } : {};
  return value('response') === digestResponse({ ...parts, ...qop });
}

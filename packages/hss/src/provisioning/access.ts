import { createHash, timingSafeEqual } from 'node:crypto';
import type { Endpoint } from '@ims-sim/host';
import { isLoopback, prettyEndpoint } from '@ims-sim/host';
import { Problem } from './problem.js';

/** What of a request says whether it may. */
export interface Claims {
  readonly authorization: string | undefined;
  /** The Host header. */
  readonly host: string | undefined;
  /** The Origin header, which browsers send with whatever changes something. */
  readonly origin: string | undefined;
}

/**
 * Who may use the interface: with a token, whoever has it; without, whoever is on this machine.
 * @throws Error for the user, where it would be open to the network.
 */
export function accessTo(
  hssName: string,
  listen: Endpoint,
  token: string | undefined,
): (claims: Claims) => Problem | undefined {
  if (token !== undefined && token !== '') return ({ authorization }) => withToken(authorization, token);
  if (isLoopback(listen.address)) return ({ host, origin }) => fromHere(host) ?? ofPageFromHere(origin);
  throw new Error(
    `${hssName}: its provisioning interface would listen at ${prettyEndpoint(listen)}, where others reach it, without a token. Give it a token in the network file (provisioning: { token: ... }), or let it listen at 127.0.0.1.`,
  );
}

function withToken(authorization: string | undefined, token: string): Problem | undefined {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  // Of the digests, which are of one length: the time tells nothing of the token.
  if (given !== undefined && timingSafeEqual(digestOf(given), digestOf(token))) return undefined;
  return new Problem(401, 'expected Authorization: Bearer with the token of the network file');
}

/** A page of the Internet that a browser on this machine shows cannot come in by a name that leads here (DNS rebinding). */
function fromHere(host: string | undefined): Problem | undefined {
  const name = withoutPort(host ?? '');
  if (isHere(name)) return undefined;
  return new Problem(403, `expected the Host header of a loopback address, not ${name.slice(0, 100)}`);
}

/** Nor by a form that posts here, which a browser sends without asking: its page has another origin (RFC 6454 7). */
function ofPageFromHere(origin: string | undefined): Problem | undefined {
  if (origin === undefined || isHere(withoutPort(origin.replace(/^https?:\/\//, '')))) return undefined;
  return new Problem(
    403,
    `expected no Origin header, or that of a loopback address, not ${origin.slice(0, 100)}`,
  );
}

function isHere(name: string): boolean {
  return name === 'localhost' || isLoopback(name);
}

function withoutPort(text: string): string {
  return text.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

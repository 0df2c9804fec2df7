import { encodeRefusal } from './answer.js';
import { faultOfCapabilities, originOf } from './capabilities.js';
import { capabilitiesExchange } from './command.js';
import type { Message } from './decode.js';
import type { Fault } from './fault.js';
import { FLAG_REQUEST } from './header.js';
import type { Identity } from './identity.js';
import { sameIdentity } from './identity.js';
import type { Settings } from './options.js';
import { COMMAND_UNSUPPORTED, UNKNOWN_PEER } from './result-code.js';
import { validateRequest } from './validate.js';

export type FirstMessage =
  | { readonly kind: 'cer'; readonly host: string; readonly realm: string }
  /** Refused: the answer, after which the connection is closed. */
  | { readonly kind: 'refused'; readonly answer: Buffer; readonly why: string }
  /** An answer, to which there is no answer. */
  | { readonly kind: 'nonsense' };

/** RFC 6733 5.3 and 5.6.1: the first message of a connection that was taken must be a CER, in order, from somebody else. */
export function receiveFirst(
  message: Message,
  identity: Identity,
  accepts: Settings['accepts'],
): FirstMessage {
  if (!(message.flags & FLAG_REQUEST)) return { kind: 'nonsense' };
  const fault = faultOfFirst(message, identity, accepts);
  if (fault !== undefined) {
    return { kind: 'refused', answer: encodeRefusal(message, identity.origin, fault), why: fault.text };
  }
  return { kind: 'cer', ...originOf(message) };
}

function faultOfFirst(message: Message, identity: Identity, accepts: Settings['accepts']): Fault | undefined {
  if (message.command !== capabilitiesExchange.code) {
    return { resultCode: COMMAND_UNSUPPORTED, failedAvps: [], text: 'not before capabilities are exchanged' };
  }
  const fault = validateRequest(message, capabilitiesExchange);
  if (fault !== undefined) return fault;
  const { host } = originOf(message);
  if (!isHostName(host) || sameIdentity(host, identity.host) || !accepts(host)) {
    const text = `Origin-Host '${host.slice(0, 64)}' is not the name of a peer`;
    return { resultCode: UNKNOWN_PEER, failedAvps: [], text };
  }
  return faultOfCapabilities(identity.capabilities, message);
}

/** RFC 6733 4.3.1: a DiameterIdentity is a host name, here with the underscore that some have. */
function isHostName(host: string): boolean {
  return host.length <= 255 && /^[a-z\d_-]+(\.[a-z\d_-]+)*\.?$/i.test(host);
}

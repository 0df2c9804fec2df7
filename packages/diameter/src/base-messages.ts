import { encodeAnswer, encodeRefusal } from './answer.js';
import type { Avp } from './avp.js';
import { avpOf } from './avp.js';
import { capabilityAvps } from './capabilities.js';
import type { CommandDefinition } from './command.js';
import { capabilitiesExchange, deviceWatchdog, disconnectPeer } from './command.js';
import type { Message } from './decode.js';
import { DISCONNECT_REBOOTING, base } from './dictionary-base.js';
import { encodeMessage } from './encode.js';
import { FLAG_REQUEST } from './header.js';
import type { Identity } from './identity.js';
import { ELECTION_LOST, SUCCESS, UNABLE_TO_COMPLY } from './result-code.js';

/** CER, RFC 6733 5.3.1, for a connection from `address`. */
export function encodeCer(identity: Identity, hopByHop: number, address: string): Buffer {
  return encodeRequest(
    capabilitiesExchange,
    identity,
    hopByHop,
    capabilityAvps(identity.capabilities, address),
  );
}

/** CEA, RFC 6733 5.3.2, to a CER with which all is well. */
export function encodeCea(identity: Identity, cer: Message, address: string): Buffer {
  const avps = [avpOf(base.resultCode, SUCCESS), ...capabilityAvps(identity.capabilities, address)];
  return encodeAnswer(cer, identity.origin, avps);
}

/** CEA to a peer that is connected already, RFC 6733 5.6.2 R-Reject and 7.1.4. */
export function encodeElectionLost(identity: Identity, cer: Message): Buffer {
  const text = 'there is a connection with this peer already';
  return encodeRefusal(cer, identity.origin, { resultCode: ELECTION_LOST, failedAvps: [], text });
}

/** CEA to a second CER on a connection; RFC 6733 5.3 has no use for one. */
export function encodeNoSecondCer(identity: Identity, cer: Message): Buffer {
  const text = 'capabilities have been exchanged';
  return encodeRefusal(cer, identity.origin, { resultCode: UNABLE_TO_COMPLY, failedAvps: [], text });
}

/** DWR, RFC 6733 5.5.1. */
export function encodeDwr(identity: Identity, hopByHop: number): Buffer {
  return encodeRequest(deviceWatchdog, identity, hopByHop, [stateIdOf(identity)]);
}

/** DWA, RFC 6733 5.5.2. */
export function encodeDwa(identity: Identity, dwr: Message): Buffer {
  return encodeAnswer(dwr, identity.origin, [avpOf(base.resultCode, SUCCESS), stateIdOf(identity)]);
}

/** DPR, RFC 6733 5.4.1. */
export function encodeDpr(identity: Identity, hopByHop: number): Buffer {
  const cause = avpOf(base.disconnectCause, DISCONNECT_REBOOTING);
  return encodeRequest(disconnectPeer, identity, hopByHop, [cause]);
}

/** DPA, RFC 6733 5.4.2. */
export function encodeDpa(identity: Identity, dpr: Message): Buffer {
  return encodeAnswer(dpr, identity.origin, [avpOf(base.resultCode, SUCCESS)]);
}

function encodeRequest(
  command: CommandDefinition,
  identity: Identity,
  hopByHop: number,
  avps: readonly Avp[],
): Buffer {
  return encodeMessage({
    flags: FLAG_REQUEST,
    command: command.code,
    application: 0,
    hopByHop,
    endToEnd: identity.nextEndToEnd(),
    avps: [...identity.origin, ...avps],
  });
}

function stateIdOf({ capabilities }: Identity): Avp {
  return avpOf(base.originStateId, capabilities.originStateId);
}

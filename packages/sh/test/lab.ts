import { expect } from '@jest/globals';
import type { Avp, CommandDefinition, Message } from '@ims-sim/diameter';
import { avpOf, base, decodeMessage, encodeMessage, validateRequest } from '@ims-sim/diameter';
import { shApplication } from '../src/index.js';

const origin = [
  avpOf(base.sessionId, 'ps.home2.net;1;2'),
  ...shApplication.commonAvps,
  avpOf(base.originHost, 'ps.home2.net'),
  avpOf(base.originRealm, 'home2.net'),
];

/** An answer as it comes out of its bytes. */
export function answer(command: CommandDefinition, avps: readonly Avp[]): Message {
  return wire(command, 0x40, [...origin, ...avps]);
}

/** A request as it comes out of its bytes, in order by its grammar. */
export function request(command: CommandDefinition, avps: readonly Avp[]): Message {
  const message = wire(command, 0xc0, [...origin, avpOf(base.destinationRealm, 'home2.net'), ...avps]);
  expect(validateRequest(message, command)).toBeUndefined();
  return message;
}

function wire(command: CommandDefinition, flags: number, avps: readonly Avp[]): Message {
  const { code, application } = command;
  const bytes = encodeMessage({ flags, command: code, application, hopByHop: 1, endToEnd: 1, avps });
  const decoding = decodeMessage(bytes, 200);
  if (decoding.kind !== 'message') throw new Error('malformed');
  return decoding.message;
}

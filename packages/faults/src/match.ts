import type { TraceProtocol } from '@ims-sim/host';
import { commandOf } from './diameter-bytes.js';
import { readDns } from './dns-bytes.js';
import type { FaultMatch } from './fault.js';
import { cseqMethod, methodOf, readSip, statusOf, viaHost, type SipText } from './sip-text.js';

/** One message of an element, read as far as a rule asks for it. */
export class Outgoing {
  readonly protocol: TraceProtocol;
  readonly bytes: Buffer;
  readonly #named: string | undefined;
  #sip: SipText | undefined | 'unread' = 'unread';

  /** `receiver`: whose the endpoint is that it goes to, where that is known. */
  constructor(protocol: TraceProtocol, bytes: Buffer, receiver: string | undefined) {
    this.protocol = protocol;
    this.bytes = bytes;
    this.#named = receiver;
  }

  /** A response on a connection that the other side opened, from a port of its own: its topmost Via says who that is. */
  get receiver(): string | undefined {
    if (this.#named !== undefined || this.protocol !== 'sip') return this.#named;
    const { sip } = this;
    return sip !== undefined && statusOf(sip) !== undefined ? viaHost(sip) : undefined;
  }

  get sip(): SipText | undefined {
    if (this.#sip === 'unread') this.#sip = readSip(this.bytes);
    return this.#sip;
  }

  /** As the receiver's name was: of the same message, written otherwise. */
  written(bytes: Buffer): Outgoing {
    return bytes === this.bytes ? this : new Outgoing(this.protocol, bytes, this.#named);
  }
}

/** Whether a message is one that the rule is about. Its sender is the caller's to check. */
export function matches({ to, alsoTo = [], message: wanted }: FaultMatch, message: Outgoing): boolean {
  if (wanted.protocol !== message.protocol) return false;
  if (!isSuch(wanted, message)) return false;
  if (to === undefined) return true;
  const { receiver } = message;
  return receiver !== undefined && (to === receiver || alsoTo.includes(receiver));
}

/** Whether a rule is about what `name` sends. */
export function isFrom({ from, alsoFrom = [] }: FaultMatch, name: string): boolean {
  return from === undefined || from === name || alsoFrom.includes(name);
}

function isSuch(wanted: FaultMatch['message'], message: Outgoing): boolean {
  switch (wanted.protocol) {
    case 'sip':
      return message.sip !== undefined && isSuchSip(wanted, message.sip);
    case 'diameter':
      return wanted.command === undefined || wanted.command === commandOf(message.bytes);
    case 'dns': {
      const dns = readDns(message.bytes);
      if (dns?.response !== wanted.response) return false;
      const { name, type } = wanted;
      return (name === undefined || nameKey(name) === dns.name) && (type === undefined || type === dns.type);
    }
  }
}

function isSuchSip(wanted: FaultMatch['message'] & { protocol: 'sip' }, sip: SipText): boolean {
  const { method, status, response } = wanted;
  if (status === undefined && response !== true) {
    const own = methodOf(sip);
    return own !== undefined && (method === undefined || method === own);
  }
  const own = statusOf(sip);
  return (
    own !== undefined &&
    (status === undefined || status === own) &&
    (method === undefined || method === cseqMethod(sip))
  );
}

function nameKey(name: string): string {
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}

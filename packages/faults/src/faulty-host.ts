import {
  prettyEndpoint,
  type Endpoint,
  type Host,
  type Net,
  type Random,
  type Trace,
  type TracedMessage,
  type TraceProtocol,
} from '@ims-sim/host';
import type { FaultRule } from './fault.js';
import { FaultyConnection, learning } from './faulty-connection.js';
import { FaultyUdpSocket } from './faulty-udp.js';
import { isFrom, Outgoing } from './match.js';
import { isWritten, Rules, type Fate, type Tell } from './rules.js';
import { headerValue } from './sip-text.js';
import { strikeText } from './told.js';
import type { Waiting } from './lane.js';
import { WrittenOnce } from './written-once.js';

export interface FaultyHostOptions {
  /** Whose an endpoint is, for rules that name the receiver. */
  readonly nameOf: (endpoint: Endpoint) => string | undefined;
  /** Chooses the bytes that are corrupted. */
  readonly random: Random;
}

export interface FaultyHost {
  readonly host: Host;
  /** From now on these rules, with their counts from 0, and no others. Those about other senders are left out. */
  set(rules: readonly FaultRule[]): void;
}

/**
 * `host` with faults in what it sends: SIP over UDP and TCP, Diameter, DNS; nothing else is touched. What the element writes
 * wrongly stands in its trace as it went out; what goes wrong on the way does not. Each time that a rule with a label takes place, the
 * trace has a decision that says so (`toldOf` reads it). Without rules messages are not looked at.
 */
export function faultyHost(host: Host, options: FaultyHostOptions): FaultyHost {
  const faults = new Faults(host, options);
  return {
    host: { ...host, net: faultyNet(host.net, faults), trace: faultyTrace(host.trace, faults) },
    set: (rules) => {
      faults.set(rules);
    },
  };
}

/** The rules in force, for all sockets of a host. */
export class Faults {
  readonly host: Host;
  /** Names of peers that opened a connection from a port of no fixed owner. */
  readonly learned = new Map<string, string>();
  readonly waiting: Waiting = { count: 0 };
  readonly #options: FaultyHostOptions;
  #written = new Rules([]);
  #onTheWay = new Rules([]);
  #once = new WrittenOnce();
  active = false;

  constructor(host: Host, options: FaultyHostOptions) {
    this.host = host;
    this.#options = options;
  }

  set(rules: readonly FaultRule[]): void {
    const own = rules.filter(({ match }) => isFrom(match, this.host.name));
    this.#written = new Rules(own.filter(isWritten), this.#tell);
    this.#onTheWay = new Rules(
      own.filter((rule) => !isWritten(rule)),
      this.#tell,
    );
    this.#once = new WrittenOnce();
    this.active = own.length > 0;
  }

  /** What of `bytes` reaches the network, and when. */
  fate(protocol: TraceProtocol, bytes: Buffer, remote: Endpoint): Fate {
    const receiver = this.#nameOf(remote);
    const written = this.host.trace.enabled
      ? this.#writtenFor('sent', protocol, bytes, remote)
      : this.#written.rewritten(new Outgoing(protocol, bytes, receiver));
    return this.#onTheWay.fate(new Outgoing(protocol, written, receiver), this.#options.random);
  }

  /** What stands in the trace for a message that the element sends. */
  traced(message: TracedMessage): TracedMessage {
    if (this.#written.isEmpty) return message;
    const { protocol, remote } = message;
    const bytes = asBuffer(message.bytes);
    const written = this.#writtenFor('traced', protocol, bytes, remote);
    return written === bytes ? message : { ...message, bytes: written };
  }

  readonly #tell: Tell = (rule, message, told) => {
    const { trace } = this.host;
    if (rule.label === undefined || !trace.enabled) return;
    const callId = message.sip && headerValue(message.sip, 'Call-ID');
    trace.decision({ callId, clause: '', text: strikeText(rule.label, rule, message, told) });
  };

  #writtenFor(stage: 'traced' | 'sent', protocol: TraceProtocol, bytes: Buffer, remote: Endpoint): Buffer {
    if (this.#written.isEmpty) return bytes;
    return this.#once.written(stage, bytes, remote, () =>
      this.#written.rewritten(new Outgoing(protocol, bytes, this.#nameOf(remote))),
    );
  }

  #nameOf(remote: Endpoint): string | undefined {
    return this.#options.nameOf(remote) ?? this.learned.get(prettyEndpoint(remote));
  }
}

function faultyTrace(trace: Trace, faults: Faults): Trace {
  return {
    get enabled() {
      return trace.enabled;
    },
    message(message) {
      trace.message(faults.active && message.direction === 'sent' ? faults.traced(message) : message);
    },
    decision(decision) {
      trace.decision(decision);
    },
  };
}

function faultyNet(net: Net, faults: Faults): Net {
  return {
    async udp(local, receiver) {
      return new FaultyUdpSocket(await net.udp(local, receiver), faults);
    },
    listen(local, accept) {
      return net.listen(local, (connection) => {
        const faulty = new FaultyConnection(connection, faults);
        return learning(faulty, accept(faulty), faults);
      });
    },
    async connect(remote, timeoutMs, receive) {
      let faulty: FaultyConnection | undefined;
      const connection = await net.connect(remote, timeoutMs, (opened) => {
        faulty = new FaultyConnection(opened, faults);
        return faulty.ending(receive(faulty));
      });
      return faulty ?? new FaultyConnection(connection, faults);
    },
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import type { Host, Log } from './host.js';
import { MemoryNetwork } from './memory-network.js';
import type { Net } from './net.js';
import type { Random } from './random.js';
import { recordingTrace, type RecordingTrace } from './recording-trace.js';
import { seededRandom } from './seeded-random.js';
import { silentLog } from './silent-log.js';
import { VirtualClock } from './virtual-clock.js';

/** A host for tests: nothing in it moves by itself. */
export interface TestHost extends Host {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly trace: RecordingTrace;
}

export interface TestHostOptions {
  readonly name?: string;
  /** 127.0.0.1 and ::1 if not given: a second host on the same network needs its own. */
  readonly addresses?: readonly string[];
  /** The host whose clock, network and chance this one shares. */
  readonly beside?: TestHost;
  readonly clock?: VirtualClock;
  readonly network?: MemoryNetwork;
  readonly net?: Net;
  readonly random?: Random;
  readonly trace?: RecordingTrace;
  readonly log?: Log;
}

/** A host on a virtual clock, a network in memory, a seeded random and a recording trace; what is given replaces its part. */
export function testHost(options: TestHostOptions = {}): TestHost {
  const { beside } = options;
  const clock = options.clock ?? beside?.clock ?? new VirtualClock();
  const random = options.random ?? beside?.random ?? seededRandom(1);
  const network = options.network ?? beside?.network ?? new MemoryNetwork({ clock, random });
  return {
    name: options.name ?? 'test.home1.net',
    clock,
    random,
    network,
    net: options.net ?? network.host(...(options.addresses ?? ['127.0.0.1', '::1'])),
    trace: options.trace ?? recordingTrace(),
    log: options.log ?? silentLog,
  };
}

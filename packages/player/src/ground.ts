import type { ElementCommand, ListeningByName } from '@ims-sim/element';
import type { FaultRule } from '@ims-sim/faults';
import type { Clock, Endpoint, Host, Trace } from '@ims-sim/host';
import type { OperatorAction } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';

/** Does an operator's action by the HSS's own interface; gives why it could not be done. */
export type OverHttp = (
  action: OperatorAction & { readonly kind: 'terminate' | 'provision' },
) => Promise<string | undefined>;

/** What a scenario is played on: processes and sockets of this machine, or a simulation. */
export interface Ground {
  readonly clock: Clock;
  /** Whether time is virtual: only then can it be moved on. */
  readonly virtualTime: boolean;
  readonly listening: ListeningByName;
  /** Where the lab's DNS answers. */
  readonly dns: Endpoint;
  /** All that an actor has of the outside world, its trace and the scenario's faults included. */
  hostOf(actor: string): Host;
  /** The IP addresses that an actor may take. */
  addressesOf(actor: string): readonly string[];
  /** An actor listens there: messages of it are named so in the trace; a server's host name leads there in the DNS. */
  listens(actor: string, host: string | undefined, at: Endpoint): Promise<void>;
  /** What goes wrong on purpose with what actors send, from now on; undefined: `control` takes it by the actor's name. */
  setFaults?(rules: readonly FaultRule[]): void;
  /** Where it stands what was done to an element: it cannot say so itself. */
  traceOf(element: string): Trace;
  /** Everything that the trace has so far, by time. */
  records(): readonly TraceRecord[];
  /** Resolves when nothing has come for `quietMs` and no request waits for its answer, after `limitMs` at the latest. */
  settle(quietMs: number, limitMs: number): Promise<void>;
  readonly overHttp: OverHttp;
  /** Of a network that somebody else started: undefined. */
  readonly control?: GroundControl | undefined;
}

export interface GroundControl {
  /** An operator's word to an element; gives why it could not be done. */
  command(element: string, command: ElementCommand): Promise<string | undefined>;
  /** `kill -9`. */
  kill(element: string): Promise<void>;
  restart(element: string): Promise<void>;
  /** Whether it was killed and has not been started again. Undefined: nobody knows, and kills and restarts are done as they come. */
  isDown?(element: string): boolean;
}

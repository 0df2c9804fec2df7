import type { FaultRule } from '@ims-sim/faults';
import type { AskHttp, Endpoint } from '@ims-sim/host';
import type { Network } from './network.js';

/** All that one element's process needs to start: the checked network, which element it is, and where the others are. */
export interface ElementStart {
  /** Host name of the element, or of the DNS. */
  readonly name: string;
  readonly network: Network;
  /** Where the lab's DNS answers; the DNS itself has no use for it. */
  readonly dns: Endpoint;
  /** Where to report the trace; undefined: nowhere. */
  readonly collector?: Endpoint | undefined;
  /** A folder for what the element keeps on disk, where the network file names no place. */
  readonly stateFolder: string;
  /** Whether a runner will say when the others listen (`update`); before, there is nobody to connect to. */
  readonly waitsForOthers: boolean;
  /** Least level of the log lines that are written: pino's names. */
  readonly logLevel: string;
  /** How the process ended that was this element before: `killed by SIGKILL`. The trace says it. */
  readonly replaces?: string | undefined;
  /** Whether an HSS whose `provisioning` says nothing offers it all the same, on a free loopback port. */
  readonly provisioning: boolean;
}

/** The sockets that an element listens on, by protocol. */
export interface Listening {
  readonly sip?: Endpoint | undefined;
  readonly diameter?: Endpoint | undefined;
  readonly dns?: Endpoint | undefined;
  /** HTTP: the HSS's provisioning interface. */
  readonly http?: Endpoint | undefined;
}

/** An element, up. */
export interface RunningElement {
  readonly listening: Listening;
  /** Resolves once the element's own peers answer (Cx); until then it refuses what needs them. */
  ready(): Promise<void>;
  /** Where everybody listens: the DNS takes new records, CSCFs connect to their HSS. */
  update?(network: Network, listening: ListeningByName): void;
  /** HSS: its provisioning interface, for who has no socket to it. */
  readonly ask?: AskHttp | undefined;
  /** An operator's word to the element; gives why it could not be done, or undefined where it was. */
  command?(command: ElementCommand): Promise<string | undefined>;
  /** How many entries each table of the element has: transactions, dialogs, registrations, pending answers. */
  tables?(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export type ListeningByName = Readonly<Record<string, Listening>>;

/** TS 24.229 5.4.1.5 and 5.4.1.6: the S-CSCF takes a registration back, or has the UE authenticate again within `expiresS`. */
export type ElementCommand =
  | {
      readonly kind: 'deregister';
      readonly publicIdentity: string;
      readonly event: 'deactivated' | 'rejected';
    }
  | { readonly kind: 'reauthenticate'; readonly publicIdentity: string; readonly expiresS: number }
  /** What goes wrong on purpose from now on, in place of what did before; `seed` decides which bytes are corrupted. */
  | { readonly kind: 'faults'; readonly rules: readonly FaultRule[]; readonly seed: number };

/** What a runner tells an element that it started. */
export type ToElement =
  | { readonly kind: 'command'; readonly command: ElementCommand }
  | { readonly kind: 'start'; readonly start: ElementStart }
  | { readonly kind: 'others'; readonly network: Network; readonly listening: ListeningByName }
  /** To be told once it has taken all that had come to its sockets before, and has reported what it made of it. */
  | { readonly kind: 'turn' }
  | { readonly kind: 'stop' };

/** What an element tells its runner. `failed`: it cannot start, and why, for the user. */
export type FromElement =
  | { readonly kind: 'done'; readonly failure?: string | undefined }
  | { readonly kind: 'turned' }
  | { readonly kind: 'listening'; readonly listening: Listening }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string };

import { type Network, UserError } from '@ims-sim/element';
import { systemClock } from '@ims-sim/host';
import { describeAction, type Played, type SoFar } from '@ims-sim/player';
import { judge, type Verdict } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';
import { type Crash, endOf } from '../child-element.js';
import type { RunFlags } from './flags.js';
import { cutShort, type Standing, standingOf } from './cut-short.js';
import { externalsAreThere } from './externals-there.js';
import { idleFaults } from './idle-faults.js';
import { forTheUser, unlessAborted, withinLimit } from './interruptible.js';
import { leavesUnregisteredUsers } from './leftovers.js';
import { provisions } from './provisions.js';
import type { Planned } from './plan.js';
import type { Judged } from './result.js';
import { Session } from './session.js';
import { silentExternals } from './silent-externals.js';
import type { Show } from './show.js';

export interface RealOptions {
  readonly flags: RunFlags;
  readonly show: Show;
  readonly abort: AbortSignal;
  /** Whether no further one is to begin. */
  readonly enough: () => boolean;
}

/**
 * Plays scenarios one after the other, on one network as long as each leaves it as it was; each result as it comes. A rejection is
 * `UserError` (that scenario cannot be played) or `Interrupted`, and goes to `onResult` too.
 */
export async function playInTurn(
  all: readonly Planned[],
  options: RealOptions,
  onResult: (planned: Planned, result: Judged | Error, tookS: number) => void,
): Promise<void> {
  let session: Session | undefined;
  /** What could not be written is not the fault of the scenario that plays meanwhile. */
  let failed: { readonly error: unknown } | undefined;
  try {
    for (const [index, planned] of all.entries()) {
      const beganMs = systemClock.now();
      const isLast = index === all.length - 1;
      options.show.began(planned);
      const end = await played(planned, session, isLast, options).catch((error: unknown) => error as Error);
      const tookS = (systemClock.now() - beganMs) / 1000;
      if (end instanceof Error) {
        session = undefined;
        onResult(planned, end, tookS);
      } else {
        session = end.session;
        const told = (): void => {
          failed ??= caught(() => {
            onResult(planned, { ...end.judged, tookS }, tookS);
          });
        };
        if (session === undefined) {
          told();
        } else {
          session.putOff(told);
        }
      }
      if (failed !== undefined) {
        throw failed.error;
      }
      if (options.abort.aborted || options.enough()) {
        return;
      }
    }
  } finally {
    await session?.close();
  }
}

function caught(work: () => void): { readonly error: unknown } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return { error };
  }
}

interface End {
  readonly judged: Judged;
  /** The network, where another scenario may follow on it. */
  readonly session: Session | undefined;
}

/** Plays on the network that there is, or on one that starts for it; what no other follows on is closed. */
async function played(
  planned: Planned,
  before: Session | undefined,
  isLast: boolean,
  options: Omit<RealOptions, 'enough'>,
): Promise<End> {
  const inner = new AbortController();
  const abort = AbortSignal.any([options.abort, inner.signal]);
  const opening =
    before === undefined ? open(planned.network, planned, { ...options, abort }) : Promise.resolve(before);
  let end: End | undefined;
  try {
    // its start has a limit of its own, and so has each probe after it
    const session = await unlessAborted(opening, options.abort);
    end = await playedOn(session, planned, isLast, options);
    return end;
  } finally {
    if (end?.session === undefined) {
      inner.abort();
      await opening.then(
        (session) => session.close(),
        () => undefined, // it has stopped itself
      );
    }
  }
}

async function playedOn(
  session: Session,
  planned: Planned,
  isLast: boolean,
  { flags, show, abort: outer }: Omit<RealOptions, 'enough'>,
): Promise<End> {
  const { scenario, leftovers } = planned;
  const over = new AbortController();
  const course = new Course(outer);
  let early: { readonly records: readonly TraceRecord[]; readonly verdict: Verdict } | undefined;
  const playing = session.play(scenario, {
    abort: AbortSignal.any([outer, over.signal]),
    keepGoing: flags.keepGoing,
    // a network that is somebody else's is left as it was, also by the last one
    after: (!isLast || flags.attach) && leftovers.kind === 'shared' ? leftovers.actions : [],
    onAction: (done) => {
      show.progress(planned, 'play', done, 'passing');
    },
    onRecord: (record) => {
      show.record(planned, record);
    },
    onStart: (soFar) => {
      course.soFar = soFar;
    },
    onOver: (records) => {
      const flow = course.soFar?.flow(scenario.flow);
      early = flow && { records, verdict: judge(flow, records) };
    },
  });
  const command = `ims run ${scenario.file}${planned.againWith}`;
  try {
    const ending = Promise.race([playing, session.crashed.then(crashed)]);
    const { played: end, records, clean } = await withinLimit(ending, flags.timeout, outer);
    sayWhatWasDone(planned, end.beganAtUs, records, show);
    const verdict = early?.records === records ? early.verdict : judge(end.flow(scenario.flow), records);
    const judged = judgedOf(planned, end, { records, verdict }, command);
    const isLeftAsItWas = clean && leftovers.kind === 'shared' && !leavesUnregisteredUsers(records);
    return { judged, session: judged.passed && isLeftAsItWas && !isLast ? session : undefined };
  } catch (error) {
    const why = forTheUser(error);
    const standing = course.standing();
    if (!(why instanceof UserError) || standing === undefined) {
      throw error;
    }
    throw cutShort(why, planned, standing, { records: await session.recordsSoFar(), command });
  } finally {
    course.close();
    over.abort();
    await playing.catch(() => undefined);
  }
}

/** Where playing is. An interruption ends all that goes on: what went on is kept as it was then. */
class Course {
  soFar: SoFar | undefined;
  #interrupted: Standing | undefined;
  readonly #abort: AbortSignal;
  readonly #onAbort = (): void => {
    this.#interrupted = this.soFar && standingOf(this.soFar);
  };

  /** Listens before those who end with it. */
  constructor(abort: AbortSignal) {
    this.#abort = abort;
    abort.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Undefined: it has not begun. */
  standing(): Standing | undefined {
    return this.#interrupted ?? (this.soFar && standingOf(this.soFar));
  }

  close(): void {
    this.#abort.removeEventListener('abort', this.#onAbort);
  }
}

function judgedOf(
  planned: Planned,
  end: Played,
  { records, verdict }: Pick<Judged, 'records' | 'verdict'>,
  command: string,
): Judged {
  const { scenario, network } = planned;
  const wrong = [...end.failures, ...(end.beganAtUs === undefined ? [] : idleFaults(scenario, records))];
  const passed = verdict.passed && wrong.length === 0;
  const failures = passed ? wrong : [...wrong, ...silentExternals(network, records, scenario.file)];
  const judged = { kind: 'judged', planned, passed, verdict, failures, records, command } as const;
  return { ...judged, broken: [], tookS: 0, files: [] };
}

function sayWhatWasDone(
  planned: Planned,
  beganAtUs: number | undefined,
  records: readonly TraceRecord[],
  show: Show,
): void {
  const { before, play } = planned.scenario;
  if (before.length > 0) {
    show.progress(planned, 'before', before.map(describeAction).join(', '));
  }
  if (beganAtUs === undefined) {
    return;
  }
  show.progress(planned, 'play', play.map(describeAction).join(', '));
  const times = records.flatMap(({ atUs }) => (atUs >= beganAtUs ? [atUs] : []));
  const tookMs = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  show.progress(planned, 'took', `${tookMs.toFixed(1)} ms from the first message to the last`);
}

/** The start of the network, and beside it the question whether the elements are there that it does not start. */
async function open(
  network: Network,
  planned: Planned,
  { flags, show, abort }: Omit<RealOptions, 'enough'>,
): Promise<Session> {
  const enough = new AbortController();
  const opening = Session.open(network, {
    attach: flags.attach,
    provisioning: provisions(planned.scenario),
    startWithinS: flags.startTimeout,
    abort: AbortSignal.any([abort, enough.signal]),
    progress: (text, passing) => {
      show.progress(planned, 'network', text, passing);
    },
  });
  const asking =
    flags.probe === false
      ? Promise.resolve()
      : externalsAreThere(planned, {
          attach: flags.attach,
          abort,
          warn: (text) => {
            show.warn(planned, text);
          },
        });
  asking.catch(() => {
    enough.abort(); // elements that need the one that is not there would come up late or never
  });
  const [session, asked] = await Promise.allSettled([opening, asking]);
  if (asked.status === 'rejected') {
    await (session.status === 'fulfilled' ? session.value.close() : undefined);
    throw asked.reason;
  }
  if (session.status === 'rejected') {
    throw session.reason;
  }
  return session.value;
}

function crashed(crash: Crash): never {
  throw new UserError(endOf(crash, ' during the run'));
}

import { type Network, UserError } from '@ims-sim/element';
import type { Action, Flow, Scenario } from '@ims-sim/scenario';
import { Watch } from '@ims-sim/ue';
import { describeAction } from './describe-action.js';
import { setFaults } from './faults.js';
import type { Ground } from './ground.js';
import { earlier } from './made.js';
import { performAll } from './perform.js';
import type { ActionFailure, RunningActor, Stage } from './stage.js';
import { startActor } from './start-actor.js';
import { unawaitedCalls } from './unawaited-calls.js';

export interface PlayOptions {
  /** The flow is over when nothing has come for so long. */
  readonly quietMs: number;
  /** Closes the actors; playing then ends soon, with an error. */
  readonly abort: AbortSignal;
  /** What an action did, in words, once it is over. */
  readonly onAction?: ((done: string) => void) | undefined;
  /** Decides which bytes a fault corrupts; 1 if not given. */
  readonly seed?: number | undefined;
  /** The flow begins although something before it failed. */
  readonly keepGoing?: boolean | undefined;
  /** Called before the first actor starts, with what playing makes of it as it goes on. */
  readonly onStart?: ((soFar: SoFar) => void) | undefined;
  /** What leaves the network as it was, for another scenario that follows. */
  readonly after?: After | undefined;
}

/** Actions when the flow is over, where none has failed. They are no part of it. */
export interface After {
  readonly actions: readonly Action[];
  /** The flow is over; what comes from now on is of these. */
  onOver(): void;
  /** One of them failed. */
  onFailure(): void;
}

/** How far playing has come: for whoever says so although it was cut short. */
export interface SoFar {
  readonly failures: readonly ActionFailure[];
  /** Actions that have begun and are not over, in words, in the order in which they began. */
  readonly underWay: ReadonlySet<ActionFailure>;
  /** As that of `Played`; without steps as long as the flow has not begun. */
  flow(flow: Flow): Flow;
}

/** What came of playing a scenario. */
export interface Played {
  readonly failures: readonly ActionFailure[];
  /** When the flow began, microseconds since the epoch; undefined: what comes before it has failed. */
  readonly beganAtUs?: number | undefined;
  /** The flow with the names that this network has. */
  flow(flow: Flow): Flow;
}

/** What ends registrations and subscriptions is answered, and brings about no more than a NOTIFY each. */
const CLEAN_QUIET_MS = 25;
/** A request that nobody answers does not hold the run up for longer. */
const OVER_WITHIN_MS = 5000;

/**
 * Starts the actors, plays what comes before, then the flow itself, with its faults; resolves when the trace has gone quiet. Rejects with
 * `UserError` where this ground cannot play the scenario, and when it is aborted.
 */
export async function play(
  scenario: Scenario,
  network: Network,
  ground: Ground,
  options: PlayOptions,
): Promise<Played> {
  checkPossible(scenario, ground);
  const stage = newStage(scenario, network, ground, options);
  const { actors, watch, failures } = stage;
  const { abort } = options;
  const onAbort = () => {
    watch.close();
    for (const actor of actors.values()) {
      void actor.close();
    }
  };
  abort.addEventListener('abort', onAbort);
  let beganAtUs: number | undefined;
  options.onStart?.({
    failures,
    underWay: stage.underWay,
    flow: (flow) => (beganAtUs === undefined ? notBegun(flow) : inNames(flow, scenario, network, beganAtUs)),
  });
  try {
    abort.throwIfAborted();
    for (const actor of scenario.actors) {
      const running = await startActor(actor, scenario, network, ground);
      actors.set(actor.name, running);
      tellPlace(running, stage.variables);
      abort.throwIfAborted();
    }
    await perform(scenario, stage, options, (atUs) => {
      beganAtUs = atUs;
    });
  } finally {
    abort.removeEventListener('abort', onAbort);
    watch.close();
    await Promise.all([...actors.values()].map((actor) => actor.close()));
  }
  return { failures, beganAtUs, flow: (flow) => inNames(flow, scenario, network, beganAtUs) };
}

/** `${gateway.address}` and `${gateway.port}`: where an actor listens, as a Via or a URI has it. Only then is it known what it was given. */
function tellPlace({ name, ue, server }: RunningActor, variables: Map<string, string>): void {
  const at = (ue ?? server)?.stack.listening;
  if (at !== undefined) {
    variables.set(`${name}.address`, at.address.includes(':') ? `[${at.address}]` : at.address);
    variables.set(`${name}.port`, String(at.port));
  }
}

function newStage(
  scenario: Scenario,
  network: Network,
  ground: Ground,
  { abort, seed = 1, onAction = () => undefined }: PlayOptions,
): Stage & { readonly actors: Map<string, RunningActor>; readonly failures: ActionFailure[] } {
  return {
    ground,
    network,
    actors: new Map<string, RunningActor>(),
    variables: new Map(scenario.variables),
    watch: new Watch(ground.clock),
    abort,
    faults: [],
    seed,
    failures: [],
    underWay: new Set(),
    onAction,
  };
}

/** What comes before, then the flow with its faults; says when that begins, if it does. */
async function perform(
  scenario: Scenario,
  stage: Stage,
  { quietMs, abort, keepGoing = false, after }: PlayOptions,
  onBegin: (atUs: number) => void,
): Promise<void> {
  const { ground, actors, failures } = stage;
  await performAll(scenario.before, stage);
  await ground.settle(quietMs, OVER_WITHIN_MS);
  abort.throwIfAborted();
  if (failures.length > 0 && !keepGoing) {
    return;
  }
  const at = { file: scenario.file, line: 1, column: 1 };
  await setFaults(scenario.faults, stage, at);
  onBegin(ground.clock.now() * 1000);
  await performAll(scenario.play, stage);
  await ground.settle(quietMs, OVER_WITHIN_MS);
  abort.throwIfAborted();
  failures.push(...unawaitedCalls(scenario, actors.values()));
  await setFaults([], stage, at);
  if (after !== undefined) {
    await leaveBehindNothing(after, stage, quietMs);
  }
}

/** Of a scenario that was cut short before its flow began nothing is judged, and all is shown that came. */
function notBegun(flow: Flow): Flow {
  return { ...flow, steps: [], othersAllowed: 'all', beganAtUs: 0 };
}

/** The flow with the names that the elements, and the servers that actors are, have in the trace. */
function inNames(flow: Flow, scenario: Scenario, network: Network, beganAtUs: number | undefined): Flow {
  const aliases = network.elements.flatMap(({ name, aliases: more }) =>
    more.map((alias) => [alias, name] as const),
  );
  return { ...flow, aliases: new Map([...aliases, ...serversByHost(scenario, flow)]), beganAtUs };
}

/** A text's table names the host of a server; the trace names the actor. */
function serversByHost({ actors }: Scenario, { steps }: Flow): (readonly [actor: string, host: string])[] {
  const named = new Set(
    steps.flatMap((step) => (step.kind === 'decision' ? [step.on] : [step.from, step.to])),
  );
  return actors.flatMap((actor) =>
    actor.kind !== 'ue' && named.has(actor.host) ? [[actor.name, actor.host] as const] : [],
  );
}

async function leaveBehindNothing(
  { actions, onOver, onFailure }: After,
  stage: Stage,
  quietMs: number,
): Promise<void> {
  if (stage.failures.length > 0 || actions.length === 0) {
    return;
  }
  onOver();
  const failures: ActionFailure[] = [];
  const open = actions.filter((action) => !isOverAlready(action, stage));
  const quietly = { ...stage, failures, onAction: () => undefined };
  const registrations = open.filter(({ kind }) => kind === 'register');
  const onThem = open.filter(({ kind }) => kind !== 'register');
  for (const besideEachOther of [onThem, registrations]) {
    await Promise.all(besideEachOther.map((action) => performAll([action], quietly)));
  }
  await stage.ground.settle(Math.min(quietMs, CLEAN_QUIET_MS), OVER_WITHIN_MS);
  if (failures.length > 0) {
    onFailure();
  }
}

/** A subscription that its notifier has ended, or refused, meanwhile: there is no dialog any more in which to end it. */
function isOverAlready(action: Action, { actors }: Stage): boolean {
  const actor = action.kind === 'unsubscribe' ? actors.get(action.actor) : undefined;
  if (action.kind !== 'unsubscribe' || actor === undefined) {
    return false;
  }
  const found = earlier(actor, ['subscription'], action.of);
  return typeof found !== 'string' && ['ended', 'failed'].includes(found.subscription.phase);
}

/** What this ground cannot do is said before anything starts. */
function checkPossible(scenario: Scenario, ground: Ground): void {
  const { before, play: actions, faults, file } = scenario;
  if (faults.length > 0 && ground.control === undefined) {
    throw new UserError(`${file}: faults: only in a network that this run started, not with --attach`);
  }
  for (const action of [...before, ...actions]) {
    checkAction(action, ground);
  }
}

function checkAction(action: Action, ground: Ground): void {
  const complain = (text: string): never => {
    const { file, line, column } = action.at;
    throw new UserError(`${file}:${line}:${column}: ${describeAction(action)}: ${text}`);
  };
  switch (action.kind) {
    case 'advance':
      if (!ground.virtualTime) {
        complain('only with --simulate: with real processes time cannot be moved; use `wait`');
      }
      return;
    case 'deregister':
    case 'reauthenticate':
    case 'kill':
    case 'restart':
      if (ground.control === undefined) {
        complain('only in a network that this run started, not with --attach');
      }
      return;
    case 'parallel':
    case 'repeat':
      for (const one of action.kind === 'repeat' ? action.actions : action.branches.flat()) {
        checkAction(one, ground);
      }
      return;
    default:
      return;
  }
}

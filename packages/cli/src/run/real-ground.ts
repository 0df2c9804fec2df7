import { networkInterfaces } from 'node:os';
import {
  type ElementCommand,
  elementNamed,
  type ListeningByName,
  type Network,
  processLog,
  UserError,
} from '@ims-sim/element';
import { faultyHost, type FaultRule, type FaultyHost } from '@ims-sim/faults';
import {
  type Clock,
  type Endpoint,
  type Host,
  nodeNet,
  prettyEndpoint,
  type Random,
  seededRandom,
  systemClock,
  systemRandom,
  type Trace,
} from '@ims-sim/host';
import type { Ground, GroundControl, OverHttp } from '@ims-sim/player';
import { openRequests, type Scenario } from '@ims-sim/scenario';
import type { HepCollector, TraceRecord } from '@ims-sim/trace';
import type { Names } from './names.js';
import { type HssClient, hssVia } from '../subscribers/hss-client.js';
import type { OpenNetwork } from './open-network.js';
import { OPERATOR, overHttp, sendFrom } from './over-http.js';
import { told } from './told.js';

export interface RealGroundOptions {
  readonly network: Network;
  readonly opened: OpenNetwork;
  readonly collector: HepCollector;
  readonly names: Names;
  /** The trace of this scenario, without what earlier ones left behind. */
  readonly records: () => TraceRecord[];
  /** Called where there is nothing to do but to wait. */
  readonly idle: () => void;
}

interface Actor extends FaultyHost {
  /** Which bytes are corrupted is the seed's. */
  seed(seed: number): void;
}

/** Processes and sockets of this machine, for one scenario. */
export class RealGround implements Ground {
  readonly clock: Clock = systemClock;
  readonly virtualTime = false;
  readonly dns: Endpoint;
  readonly overHttp: OverHttp = overHttp((hss) => this.#hssClient(hss));
  readonly control: GroundControl | undefined;
  readonly #options: RealGroundOptions;
  readonly #hosts = new Map<string, Actor>();
  /** Elements that the scenario has killed: what kills changes is had by one scenario alone. */
  readonly #down = new Set<string>();
  /** Host names of actors that are servers, as rules name them. */
  readonly #actorOf: ReadonlyMap<string, string>;
  /** Whom faults are about: elements must know where these are. */
  readonly #receivers: ReadonlySet<string | undefined>;

  constructor({ actors, faults }: Pick<Scenario, 'actors' | 'faults'>, options: RealGroundOptions) {
    const { opened } = options;
    this.#receivers = new Set(faults.map(({ match: { to } }) => to));
    this.#options = options;
    this.dns = opened.dns;
    this.#actorOf = new Map(
      actors.map((actor) => [actor.kind === 'ue' ? actor.name : actor.host, actor.name]),
    );
    const { control } = opened;
    this.control = control && {
      command: (element, command) => this.#command(control, element, command),
      kill: (element) => {
        this.#down.add(element);
        return control.kill(element);
      },
      restart: (element) => {
        this.#down.delete(element);
        return control.restart(element);
      },
      isDown: (element) => this.#down.has(element),
    };
  }

  get listening(): ListeningByName {
    return this.#options.opened.listening;
  }

  hostOf(actor: string): Host {
    const known = this.#hosts.get(actor);
    if (known !== undefined) {
      return known.host;
    }
    const { collector, names } = this.#options;
    const plain: Host = {
      name: actor,
      net: nodeNet,
      clock: systemClock,
      random: systemRandom,
      trace: collector.trace(actor),
      log: processLog(actor, 'warn'),
    };
    let random: Random = systemRandom;
    const chance: Random = { uint32: () => random.uint32() };
    const faulty = faultyHost(plain, { nameOf: names.of, random: chance });
    const seed = (number: number): void => {
      random = seededRandom(`${number} ${actor}`);
    };
    this.#hosts.set(actor, { ...faulty, seed });
    return faulty.host;
  }

  addressesOf(): readonly string[] {
    return ownAddresses();
  }

  async listens(actor: string, host: string | undefined, at: Endpoint): Promise<void> {
    const { names, opened } = this.#options;
    names.add(actor, at);
    if (host === undefined) {
      if (this.#receivers.has(actor)) {
        await opened.control?.announce(actor, { sip: at });
      }
      return;
    }
    if (opened.control === undefined) {
      throw new UserError(
        `${actor}: the DNS of a network that is already up cannot be told where ${host} is: play it without --attach`,
      );
    }
    await opened.control.announce(host, { sip: at });
  }

  traceOf(element: string): Trace {
    return this.#options.collector.trace(element);
  }

  records(): readonly TraceRecord[] {
    return this.#options.records();
  }

  /** On a busy machine an element may take longer than `quietMs`: what it has been asked and not answered tells, and its own word. */
  async settle(quietMs: number, limitMs: number): Promise<void> {
    const { collector, idle, opened } = this.#options;
    const deadlineMs = systemClock.now() + limitMs;
    const isLate = () => systemClock.now() >= deadlineMs;
    idle();
    let before: number;
    do {
      await collector.settle(quietMs);
      before = collector.arrived;
      await untilOr(opened.control?.turn(), deadlineMs - systemClock.now());
      await turn();
    } while ((collector.arrived > before || openRequests(this.records()).length > 0) && !isLate());
  }

  /** Throws `UserError` where nobody knows where its provisioning interface is. */
  #hssClient(hss: string): HssClient<string> {
    const { network, opened, names } = this.#options;
    const { provisioning } = elementNamed(network, hss) ?? {};
    const at = opened.listening[hss]?.http ?? provisioning?.listen;
    if (at === undefined) {
      throw new UserError(
        `${hss} has no provisioning interface that this run knows of: give it \`provisioning\` with \`listen\` in the network file`,
      );
    }
    const send = sendFrom((local) => {
      names.add(OPERATOR, local);
    });
    return hssVia({ url: `http://${prettyEndpoint(at)}`, token: provisioning?.token }, send);
  }

  /** Faults of an actor are its host's here; elements have their own. */
  async #command(control: GroundControl, name: string, command: ElementCommand): Promise<string | undefined> {
    const actor = this.#actorOf.get(name) ?? name;
    const faulty = this.#hosts.get(actor);
    if (command.kind !== 'faults' || faulty === undefined) {
      return told(command, this.traceOf(name), () => control.command(name, command));
    }
    faulty.seed(command.seed);
    this.#setFaults(faulty, actor, command.rules);
    return undefined;
  }

  #setFaults({ set }: FaultyHost, actor: string, rules: readonly FaultRule[]): void {
    set(
      rules.map((rule) => {
        const { from } = rule.match;
        const own = from !== undefined && this.#actorOf.get(from) === actor;
        return own ? { ...rule, match: { ...rule.match, from: actor } } : rule;
      }),
    );
  }
}

/** `work`, or so long; undefined: there is nobody to wait for. */
async function untilOr(work: Promise<void> | undefined, limitMs: number): Promise<void> {
  if (work === undefined) {
    return;
  }
  let cancel: () => void = () => undefined;
  const limit = new Promise<void>((resolve) => {
    const timer = systemClock.timer(limitMs, resolve);
    cancel = () => {
      timer.cancel();
    };
  });
  await Promise.race([work, limit]).finally(cancel);
}

/** What this process can read by now, it has read. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}

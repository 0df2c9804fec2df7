import type { ElementCommand } from '@ims-sim/element';
import { type Endpoint, type Host, seededRandom, silentLog, type VirtualClock } from '@ims-sim/host';
import type { Ground, GroundControl, OverHttp } from '@ims-sim/player';
import { openRequests } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';
import { commandedFaults, type FaultsOfHost } from '../elements/commanded-faults.js';
import type { Addresses } from './addresses.js';
import { OPERATOR, overHttp } from '../run/over-http.js';
import { told } from '../run/told.js';
import { hssVia, type SendRequest } from '../subscribers/hss-client.js';
import type { SimulatedNetwork, Tables } from './simulated-network.js';

/** Where messages are lost, what looks over may only wait for timer F (RFC 3261 17.1.2.2) at the longest. */
const OVER_WITH_LOSS_MS = 33_000;

/** RFC 6335 6: the first that nobody is assigned. */
const FIRST_OPERATOR_PORT = 49_152;

export interface SimulatedGroundOptions {
  readonly simulated: SimulatedNetwork;
  readonly clock: VirtualClock;
  readonly addresses: Addresses;
  readonly seed: number;
  /** Names of actors by the host names that they stand at. */
  readonly actorAt: ReadonlyMap<string, string>;
  /** Whether datagrams are lost by chance. */
  readonly isLossy: boolean;
}

/** A simulation as what a scenario is played on: time passes as whoever pumps the clock lets it. */
export class SimulatedGround implements Ground {
  readonly clock: VirtualClock;
  readonly virtualTime = true;
  readonly listening: SimulatedNetwork['listening'];
  readonly dns: Endpoint;
  readonly overHttp: OverHttp = overHttp((hss) =>
    hssVia({ url: `http://${hss}`, token: undefined }, (url, asked) => this.#ask(hss, new URL(url), asked)),
  );
  readonly control: GroundControl;
  readonly #options: SimulatedGroundOptions;
  readonly #hosts = new Map<string, FaultsOfHost>();
  #operatorPort = FIRST_OPERATOR_PORT;

  constructor(options: SimulatedGroundOptions) {
    const { simulated, clock } = options;
    this.#options = options;
    this.clock = clock;
    this.listening = simulated.listening;
    this.dns = simulated.dns;
    this.control = {
      command: (element, command: ElementCommand) => this.#command(element, command),
      kill: (element) => {
        simulated.kill(element);
        return Promise.resolve();
      },
      restart: (element) => simulated.restart(element),
      isDown: (element) => simulated.isDown(element),
    };
  }

  hostOf(actor: string): Host {
    const known = this.#hosts.get(actor);
    if (known !== undefined) {
      return known.host;
    }
    const { simulated, clock, seed, addresses } = this.#options;
    const plain: Host = {
      name: actor,
      net: simulated.machineOf(actor),
      clock,
      random: seededRandom(`${seed} ${actor}`),
      trace: simulated.collector.trace(actor),
      log: silentLog,
    };
    const faults = commandedFaults(plain, ({ address }) => addresses.nameAt(address));
    this.#hosts.set(actor, faults);
    return faults.host;
  }

  /** From a port of its own each time, as a client without connections that stay has it. */
  #ask(hss: string, { pathname }: URL, { method, headers, body }: SendRequest<string>): Promise<Response> {
    const { simulated, addresses } = this.#options;
    const from = { address: addresses.of(OPERATOR), port: this.#operatorPort++ };
    return simulated.ask(hss, { method, path: pathname, headers: { ...headers, host: hss }, body, from });
  }

  #command(name: string, command: ElementCommand): Promise<string | undefined> {
    const { actorAt } = this.#options;
    const actorName = actorAt.get(name) ?? name;
    const actor = this.#hosts.get(actorName);
    if (actor === undefined || command.kind !== 'faults') {
      const { simulated } = this.#options;
      return told(command, this.traceOf(name), () => simulated.command(name, command));
    }
    const rules = command.rules.map((rule) => {
      const isOwn = rule.match.from !== undefined && actorAt.get(rule.match.from) === actorName;
      return isOwn ? { ...rule, match: { ...rule.match, from: actorName } } : rule;
    });
    actor.set({ ...command, rules });
    return Promise.resolve(undefined);
  }

  addressesOf(actor: string): readonly string[] {
    return [this.#options.addresses.of(actor)];
  }

  listens(actor: string, host: string | undefined, at: Endpoint): Promise<void> {
    const { simulated } = this.#options;
    simulated.listening[host ?? actor] = { sip: at };
    simulated.tellAll(); // a server's name is in the DNS now, and faults may be of what goes to an actor
    return Promise.resolve();
  }

  /** How full the elements' tables are now. */
  tables(): Tables {
    return this.#options.simulated.tables();
  }

  traceOf(element: string) {
    return this.#options.simulated.collector.trace(element);
  }

  records(): readonly TraceRecord[] {
    return this.#options.simulated.collector.records();
  }

  async settle(quietMs: number, limitMs: number): Promise<void> {
    const { isLossy, simulated } = this.#options;
    const { collector } = simulated;
    const quietForMs = isLossy ? Math.max(quietMs, OVER_WITH_LOSS_MS) : quietMs;
    const deadlineMs = this.clock.now() + (isLossy ? Math.max(limitMs, 4 * OVER_WITH_LOSS_MS) : limitMs);
    do {
      await collector.settle(quietForMs, deadlineMs - this.clock.now());
    } while (this.clock.now() < deadlineMs && openRequests(collector.records()).length > 0);
  }
}

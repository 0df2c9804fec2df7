import { elementNamed, type Network, UserError } from '@ims-sim/element';
import { prettyEndpoint, systemClock } from '@ims-sim/host';
import { type Action, isUeAction, type OperatorAction, type UeAction } from '@ims-sim/scenario';
import type { HepCollector } from '@ims-sim/trace';
import type { Outcome, Ue } from '@ims-sim/ue';
import { hssAt, Refused, subscriberPath } from '../subscribers/hss-client.js';
import type { OpenNetwork } from './open-network.js';

/** Who and what actions act on. */
export interface Stage {
  readonly ues: ReadonlyMap<string, Ue>;
  readonly opened: OpenNetwork;
  readonly network: Network;
  /** Where it stands what was done to an element: it cannot say so itself. */
  readonly collector: HepCollector;
}

/** RFC 6665 4.1.2.4: Timer N, 64*T1, would be 32 s; a network on one machine is faster. */
const NOTIFY_WITHIN_MS = 5000;
const LOOK_AGAIN_MS = 5;

/** Does one action; a string says what went wrong. Rejects with `UserError` where this network cannot do it. */
export function perform(action: Action, stage: Stage): Promise<string | undefined> {
  if (!isUeAction(action)) {
    return operate(action, stage);
  }
  const ue = stage.ues.get(action.actor);
  return ue === undefined ? Promise.resolve(`there is no actor ${action.actor}`) : act(action, ue);
}

async function act(action: UeAction, ue: Ue): Promise<string | undefined> {
  switch (action.kind) {
    case 'register':
      return wrong(await ue.register({ expiresS: action.expiresS, all: action.all }));
    case 'publish': {
      const { event, contentType, body, expiresS } = action;
      return wrong(await ue.publish({ event, contentType, body, expiresS }));
    }
    case 'subscribe':
      return subscribe(action, ue);
    case 'registrationState':
      return notified(ue.registrationState());
    case 'until':
      return until(action, ue);
  }
}

/** Subscribes and waits for the answer and for the first NOTIFY, whichever comes first (RFC 6665 4.1.2.4). */
function subscribe(action: UeAction & { kind: 'subscribe' }, ue: Ue): Promise<string | undefined> {
  const { to, event, accept, expiresS, cseq } = action;
  return notified(ue.subscribe({ uri: to, event, accept, expiresS, cseq }));
}

async function notified(subscription: ReturnType<Ue['subscribe']>): Promise<string | undefined> {
  const failure = wrong(await subscription.response);
  if (failure !== undefined) {
    return failure;
  }
  const first = await subscription.notification(0, NOTIFY_WITHIN_MS);
  return first ? undefined : `no NOTIFY within ${NOTIFY_WITHIN_MS / 1000} s`;
}

async function until(
  { registered, withinS }: UeAction & { kind: 'until' },
  ue: Ue,
): Promise<string | undefined> {
  const deadlineMs = systemClock.now() + withinS * 1000;
  while ((ue.registration !== undefined) !== registered) {
    if (systemClock.now() > deadlineMs) {
      return `not within ${withinS} s`;
    }
    await new Promise<void>((resolve) => {
      systemClock.timer(LOOK_AGAIN_MS, resolve);
    });
  }
  return undefined;
}

async function operate(action: OperatorAction, stage: Stage): Promise<string | undefined> {
  if (action.kind === 'terminate') {
    return terminate(action, stage);
  }
  const { opened, collector } = stage;
  const { control } = opened;
  if (control === undefined) {
    throw new UserError(`${action.kind}: only in a network that this run started, not with --attach`);
  }
  switch (action.kind) {
    case 'deregister':
      return control.command(action.sCscf, {
        kind: 'deregister',
        publicIdentity: action.publicIdentity,
        event: 'deactivated',
      });
    case 'reauthenticate': {
      const { publicIdentity, expiresS } = action;
      return control.command(action.sCscf, { kind: 'reauthenticate', publicIdentity, expiresS });
    }
    case 'kill':
      await control.kill(action.element);
      collector.trace(action.element).decision({ clause: '', text: 'killed (kill -9)' });
      return undefined;
    case 'restart':
      collector.trace(action.element).decision({ clause: '', text: 'starts again' });
      await control.restart(action.element);
      return undefined;
  }
}

/** By the HSS's provisioning interface, as `ims subscribers deregister` does it. */
async function terminate(
  { hss, privateIdentity, reason }: OperatorAction & { kind: 'terminate' },
  { opened, network }: Stage,
): Promise<string | undefined> {
  const { provisioning } = elementNamed(network, hss) ?? {};
  const at = opened.listening[hss]?.http ?? provisioning?.listen;
  if (!at) {
    throw new UserError(
      `terminate: ${hss} has no provisioning interface here: give it \`provisioning\` in the network file`,
    );
  }
  const client = hssAt({ url: `http://${prettyEndpoint(at)}`, token: provisioning?.token });
  try {
    const body = JSON.stringify({ reason, publicIdentities: [] });
    await client.ask('POST', `${subscriberPath(privateIdentity)}/deregister`, {
      body,
      type: 'application/json',
    });
    return undefined;
  } catch (error) {
    if (error instanceof Refused) {
      return error.message;
    }
    throw error;
  }
}

function wrong(outcome: Outcome): string | undefined {
  if (outcome.kind === 'failure') {
    return outcome.failure;
  }
  const { status, reason } = outcome.response;
  return status < 300 ? undefined : `${status} ${reason}`;
}

import type {
  ImsUserState,
  PushNotification,
  PushNotificationAnswer,
  Sh,
  SubscribeNotifications,
} from '@ims-sim/sh';
import { changed, type Presentity } from './presentity.js';
import type { Ps } from './ps.js';

type Tell = (presentity: Presentity) => void;

/**
 * TS 23.141 5.2, TS 29.328 6.1.3: whether a user is registered in the IMS is presence too, where the user publishes none. It is
 * asked of the HSS for the first watcher of such a user (SNR, the data with the answer); from then on the HSS tells (PNR).
 * `tell`: what the document shows has changed, watchers are to know.
 */
export function followImsState(ps: Ps, presentity: Presentity, tell: Tell): void {
  if (presentity.publications.size > 0) return;
  presentity.imsStateWanted = true;
  ask(ps, presentity, tell);
}

/** TS 29.328 6.1.3: nobody watches the user any more, or it publishes: the HSS need not tell. */
export function leaveImsState(ps: Ps, presentity: Presentity, tell: Tell): void {
  presentity.imsStateWanted = false;
  ask(ps, presentity, tell);
}

/** One question at a time: what is wanted by then is looked at again with the answer. */
function ask(ps: Ps, presentity: Presentity, tell: Tell): void {
  const { sh } = ps;
  if (sh === undefined) return;
  if (presentity.imsStateWanted && presentity.shSubscription === 'none') {
    presentity.shSubscription = 'subscribing';
    subscribe(ps, sh, presentity, tell).catch((error: unknown) => failed(ps, presentity, error));
  } else if (!presentity.imsStateWanted && presentity.shSubscription === 'subscribed') {
    presentity.shSubscription = 'unsubscribing';
    presentity.imsState = undefined;
    unsubscribe(ps, sh, presentity, tell).catch((error: unknown) => failed(ps, presentity, error));
  }
}

function failed(ps: Ps, presentity: Presentity, error: unknown): void {
  presentity.shSubscription = 'none';
  ps.host.log.error('A procedure failed', { error });
}

async function subscribe(ps: Ps, sh: Sh, presentity: Presentity, tell: Tell): Promise<void> {
  const answer = await sh.subscribeNotifications({ ...about(presentity, 'subscribe'), sendData: true });
  if (answer.kind !== 'subscribed') {
    presentity.shSubscription = 'none'; // the next watcher has it asked again
    ps.host.log.warn('The HSS does not tell the IMS state', { of: presentity.asserted, answer: answer.kind });
    return;
  }
  presentity.shSubscription = 'subscribed';
  learn(ps, presentity, answer.data?.imsUserState, tell);
  ask(ps, presentity, tell);
}

async function unsubscribe(ps: Ps, sh: Sh, presentity: Presentity, tell: Tell): Promise<void> {
  const answer = await sh.subscribeNotifications(about(presentity, 'unsubscribe'));
  presentity.shSubscription = 'none';
  if (answer.kind !== 'subscribed') {
    ps.host.log.warn('The HSS goes on telling the IMS state', {
      of: presentity.asserted,
      answer: answer.kind,
    });
  }
  ask(ps, presentity, tell);
}

function about({ asserted }: Presentity, type: SubscribeNotifications['type']): SubscribeNotifications {
  return { user: { kind: 'public-identity', identity: asserted }, type, references: ['ims-user-state'] };
}

/** TS 29.328 6.1.4: the HSS tells what has changed. */
export function imsStatePushed(ps: Ps, { user, data }: PushNotification, tell: Tell): PushNotificationAnswer {
  const presentity = user.kind === 'public-identity' ? ps.presentityFor(user.identity) : undefined;
  if (presentity === undefined) return { kind: 'unknown-user' };
  if (presentity.shSubscription === 'none' || presentity.shSubscription === 'unsubscribing') {
    return { kind: 'no-subscription-to-data' };
  }
  learn(ps, presentity, data.imsUserState, tell);
  return { kind: 'notified' };
}

function learn(ps: Ps, presentity: Presentity, state: ImsUserState | undefined, tell: Tell): void {
  const before = presentity.imsState;
  if (state === undefined || state === before) return;
  presentity.imsState = state;
  if (ps.host.trace.enabled) {
    const text = `the HSS has ${presentity.asserted} as ${state}`;
    ps.host.trace.decision({ clause: 'TS 29.328 6.1.4', text });
  }
  // The document shows no more than whether the user is registered.
  if (presentity.publications.size === 0 && (before === 'registered') !== (state === 'registered')) {
    changed(presentity);
    tell(presentity);
  }
}

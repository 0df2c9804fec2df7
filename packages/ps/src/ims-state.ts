import type { Presence } from '@ims-sim/presence';
import type { ImsUserState, PushNotification, PushNotificationAnswer, UserIdentity } from '@ims-sim/sh';
import { changed, type Presentity } from './presentity.js';
import type { Ps } from './ps.js';

/**
 * TS 23.141 5.2, TS 29.328 6.1.3: whether a user is registered in the IMS is presence too, where the user publishes none. It is
 * asked of the HSS for the first watcher of such a user (SNR, the data with the answer); from then on the HSS tells (PNR).
 * `tell`: the state has changed, watchers are to know.
 */
export function followImsState(ps: Ps, presentity: Presentity, tell: (presentity: Presentity) => void): void {
  const { sh } = ps;
  if (sh === undefined || presentity.imsState !== undefined || presentity.publications.size > 0) return;
  presentity.imsState = 'asked';
  const user: UserIdentity = { kind: 'public-identity', identity: presentity.asserted };
  const references = ['ims-user-state'] as const;
  void sh.subscribeNotifications({ user, type: 'subscribe', references, sendData: true }).then((answer) => {
    if (answer.kind === 'subscribed') {
      learn(ps, presentity, answer.data?.imsUserState, tell);
      return;
    }
    presentity.imsState = undefined; // the next watcher has it asked again
    ps.host.log.warn('The HSS does not tell the IMS state', { of: presentity.asserted, answer: answer.kind });
  });
}

/** TS 29.328 6.1.4: the HSS tells what has changed. */
export function imsStatePushed(
  ps: Ps,
  { user, data }: PushNotification,
  tell: (presentity: Presentity) => void,
): PushNotificationAnswer {
  const presentity = user.kind === 'public-identity' ? ps.presentityFor(user.identity) : undefined;
  if (presentity === undefined) return { kind: 'unknown-user' };
  if (presentity.imsState === undefined) return { kind: 'no-subscription-to-data' };
  learn(ps, presentity, data.imsUserState, tell);
  return { kind: 'notified' };
}

function learn(
  ps: Ps,
  presentity: Presentity,
  state: ImsUserState | undefined,
  tell: (presentity: Presentity) => void,
): void {
  if (state === undefined || state === presentity.imsState) return;
  presentity.imsState = state;
  if (ps.host.trace.enabled) {
    const text = `the HSS has ${presentity.asserted} as ${state}`;
    ps.host.trace.decision({ clause: 'TS 29.328 6.1.4', text });
  }
  if (presentity.publications.size === 0) {
    changed(presentity);
    tell(presentity);
  }
}

/** What a registered user's presence is who publishes none: it can be reached, and nothing more is known. */
export function reachable(entity: string): Presence {
  return {
    entity,
    tuples: [{ id: 'ims', basic: 'open', statusExtensions: [], extensions: [], notes: [] }],
    notes: [],
    extensions: [],
  };
}

import { token } from '@ims-sim/host';
import type { SrfResponse } from '@ims-sim/drachtio';
import { copied } from '@ims-sim/sip';
import { followImsState, leaveImsState } from './ims-state.js';
import { notifyRequest } from './notify.js';
import { changed, type Presentity, type Publication } from './presentity.js';
import { subscriptionKey, type Ps } from './ps.js';
import type { PublishDecision } from './publish.js';
import type { Reply } from './reply.js';
import type { NewSubscription, Refresh, SubscribeDecision } from './subscribe.js';
import { answered, LAST, next, type Answer, type Step, type Subscription } from './subscription.js';

/** Does what was decided about a SUBSCRIBE: the answer first, then the NOTIFY. */
export function actOnSubscribe(ps: Ps, res: SrfResponse, callId: string, decision: SubscribeDecision): void {
  switch (decision.kind) {
    case 'reply':
      send(ps, res, callId, decision);
      return;
    case 'subscribe':
      send(ps, res, callId, decision.reply, (dialogId) => begin(ps, dialogId, decision));
      return;
    case 'refresh':
      send(ps, res, callId, decision.reply, () => goOn(ps, decision));
  }
}

/** Does what was decided about a PUBLISH: the answer, with what a 2xx says of charging, and NOTIFYs to those whom a change concerns. */
export function actOnPublish(
  ps: Ps,
  res: SrfResponse,
  callId: string,
  decision: PublishDecision,
  charging: Readonly<Record<string, string>>,
): void {
  if (decision.kind === 'reply') {
    send(ps, res, callId, decision);
    return;
  }
  const expiresS = decision.kind === 'remove' ? 0 : decision.expiresS;
  const eTag = token(ps.host.random, 12);
  const toTell = store(ps, decision, eTag, ps.host.clock.now() + expiresS * 1000);
  const headers = { 'SIP-ETag': eTag, Expires: String(expiresS), ...charging };
  send(ps, res, callId, { kind: 'reply', status: 200, headers });
  if (toTell !== undefined) tellAll(ps, toTell);
}

/** Gives the presentity whose state has changed. RFC 3903 4.1: each success has a new entity-tag, a refresh too. */
function store(
  ps: Ps,
  decision: Exclude<PublishDecision, Reply>,
  eTag: string,
  expiresAtMs: number,
): Presentity | undefined {
  if (decision.kind === 'publish') {
    const { presentity, document } = decision;
    const version = presentity.version + 1;
    const publication: Publication = { presentity, document, version, eTag, expiresAtMs, dueS: undefined };
    presentity.publications.set(eTag, publication);
    ps.publicationExpiry.schedule(publication);
    changed(presentity);
    leaveImsState(ps, presentity, (its) => tellAll(ps, its));
    return presentity;
  }
  const { publication } = decision;
  if (publication === undefined) return undefined;
  const { presentity } = publication;
  presentity.publications.delete(publication.eTag);
  if (decision.kind === 'remove') {
    ps.publicationExpiry.remove(publication);
    followWatched(ps, presentity);
  } else {
    publication.eTag = eTag;
    publication.expiresAtMs = expiresAtMs;
    presentity.publications.set(eTag, publication);
    ps.publicationExpiry.schedule(publication);
    if (decision.kind === 'refresh') return undefined;
    publication.document = decision.document;
    publication.version = presentity.version + 1;
  }
  changed(presentity);
  return presentity;
}

/** The clock ended a publication (RFC 3903 6). */
export function publicationExpired(ps: Ps, { presentity, eTag }: Publication): void {
  presentity.publications.delete(eTag);
  changed(presentity);
  followWatched(ps, presentity);
  tellAll(ps, presentity);
}

/** A publication has ended: where it was the last, the IMS state is what those who watch are to see. */
function followWatched(ps: Ps, presentity: Presentity): void {
  if (presentity.watchers.size > 0) followImsState(ps, presentity, (its) => tellAll(ps, its));
}

/** The clock ended a subscription (RFC 6665 4.2.2). */
export function subscriptionExpired(ps: Ps, subscription: Subscription): void {
  end(ps, subscription);
}

/** Watchers told in one go, at most: then others have their turn. */
const TOLD_AT_ONCE = 100;

/** Starts NOTIFYs to those who have not seen the newest state. Whoever waits for an answer has its turn after that. */
export function tellAll(ps: Ps, presentity: Presentity): void {
  if (presentity.notifying) return;
  presentity.notifying = true;
  let version = presentity.version;
  let watchers = presentity.watchers.values();
  const tellSome = () => {
    for (let told = 0; told < TOLD_AT_ONCE; told++) {
      const { value: watcher, done } = watchers.next();
      if (done !== true) {
        take(ps, watcher, next(watcher));
      } else if (version === presentity.version) {
        presentity.notifying = false;
        return;
      } else {
        version = presentity.version;
        watchers = presentity.watchers.values();
      }
    }
    ps.host.clock.timer(0, tellSome);
  };
  tellSome();
}

function begin(ps: Ps, dialogId: string, decision: NewSubscription): void {
  const { presentity, event, mediaType, sees, icid, expiresS } = decision;
  const subscription: Subscription = {
    dialogId: copied(dialogId), // a slice would keep the frame that it was cut from
    presentity,
    event: event.text,
    mediaType,
    sees,
    icid,
    expiresAtMs: ps.host.clock.now() + expiresS * 1000,
    dueS: undefined,
    progress: 'idle',
    toldVersion: -1,
    ends: expiresS === 0 ? 'timeout' : undefined,
  };
  if (expiresS > 0) {
    ps.subscriptions.set(keyOf(subscription), subscription);
    presentity.watchers.add(subscription);
    ps.subscriptionExpiry.schedule(subscription);
  }
  take(ps, subscription, next(subscription));
  followImsState(ps, presentity, (its) => tellAll(ps, its));
}

/** RFC 6665 4.2.1.2: a refresh is told too. */
function goOn(ps: Ps, { subscription, expiresS }: Refresh): void {
  if (expiresS === 0) {
    end(ps, subscription);
    return;
  }
  subscription.expiresAtMs = ps.host.clock.now() + expiresS * 1000;
  ps.subscriptionExpiry.schedule(subscription);
  subscription.toldVersion = -1;
  take(ps, subscription, next(subscription));
}

/** No subscription any more, but for its last NOTIFY: now, or when the one that is out is answered. */
function end(ps: Ps, subscription: Subscription): void {
  remove(ps, subscription);
  subscription.ends = 'timeout';
  if (subscription.progress === 'held') subscription.progress = 'idle';
  take(ps, subscription, next(subscription));
}

function remove(ps: Ps, subscription: Subscription): void {
  ps.subscriptions.delete(keyOf(subscription));
  const { presentity } = subscription;
  if (presentity.watchers.delete(subscription) && presentity.watchers.size === 0) {
    leaveImsState(ps, presentity, (its) => tellAll(ps, its));
  }
  ps.subscriptionExpiry.remove(subscription);
}

function take(ps: Ps, subscription: Subscription, step: Step): void {
  switch (step.kind) {
    case 'wait':
      return;
    case 'send':
      notify(ps, subscription);
      return;
    case 'hold':
      ps.host.clock.timer(step.forS * 1000, () => {
        if (subscription.progress !== 'held') return;
        subscription.progress = 'idle';
        take(ps, subscription, next(subscription));
      });
      return;
    case 'forget':
      subscription.progress = 'over';
      remove(ps, subscription);
  }
}

function notify(ps: Ps, subscription: Subscription): void {
  const request = notifyRequest(ps, subscription);
  subscription.progress = 'sent';
  subscription.toldVersion = subscription.ends === undefined ? subscription.presentity.version : LAST;
  ps.counters.notifies++;
  const onAnswer = (answer: Answer) => take(ps, subscription, answered(subscription, answer));
  // The URI is the dialog's: drachtio-srf wants one, the server does not look at it.
  ps.srf.request('sip:placeholder', request, (error, sent) => {
    if (error !== null) {
      onAnswer({ kind: 'unsent' });
      return;
    }
    sent.on('response', (res) => {
      if (res.status >= 200)
        onAnswer({ kind: 'answered', status: res.status, retryAfterS: retryAfterS(res) });
    });
  });
}

function retryAfterS(res: SrfResponse): number | undefined {
  if (res.status < 300) return undefined;
  const seconds = Number.parseInt(res.get('Retry-After') ?? '', 10);
  return Number.isNaN(seconds) ? undefined : seconds;
}

/** `onSent` gets the dialog; it is not called where the request was not to be answered any more. */
function send(
  ps: Ps,
  res: SrfResponse,
  callId: string,
  answer: Reply,
  onSent?: (dialogId: string) => void,
): void {
  const { status, reason, headers, because } = answer;
  if (because !== undefined && ps.host.trace.enabled) ps.host.trace.decision({ callId, ...because });
  const options = { headers: { ...headers } };
  const sent =
    onSent &&
    ((error: unknown) => {
      if (error === null || error === undefined) onSent(res.stackDialogId ?? '');
      else ps.host.log.warn('A response could not be sent', { callId, status, error: String(error) });
    });
  if (reason === undefined) res.send(status, options, sent);
  else res.send(status, reason, options, sent);
}

function keyOf({ dialogId, event }: Subscription): string {
  const id = event.indexOf(';id=');
  return subscriptionKey(dialogId, id < 0 ? undefined : event.slice(id + 4));
}

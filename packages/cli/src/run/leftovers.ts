import { cx, decodeMessage, FLAG_REQUEST, get, HEADER_BYTES, readHeader } from '@ims-sim/diameter';
import { type Action, type Expectation, isActorAction, type Scenario } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';

/** What a scenario's UEs do when it is over, so that the network is as it was; `own`: it cannot be made so. */
export type Leftovers =
  | { readonly kind: 'own'; readonly why: string }
  | { readonly kind: 'shared'; readonly actions: readonly Action[] };

/** What leaves nothing behind that its actor cannot take back. */
const HARMLESS: ReadonlySet<Action['kind']> = new Set([
  'register',
  'registrationState',
  'subscribe',
  'refresh',
  'unsubscribe',
  'publish',
  'unpublish',
  'message',
  'options',
  'until',
  'receive',
  'respond',
  'wait',
]);

/**
 * Whether the next scenario may follow on the same network, and what must be done before: subscriptions ended, publications and
 * registrations taken back. Not where a scenario changes elements or what is in them, has calls or raw messages, or looks at
 * questions to the DNS, which elements remember.
 */
export function leftoversOf({ elements, actors, faults, flow, before, play }: Scenario): Leftovers {
  const own = (why: string): Leftovers => ({ kind: 'own', why });
  const actions = [...before, ...play];
  const harmful = actions.find(({ kind }) => !HARMLESS.has(kind));
  if (harmful !== undefined) {
    return own(harmful.kind);
  }
  if (elements.size > 0 || faults.length > 0) {
    return own(elements.size > 0 ? 'elements of its own' : 'faults');
  }
  if (actors.some((actor) => actor.kind !== 'ue' || actor.credentials !== undefined)) {
    return own('actors other than plain UEs');
  }
  if (
    actions.some(
      (action) =>
        isActorAction(action) && (action.headers !== undefined || action.expect?.kind === 'no-answer'),
    )
  ) {
    return own('requests that are not as usual');
  }
  if (flow.steps.some(({ kind }) => kind === 'dns')) {
    return own('questions to the DNS');
  }
  const takenBack = actors.map(({ name }) => takingBack(name, actions));
  return takenBack.includes(undefined)
    ? own('several subscriptions that have no name')
    : { kind: 'shared', actions: takenBack.flatMap((each) => each ?? []) };
}

/** In the order in which an actor would: what stands on its registration first. Undefined: it could not say which. */
function takingBack(actor: string, actions: readonly Action[]): Action[] | undefined {
  const own = actions.flatMap((action) => (isActorAction(action) && action.actor === actor ? [action] : []));
  const open = new Map<string, Action>();
  let registered: Action | undefined;
  for (const action of own) {
    if (isRefused(action)) {
      continue; // which leaves all as it was
    }
    if (action.kind === 'subscribe' || action.kind === 'publish') {
      const key = `${action.kind} ${action.as ?? ''}`;
      if (action.expiresS > 0) {
        if (open.has(key)) {
          return undefined;
        }
        open.set(key, action);
      }
    } else if (action.kind === 'unsubscribe' || action.kind === 'unpublish') {
      open.delete(`${action.kind === 'unsubscribe' ? 'subscribe' : 'publish'} ${action.of ?? ''}`);
    } else if (action.kind === 'register') {
      registered = action.expiresS > 0 ? action : undefined;
    }
  }
  const { at } = own[0] ?? {};
  return at === undefined
    ? []
    : [
        ...[...open.values()].map((action): Action => {
          const of = 'as' in action ? action.as : undefined;
          return action.kind === 'subscribe'
            ? { kind: 'unsubscribe', actor, of, at }
            : { kind: 'unpublish', actor, of, at };
        }),
        ...(registered === undefined
          ? []
          : [{ kind: 'register', actor, expiresS: 0, all: true, at } as const]),
      ];
}

function isRefused({ expect }: { readonly expect?: Expectation | undefined }): boolean {
  return expect?.kind === 'status' ? expect.status >= 300 : expect?.kind === 'class' && expect.hundreds > 2;
}

const SAR = 301;
const UNREGISTERED_USER = 3;

/**
 * Whether an S-CSCF took a user that is not registered (TS 29.228 6.1.2.1, UNREGISTERED_USER): its HSS remembers it, and the next
 * scenario would meet it.
 */
export function leavesUnregisteredUsers(records: readonly TraceRecord[]): boolean {
  return records.some((record) => {
    if (record.kind !== 'message' || record.protocol !== 'diameter' || record.bytes.length < HEADER_BYTES) {
      return false;
    }
    const { command, flags } = readHeader(record.bytes);
    if (command !== SAR || (flags & FLAG_REQUEST) === 0) {
      return false;
    }
    const decoded = decodeMessage(record.bytes, MAX_AVPS);
    return decoded.kind === 'message' && get(decoded.message, cx.serverAssignmentType) === UNREGISTERED_USER;
  });
}

const MAX_AVPS = 1000;

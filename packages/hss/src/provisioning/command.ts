import { Problem, wrongFields } from './problem.js';
import type { Deregistration, SubscriberChanges } from './subscriber-changes.js';
import { readSubscription } from './subscription-schema.js';

/** An operator's word to an HSS, which whoever has a token gives it over HTTP. */
export type HssCommand =
  | {
      readonly kind: 'terminate';
      readonly privateIdentity: string;
      readonly reason: Deregistration['reason'];
    }
  /** `subscriber`: as `PUT /subscribers/:privateIdentity` takes it; undefined: takes it out. */
  | { readonly kind: 'provision'; readonly privateIdentity: string; readonly subscriber?: unknown };

/** Does it; gives why it could not be done, or undefined where it was. */
export async function obey(command: HssCommand, changes: SubscriberChanges): Promise<string | undefined> {
  try {
    await act(command, changes);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

async function act(command: HssCommand, changes: SubscriberChanges): Promise<void> {
  const { privateIdentity } = command;
  if (command.kind === 'terminate') {
    await changes.deregister(privateIdentity, { reason: command.reason, publicIdentities: [] });
  } else if (command.subscriber === undefined) {
    await changes.remove(privateIdentity);
  } else {
    const reading = readSubscription(command.subscriber);
    if (reading.kind === 'wrong') throw wrongFields('The subscription', reading.fields);
    await changes.change(privateIdentity, reading.value);
  }
}

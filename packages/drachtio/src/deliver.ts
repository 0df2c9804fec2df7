import type { SipMessage, Source } from '@ims-sim/sip';
import type { App } from './app.js';
import type { Endpoint } from './endpoint.js';

/** What goes with a message of the network that an application is handed. */
export interface Delivery {
  readonly txId: string;
  /** Empty: of no dialog of its. */
  readonly dialogId: string;
  /** Of a request outside of dialogs: where it was received. */
  readonly tail?: string | undefined;
  /** A turn later, behind what waits as a promise for an earlier frame. */
  readonly later?: boolean | undefined;
}

/** Hands an application a message that came from the network. */
export function deliver(
  endpoint: Endpoint,
  app: App,
  message: SipMessage,
  { transport, remote }: Pick<Source, 'transport' | 'remote'>,
  { txId, dialogId, tail = '', later = false }: Delivery,
): void {
  const text = app.show(message);
  const tokens =
    `${endpoint.newId()}|sip|network|${text.length}|${transport.toLowerCase()}|${remote.address}|${remote.port}|` +
    `${endpoint.timeToken()}|${txId}|${dialogId}|${tail}`;
  if (later) app.sendLater(tokens, text);
  else app.send(tokens, text);
}

/**
 * Hands an application a request that this endpoint made itself: of a dialog that is over. drachtio-srf acts on it and answers
 * nothing.
 */
export function tell(endpoint: Endpoint, app: App, dialogId: string, text: string): void {
  const { address, port } = endpoint.stack.listening;
  const tokens = `${endpoint.newId()}|sip|application|${text.length}|udp|${address}|${port}|`;
  app.send(`${tokens}${endpoint.timeToken()}|unsolicited|${dialogId}|`, text);
}

/*
 * What a drachtio-server does and this endpoint does not: dialogs of INVITE, and being a proxy. An application that wants a
 * proxy has the CSCFs in front of it.
 */

const OF_INVITE_DIALOGS = new Set(['INVITE', 'ACK', 'PRACK', 'BYE', 'CANCEL', 'UPDATE', 'REFER']);

/** True for a method of INVITE's dialogs: 501 to the network. */
export function isNotHere(method: string): boolean {
  return OF_INVITE_DIALOGS.has(method);
}

/** The text of the NOK to an application that sends one. */
export function notHere(what: string): string {
  return `${what} is not implemented by the built-in drachtio endpoint, which has no INVITE dialogs and is no proxy`;
}

import { cx, get, getAll, type Message, sh } from '@ims-sim/diameter';
import { elementsOf, parseXml, type XmlElement } from '@ims-sim/xml';
import type { DiameterFacts } from './recorded.js';

/**
 * What an Sh message says of whom (TS 29.329 6.1, 6.3), for a step. Of the user's data only the registration state is as it was seen
 * (TS 29.328 7.6.4); other data, with its sequence numbers and addresses, is of the run.
 */
export function shFactsOf(message: Message, isRequest: boolean): Partial<DiameterFacts> {
  const identity = isRequest ? get(message, sh.userIdentity) : undefined;
  const publicIdentity = identity && get(identity, cx.publicIdentity);
  const references = getAll(message, sh.dataReference).map(String);
  const type = get(message, sh.subsReqType);
  const data = get(message, sh.userData)?.toString();
  const avps = {
    ...(references.length > 0 && { 'Data-Reference': one(references) }),
    ...(type !== undefined && { 'Subs-Req-Type': String(type) }),
    ...(data !== undefined && { 'User-Data': isStateOnly(data) ? data : 'any' }),
  };
  return {
    ...(publicIdentity !== undefined && { publicIdentity }),
    ...(Object.keys(avps).length > 0 && { avps }),
  };
}

function one(values: readonly string[]): string | readonly string[] {
  const [first] = values;
  return first !== undefined && values.length === 1 ? first : values;
}

/** `<Sh-Data><Sh-IMS-Data><IMSUserState>1</IMSUserState></Sh-IMS-Data></Sh-Data>` (TS 29.328 Annex D). */
function isStateOnly(document: string): boolean {
  const parsed = parseXml(document);
  if (parsed.kind === 'error') {
    return false;
  }
  const [data, ...further] = [...elementsOf(parsed.root)];
  const [state, ...others] = data === undefined ? [] : [...elementsOf(data)];
  return further.length + others.length === 0 && named(data, 'Sh-IMS-Data') && named(state, 'IMSUserState');
}

function named(element: XmlElement | undefined, name: string): boolean {
  return element?.name === name;
}

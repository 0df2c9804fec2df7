import type { Avp, AvpDefinition, AvpGroup } from '@ims-sim/diameter';
import { avpOf, base, cx, get, getAll } from '@ims-sim/diameter';
import type { RestorableRegistration, RestorationInfo, SubscriptionDialog } from './types.js';

/** SCSCF-Restoration-Info, TS 29.229 6.3.46 to 6.3.52. */
export function restorationInfo({ privateIdentity, registrations }: RestorationInfo): Avp {
  return avpOf(cx.scscfRestorationInfo, [
    avpOf(base.userName, privateIdentity),
    ...registrations.map(registrationInfo),
  ]);
}

/** Every SCSCF-Restoration-Info of a message; registrations that lack Path or Contact restore nothing and are left out. */
export function restorationInfosOf(message: AvpGroup): RestorationInfo[] {
  return getAll(message, cx.scscfRestorationInfo).map((group) => ({
    privateIdentity: get(group, base.userName) ?? '',
    registrations: getAll(group, cx.restorationInfo).flatMap(registrationOf),
  }));
}

function registrationInfo(registration: RestorableRegistration): Avp {
  const { path, contact, callId, initialCSeq, subscription, pCscfSubscription } = registration;
  const avps = [text(cx.path, path), text(cx.contact, contact)];
  if (initialCSeq !== undefined) avps.push(avpOf(cx.initialCSeqSequenceNumber, initialCSeq));
  if (callId !== undefined) avps.push(text(cx.callIdSipHeader, callId));
  if (subscription !== undefined) {
    const recordRoute = text(cx.recordRoute, subscription.recordRoute);
    avps.push(avpOf(cx.subscriptionInfo, [...dialogAvps(subscription), recordRoute]));
  }
  if (pCscfSubscription !== undefined) {
    // 6.3.70 names no Record-Route, and lets others be added.
    const { recordRoute } = pCscfSubscription;
    const more = recordRoute === '' ? [] : [text(cx.recordRoute, recordRoute)];
    avps.push(avpOf(cx.pCscfSubscriptionInfo, [...dialogAvps(pCscfSubscription), ...more]));
  }
  return avpOf(cx.restorationInfo, avps);
}

function dialogAvps({ callId, from, to, contact }: SubscriptionDialog): Avp[] {
  return [
    text(cx.callIdSipHeader, callId),
    text(cx.fromSipHeader, from),
    text(cx.toSipHeader, to),
    text(cx.contact, contact),
  ];
}

function registrationOf(group: AvpGroup): RestorableRegistration[] {
  const path = textOf(group, cx.path);
  const contact = textOf(group, cx.contact);
  if (path === undefined || contact === undefined) return [];
  const callId = textOf(group, cx.callIdSipHeader);
  const initialCSeq = get(group, cx.initialCSeqSequenceNumber);
  const dialog = get(group, cx.subscriptionInfo);
  const pCscfDialog = get(group, cx.pCscfSubscriptionInfo);
  return [
    {
      path,
      contact,
      ...(callId !== undefined && { callId }),
      ...(initialCSeq !== undefined && { initialCSeq }),
      ...(dialog !== undefined && { subscription: dialogOf(dialog) }),
      ...(pCscfDialog !== undefined && { pCscfSubscription: dialogOf(pCscfDialog) }),
    },
  ];
}

function dialogOf(dialog: AvpGroup): SubscriptionDialog {
  return {
    callId: textOf(dialog, cx.callIdSipHeader) ?? '',
    from: textOf(dialog, cx.fromSipHeader) ?? '',
    to: textOf(dialog, cx.toSipHeader) ?? '',
    recordRoute: textOf(dialog, cx.recordRoute) ?? '',
    contact: textOf(dialog, cx.contact) ?? '',
  };
}

function text(definition: AvpDefinition<'octets'>, value: string): Avp {
  return avpOf(definition, Buffer.from(value));
}

function textOf(group: AvpGroup, definition: AvpDefinition<'octets'>): string | undefined {
  return get(group, definition)?.toString();
}

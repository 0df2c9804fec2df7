import {
  addresses,
  callId,
  contactExpires,
  cseq,
  expires,
  privateIdentity,
  publicIdentity,
  routeAlong,
  to,
  type NameAddr,
  type SipRequest,
} from '@ims-sim/sip';
import type { RegistrarLimits } from './registrar.js';
import type { Binding } from './served-user.js';

/** What a REGISTER asks for (RFC 3261 10.2, TS 24.229 5.4.1.2.2F). */
export interface RegistrationRequest {
  readonly request: SipRequest;
  readonly to: NameAddr;
  /** As Cx carries it. */
  readonly publicIdentity: string;
  readonly privateIdentity: string;
  readonly callId: string;
  readonly cseq: number;
  /** `all`: `Contact: *`. */
  readonly contacts: 'all' | readonly AskedContact[];
}

export interface AskedContact {
  readonly contact: NameAddr;
  /** 0: to be removed. Not above what this registrar grants. */
  readonly expiresS: number;
}

/** Reads a REGISTER; else the reason phrase of the 400. */
export function readRegistration(request: SipRequest, limits: RegistrarLimits): RegistrationRequest | string {
  const registered = to(request);
  const impu = registered === undefined ? undefined : publicIdentity(registered.uri);
  const impi = privateIdentity(request);
  const call = callId(request);
  const sequence = cseq(request)?.number;
  if (registered === undefined || impu === undefined || impi === undefined) {
    return 'Bad To: no public user identity';
  }
  if (call === undefined || sequence === undefined) {
    return 'Missing or bad Call-ID or CSeq';
  }
  const contacts = readContacts(request, limits);
  return typeof contacts === 'string' && contacts !== 'all'
    ? contacts
    : {
        request,
        to: registered,
        publicIdentity: impu,
        privateIdentity: impi,
        callId: call,
        cseq: sequence,
        contacts: contacts as RegistrationRequest['contacts'],
      };
}

function readContacts(request: SipRequest, limits: RegistrarLimits): readonly AskedContact[] | string {
  const lines = request.headers.filter(({ key }) => key === 'contact');
  if (lines.some(({ value }) => value === '*')) {
    return lines.length === 1 && expires(request) === 0
      ? 'all'
      : 'Bad Contact: * is alone and with Expires: 0';
  }
  const contacts = addresses(request, 'contact');
  if (contacts.length === 0 && lines.length > 0) {
    return 'Bad Contact';
  }
  return contacts.map((contact) => {
    const seconds = contactExpires(contact, request) ?? limits.defaultExpiresS;
    return { contact, expiresS: Math.min(seconds, limits.maxExpiresS) };
  });
}

/** The binding that a contact asks for. */
export function bindingOf(asked: AskedContact, registration: RegistrationRequest, nowMs: number): Binding {
  const path = addresses(registration.request, 'path');
  const nearest = path[0]?.uri;
  return {
    privateIdentity: registration.privateIdentity,
    contact: asked.contact,
    q: qOf(asked.contact),
    route: routeAlong(path),
    pathHost: nearest?.kind === 'sip' ? nearest.host : undefined,
    callId: registration.callId,
    cseq: registration.cseq,
    expiresAtMs: nowMs + asked.expiresS * 1000,
  };
}

/** RFC 3261 20.10: 1 where none is given. */
function qOf({ params }: NameAddr): number {
  const q = params.get('q');
  return typeof q === 'string' && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 1;
}

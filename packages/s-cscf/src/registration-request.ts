import {
  addresses,
  callId,
  contactExpires,
  copied,
  cseq,
  expires,
  parseCredentials,
  parseNameAddr,
  parseNameAddrList,
  privateIdentity,
  publicIdentity,
  routeAlong,
  to,
  valueOf,
  type NameAddr,
  type SipRequest,
} from '@ims-sim/sip';
import type { RegistrarLimits } from './registrar-limits.js';
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
  /** `integrity-protected` of its Authorization, in lower case: what the P-CSCF says of the way that it came (TS 24.229 7.2A.2). */
  readonly protection: string | undefined;
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
  if (registered === undefined || impu === undefined) {
    return 'Bad To: no public user identity';
  }
  if (impi === undefined) {
    return 'Bad Authorization: no private user identity';
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
        protection: protectionOf(request),
        contacts: contacts as RegistrationRequest['contacts'],
      };
}

function protectionOf(request: SipRequest): string | undefined {
  const authorization = valueOf(request.headers, 'authorization');
  return authorization === undefined
    ? undefined
    : parseCredentials(authorization)?.params.get('integrity-protected')?.toLowerCase();
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

/** The binding that a contact asks for; `before`: the one whose place it takes, or what identifies a new one. */
export function bindingOf(
  asked: AskedContact,
  registration: RegistrationRequest,
  nowMs: number,
  { id, registeredAtMs }: Pick<Binding, 'id' | 'registeredAtMs'>,
): Binding {
  const { contact } = asked;
  return {
    id,
    registeredAtMs,
    privateIdentity: copied(registration.privateIdentity),
    // A piece of the message would keep the whole message for as long as the registration.
    contact: parseNameAddr(copied(contact.text)) ?? contact,
    q: qOf(contact),
    ...alongPath(pathOf(registration.request)),
    callId: copied(registration.callId),
    cseq: registration.cseq,
    expiresAtMs: nowMs + asked.expiresS * 1000,
  };
}

/** The Path header's value as it came, several lines as one; empty where there is none. */
export function pathOf(request: SipRequest): string {
  let path = '';
  for (const { key, value } of request.headers) {
    if (key === 'path') {
      path = path === '' ? value : `${path}, ${value}`;
    }
  }
  return path;
}

type Along = Pick<Binding, 'path' | 'route' | 'pathHost'>;

/**
 * Most users come by the same few P-CSCFs: what their Path leads to is kept once. A function of the text alone, so elements of one
 * process may share it.
 */
const MAX_PATHS = 1000;
const paths = new Map<string, Along>();

/** What a Path leads to: the Route towards the UE and the P-CSCF. One that cannot be read leads nowhere. */
export function alongPath(text: string): Along {
  const known = paths.get(text);
  if (known !== undefined) {
    return known;
  }
  const path = copied(text);
  const entries = path === '' ? [] : (parseNameAddrList(path) ?? []);
  const nearest = entries[0]?.uri;
  const along: Along = {
    path,
    route: routeAlong(entries),
    pathHost: nearest?.kind === 'sip' ? nearest.host : undefined,
  };
  if (paths.size >= MAX_PATHS) {
    paths.clear();
  }
  paths.set(path, along);
  return along;
}

/** RFC 3261 20.10: 1 where none is given. */
export function qOf({ params }: NameAddr): number {
  const q = params.get('q');
  return typeof q === 'string' && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 1;
}

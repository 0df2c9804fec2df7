import type { Random } from '@ims-sim/host';
import {
  addresses,
  contactExpires,
  copied,
  header,
  inserted,
  parseCredentials,
  parseNameAddrList,
  routeAlong,
  to,
  uriEquals,
  without,
  type Credentials,
  type Incoming,
  type NameAddr,
  type SipRequest,
  type SipResponse,
  type Source,
} from '@ims-sim/sip';
import { associatedIdentities } from './associated-identities.js';
import type { KeptOnce, ServiceRoute } from './kept-once.js';
import { isAka, paramOf, withoutKeys, type SessionKeys } from './authorization.js';
import type { PCscf } from './p-cscf.js';
import type { Offer, Protection } from './protection.js';
import type { IpAssociation, Registration, Ue } from './registration.js';
import type { SecurityAssociation } from './security-associations.js';
import { agreedBy, securityServer } from './security-mechanism.js';
import { toTheUe } from './trust-boundary.js';

type Accepted = Exclude<Protection, { readonly kind: 'refused' }>;

/** TS 33.203 7.4.1: an association outlives the registration by this, in seconds. */
const ASSOCIATION_SPARE_S = 30;

/**
 * TS 24.229 5.2.2.1 and 5.2.2.2: what the P-CSCF keeps of the answer to a REGISTER, and what of it the UE gets. A 401 of AKA makes
 * temporary security associations, a 200 registers and puts them into use.
 */
export function registerResponse(
  { request, source }: Incoming,
  authorization: Credentials | undefined,
  protection: Accepted,
  pcscf: PCscf,
): (response: SipResponse) => SipResponse {
  return (response) => {
    const { status } = response;
    if (status === 401 && protection.kind !== 'none') {
      return toTheUe(
        challenged(response, source, paramOf(authorization, 'username'), protection.offer, pcscf),
      );
    }
    if (status >= 200 && status < 300) {
      if (!registered(request, response, source, protection, pcscf)) {
        return noRoom(response); // what it sent would be refused as nobody's
      }
    } else if (status === 403 && protection.kind === 'protected') {
      rejected(protection.association, pcscf);
    }
    return toTheUe(response);
  };
}

/** The UE is registered, and this P-CSCF cannot serve it: it is told to come again, to another one maybe. */
function noRoom(response: SipResponse): SipResponse {
  const kept = response.headers.filter(({ key }) => ALWAYS.has(key));
  const headers = inserted(kept, kept.length, header('Retry-After', '60'));
  return { ...response, status: 503, reason: 'Service Unavailable', headers };
}

/** What every response has (RFC 3261 8.2.6). */
const ALWAYS: ReadonlySet<string> = new Set(['via', 'from', 'to', 'call-id', 'cseq', 'content-length']);

/** 5.2.2.2: temporary security associations by the challenge, told to the UE in Security-Server. */
function challenged(
  response: SipResponse,
  source: Source,
  privateIdentity: string | undefined,
  { ipsec, offered }: Offer,
  { associations, protectedPorts, random }: PCscf,
): SipResponse {
  const challenge = akaChallenge(response);
  if (challenge === undefined || privateIdentity === undefined || protectedPorts === undefined) {
    return response; // SIP Digest: the UE's offer comes to nothing
  }
  const { client, server } = protectedPorts;
  const spis = { spiC: spi(random), spiS: spi(random), clientPort: client.port, serverPort: server.port };
  const given = header('Security-Server', securityServer(ipsec, spis));
  const remote = { address: source.remote.address, port: ipsec.clientPort };
  const isKept = associations.challenge({
    source: { transport: 'UDP', remote, local: server },
    privateIdentity: copied(privateIdentity),
    offered,
    given,
    agreed: agreedBy(given.value),
    offer: ipsec,
    ...challenge,
  });
  if (!isKept) {
    const headers = without(response.headers, 'www-authenticate');
    return { ...response, status: 503, reason: 'Service Unavailable', headers };
  }
  const at = response.headers.findLastIndex(({ key }) => key === 'www-authenticate');
  return { ...response, headers: inserted(response.headers, at + 1, given) };
}

function akaChallenge(
  response: SipResponse,
): { readonly nonce: string; readonly keys: SessionKeys | undefined } | undefined {
  for (const line of response.headers) {
    const auth = line.key === 'www-authenticate' ? parseCredentials(line.value) : undefined;
    const nonce = paramOf(auth, 'nonce');
    if (isAka(auth) && nonce !== undefined) {
      const { keys } = withoutKeys(line);
      return { nonce: copied(nonce), keys: keys && { ck: copied(keys.ck), ik: copied(keys.ik) } };
    }
  }
  return undefined;
}

/** RFC 4303 2.1: up to 255 they are reserved. */
function spi(random: Random): number {
  return Math.max(256, random.uint32());
}

/** The UE's response to the challenge was wrong: what was to come of it does not. */
function rejected(association: SecurityAssociation, { associations, leftoverMs }: PCscf): void {
  if (associations.isTemporary(association)) {
    associations.release(association, leftoverMs);
  }
}

/** 5.2.2.1: the contacts with their expiry, the P-Associated-URI and the Service-Route are kept. False: there is no room for them. */
function registered(
  request: SipRequest,
  response: SipResponse,
  source: Source,
  protection: Accepted,
  pcscf: PCscf,
): boolean {
  const publicIdentity = to(request)?.uriText;
  if (publicIdentity === undefined) {
    return true;
  }
  const association = protection.kind === 'protected' ? protection.association : undefined;
  const { registrations } = pcscf;
  const from = association?.source ?? source;
  if (request.headers.some((h) => h.key === 'contact' && h.value === '*')) {
    end(registrations.at(from, association), publicIdentity, undefined, pcscf);
  } else {
    const granted = addresses(response, 'contact');
    let longestS = 0;
    let isKept = true;
    for (const contact of addresses(request, 'contact')) {
      const seconds = grantedSeconds(contact, granted, response);
      if (seconds <= 0) {
        end(registrations.at(from, association), publicIdentity, contact.uriText, pcscf);
      } else {
        longestS = Math.max(longestS, seconds);
        isKept &&= bind(contact, seconds, publicIdentity, request, response, from, protection, pcscf);
      }
    }
    establish(association, longestS, pcscf);
    if (!isKept) {
      return false;
    }
  }
  if (association !== undefined && registrations.at(from, association) === undefined) {
    pcscf.associations.release(association, pcscf.leftoverMs); // 5.2.5.1
  }
  return true;
}

/** 5.2.5.1: the UE has deregistered one contact, or all. */
function end(
  ue: Ue | undefined,
  publicIdentity: string,
  contact: string | undefined,
  { registrations, leftoverMs }: PCscf,
): void {
  for (const registration of registrations.of(ue, publicIdentity, contact)) {
    registrations.end(registration, leftoverMs);
  }
}

/** 5.2.2.2: the associations live as long as what is registered over them; what they replace is moved to them. */
function establish(association: SecurityAssociation | undefined, seconds: number, pcscf: PCscf): void {
  if (association === undefined || seconds === 0) {
    return;
  }
  const { associations, registrations, clock, leftoverMs } = pcscf;
  const untilMs = clock.now() + (seconds + ASSOCIATION_SPARE_S) * 1000;
  for (const old of associations.establish(association, untilMs, leftoverMs)) {
    registrations.move(old, association);
  }
}

function bind(
  contact: NameAddr,
  seconds: number,
  publicIdentity: string,
  request: SipRequest,
  response: SipResponse,
  source: Source,
  protection: Accepted,
  { registrations, keptOnce, regEvent, clock }: PCscf,
): boolean {
  const registration: Registration = {
    source,
    publicIdentity: copied(publicIdentity),
    contact: copied(contact.uriText),
    identities: associatedIdentities(request, response, keptOnce),
    ...serviceRouteOf(response, keptOnce),
    expiresAtMs: clock.now() + seconds * 1000,
    association: protection.kind === 'protected' ? protection.association : undefined,
    ipAssociation: ipAssociation(protection),
  };
  if (registrations.bind(registration)) {
    regEvent?.registered(registration);
    return true;
  }
  return false;
}

/** The Service-Route, and the Route that it makes (RFC 3608 6.1); no piece of the message, which would keep all of it. */
function serviceRouteOf(response: SipResponse, { serviceRoutes }: KeptOnce): ServiceRoute {
  const entries = addresses(response, 'service-route');
  const text = entries.map((entry) => entry.text).join(', ');
  const there = serviceRoutes.get(text);
  if (there !== undefined) {
    return there;
  }
  const serviceRoute = text === '' ? [] : (parseNameAddrList(copied(text)) ?? entries);
  return serviceRoutes.keep(copied(text), { serviceRoute, route: routeAlong(serviceRoute) });
}

/** 5.2.2.3: only where the S-CSCF has checked a response of SIP Digest, now or before. */
function ipAssociation(protection: Accepted): IpAssociation | undefined {
  const ip = protection.kind === 'none' ? protection.ip : undefined;
  return ip && { privateIdentity: copied(ip.privateIdentity), sentBy: copied(ip.sentBy) };
}

/** How long the registrar keeps this contact; 0: it does not. */
function grantedSeconds(contact: NameAddr, granted: readonly NameAddr[], response: SipResponse): number {
  const same = granted.find(({ uriText, uri }) => uriText === contact.uriText || uriEquals(uri, contact.uri));
  if (same === undefined) {
    return 0;
  }
  return contactExpires(same, response) ?? 0;
}

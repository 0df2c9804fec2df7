import type { ApplicationServer } from '@ims-sim/cx';
import { token } from '@ims-sim/host';
import {
  createRequest,
  header,
  publicIdentityOf,
  responseTo,
  serverUri,
  to,
  type Header,
  type SipRequest,
  type SipStack,
} from '@ims-sim/sip';
import { chargingFunctionAddresses } from './charging-function-addresses.js';
import { operatorTowards, withOperators } from './charging-vector.js';
import type { RegistrationEvent } from './registration-event.js';
import { registered } from './registration-response.js';
import type { SCscf } from './s-cscf.js';
import { defaultUser, type ImplicitSet, type ServedUser } from './served-user.js';
import { thirdPartyBody } from './third-party-register-body.js';
import { serverHop } from './headers-towards.js';
import { isInTrustDomain } from './trust-domain.js';

const CLAUSE = 'TS 24.229 5.4.1.7';

export interface ThirdPartyOptions {
  readonly stack: Pick<SipStack, 'send'>;
  /** TS 24.229 5.4.1.5: takes the registration of this identity back; gives why it could not. */
  readonly deregister: (identity: string) => Promise<string | undefined>;
}

/** The registration that an AS knows: one Call-ID, the CSeq one up (RFC 3261 10.2). */
interface Known {
  readonly callId: string;
  cseq: number;
}

/** By application server. */
type KnownServers = Map<string, Known>;

/**
 * TS 24.229 5.4.1.7: from now on each AS whose criterion matches the REGISTER of a user is told of its registration,
 * re-registration and de-registration by a REGISTER of the S-CSCF's own.
 */
export function startThirdPartyRegistration(scscf: SCscf, options: ThirdPartyOptions): void {
  const known = new WeakMap<ImplicitSet, KnownServers>();
  scscf.registrar.onChange((event) => {
    const user = userOf(event);
    if (user === undefined || !isToTell(event)) {
      return;
    }
    const servers = serversOf(event, user, scscf);
    if (servers.length > 0) {
      const ofSet = known.get(event.set) ?? new Map<string, Known>();
      known.set(event.set, ofSet);
      // The 200 to the REGISTER goes first.
      scscf.clock.timer(0, () => {
        for (const server of servers) {
          tell(server, { event, user, known: knownOf(ofSet, server, scscf) }, scscf, options);
        }
      });
    }
  });
}

/** A contact of several that has expired, or one that is to authenticate again, is no REGISTER of the user. */
function isToTell({ kind, request }: RegistrationEvent): boolean {
  return request !== undefined || kind === 'de-registration';
}

/** c): the identity that was registered; the default one where that is barred, or no REGISTER says which. */
function userOf({ set, request }: RegistrationEvent): ServedUser | undefined {
  const registered = request === undefined ? undefined : to(request);
  const key = registered === undefined ? undefined : publicIdentityOf(registered.uriText);
  const named = set.users.find((user) => !user.barred && publicIdentityOf(user.identity) === key);
  const user = named ?? defaultUser(set);
  return user?.barred === true ? undefined : user;
}

/** The application servers of the criteria that match, each once. */
function serversOf(
  { kind, request }: RegistrationEvent,
  user: ServedUser,
  scscf: SCscf,
): ApplicationServer[] {
  const evaluated = {
    request: request ?? createRequest({ method: 'REGISTER', uri: scscf.serverName, headers: [] }),
    sessionCase: 'originating',
    registrationType: kind,
  } as const;
  const servers = new Map<string, ApplicationServer>();
  for (const criterion of user.criteria) {
    const { applicationServer } = criterion;
    if (!servers.has(applicationServer.serverName) && criterion.matches(evaluated, true)) {
      servers.set(applicationServer.serverName, applicationServer);
    }
  }
  return [...servers.values()];
}

function knownOf(servers: KnownServers, { serverName }: ApplicationServer, { random, name }: SCscf): Known {
  const known = servers.get(serverName) ?? { callId: `${token(random, 22)}@${name}`, cseq: 0 };
  servers.set(serverName, known);
  known.cseq++;
  return known;
}

interface Telling {
  readonly event: RegistrationEvent;
  readonly user: ServedUser;
  readonly known: Known;
}

function tell(server: ApplicationServer, telling: Telling, scscf: SCscf, options: ThirdPartyOptions): void {
  const { event, user } = telling;
  if (scscf.trace.enabled) {
    const text = `${event.kind} of ${user.identity}: REGISTER to ${server.serverName}`;
    scscf.trace.decision({ clause: CLAUSE, callId: telling.known.callId, text });
  }
  options.stack.send(thirdPartyRegister(server, telling, scscf), {
    onResponse: ({ status }) => {
      if (status === 408 || (status >= 500 && status < 600)) {
        defaultHandling(server, telling, `answers ${status}`, scscf, options);
      } else if (status >= 300) {
        scscf.log.warn('An application server refuses a registration', {
          server: server.serverName,
          identity: user.identity,
          status,
        });
      }
    },
    onFailure: () => defaultHandling(server, telling, 'does not answer', scscf, options),
  });
}

/** The REGISTER to one AS, complete but for its Via. */
export function thirdPartyRegister(server: ApplicationServer, telling: Telling, scscf: SCscf): SipRequest {
  const { event, user, known } = telling;
  const { request, kind } = event;
  const body = thirdPartyBody(
    server,
    {
      serviceInfo: kind !== 'de-registration',
      request,
      response: request === undefined ? undefined : responseOf(request, user, scscf),
    },
    scscf.random,
  );
  const headers: Header[] = [
    header('Max-Forwards', '70'),
    header('From', `<${scscf.serverName}>;tag=${token(scscf.random, 11)}`),
    header('To', `<${user.identity}>`),
    header('Call-ID', known.callId),
    header('CSeq', `${known.cseq} REGISTER`),
    header('Contact', `<${scscf.serverName}>`),
    header('Expires', String(expiresS(event, scscf.clock.now()))),
    ...networkHeaders(server, telling, scscf),
  ];
  if (body !== undefined) {
    headers.push(header('Content-Type', body.contentType));
  }
  return createRequest({
    method: 'REGISTER',
    uri: serverUri(server.serverName),
    headers,
    body: body?.body,
  });
}

/** e): as the 200 to the UE has it; 0 where nothing is left. */
function expiresS({ set, changes, state }: RegistrationEvent, nowMs: number): number {
  if (state === 'terminated') {
    return 0;
  }
  const left = changes.map(({ binding }) => binding).filter((binding) => set.bindings.includes(binding));
  const bindings = left.length > 0 ? left : set.bindings;
  const untilMs = Math.max(nowMs, ...bindings.map(({ expiresAtMs }) => expiresAtMs));
  return Math.ceil((untilMs - nowMs) / 1000);
}

/** f) to i): for an AS of the trust domain only, but for the ICID. */
function networkHeaders(server: ApplicationServer, { event, user }: Telling, scscf: SCscf): Header[] {
  const result: Header[] = [];
  const isTrusted = isInTrustDomain(serverHop(server), scscf);
  for (const h of event.request?.headers ?? []) {
    if (isTrusted && (h.key === 'p-access-network-info' || h.key === 'p-visited-network-id')) {
      result.push(h);
    } else if (h.key === 'p-charging-vector') {
      const origIoi = operatorTowards('as', scscf.domain);
      result.push(header('P-Charging-Vector', withOperators(h.value, { origIoi })));
    }
  }
  const { charging } = user.set;
  const addresses = charging === undefined || !isTrusted ? undefined : chargingFunctionAddresses(charging);
  return addresses === undefined ? result : [...result, addresses];
}

function responseOf(request: SipRequest, user: ServedUser, scscf: SCscf) {
  const { headers } = registered({ request }, user, scscf, []);
  return responseTo(request, 200, 'OK', { toTag: token(scscf.random, 11), headers });
}

/** 5.4.1.7: an AS that fails: the registration stays without it, or is taken back (5.4.1.5). */
function defaultHandling(
  { serverName, defaultHandling: handling }: ApplicationServer,
  { event, user }: Telling,
  what: string,
  { log }: SCscf,
  { deregister }: ThirdPartyOptions,
): void {
  log.warn('An application server was not told of a registration', {
    server: serverName,
    identity: user.identity,
    what,
    handling,
  });
  if (handling === 'session-continued' || event.state === 'terminated') {
    return;
  }
  deregister(user.identity).then(
    (refusal) => {
      if (refusal !== undefined) {
        log.warn('A registration could not be taken back', { identity: user.identity, refusal });
      }
    },
    (error: unknown) => log.error('A procedure failed', { error }),
  );
}

import type { UserAuthorizationAnswer, UserAuthorization, ServerCapabilities } from '@ims-sim/cx';
import {
  addresses,
  contactExpires,
  expires,
  privateIdentity,
  publicIdentity,
  serverUri,
  to,
  valueOf,
  type Because,
  type Decision,
  type ForwardFailure,
  type Incoming,
  type Maybe,
  type SipRequest,
} from '@ims-sim/sip';
import type { ICscf } from './i-cscf.js';
import { inWords } from './refusals.js';
import { heardAgain, isPassedOver, selectSCscf, serverKey } from './s-cscf-selection.js';
import { withUserDatabase } from './user-database.js';

const CLAUSE = 'TS 24.229 5.3.1.2';
const ABNORMAL = 'TS 24.229 5.3.1.3';

/**
 * Whoever sent the REGISTER gives up after 32 s (Timer F), and a second S-CSCF is to have its turn before; longer than an S-CSCF
 * waits for an HSS that does not answer, twice.
 */
const REPLACED_AFTER_MS = 12_000;

/** RFC 6733 7.1.5. */
const AUTHORIZATION_REJECTED = 5003;

/** One registration on its way to an S-CSCF. */
interface Registering {
  readonly request: SipRequest;
  readonly asked: UserAuthorization;
  readonly icscf: ICscf;
  /** Keys of the S-CSCFs that did not take it. */
  readonly tried: ReadonlySet<string>;
}

/**
 * TS 24.229 5.3.1.2: a REGISTER enters the home network. The HSS says whether the user may register from where it is,
 * and which S-CSCF has it, or what an S-CSCF for it must be able to do; the Request-URI becomes that S-CSCF's.
 */
export function register(incoming: Incoming, icscf: ICscf): Maybe<Decision> {
  const { request, source } = incoming;
  if (!icscf.trusted(source)) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_TRUSTED };
  }
  const registered = to(request)?.uri;
  const impu = registered === undefined ? undefined : publicIdentity(registered);
  const impi = privateIdentity(request);
  if (impu === undefined || impi === undefined) {
    return impu === undefined
      ? { kind: 'reply', status: 400, reason: 'Bad To', because: NO_IDENTITY }
      : { kind: 'reply', status: 400, reason: 'Bad Authorization', because: NO_PRIVATE_IDENTITY };
  }
  const asked: UserAuthorization = {
    privateIdentity: impi,
    publicIdentity: impu,
    visitedNetwork: visitedNetwork(request) ?? icscf.domain,
    type: isDeregistration(request) ? 'de-registration' : 'registration',
  };
  const registering: Registering = {
    request: withUserDatabase(request, icscf),
    asked,
    icscf,
    tried: new Set(),
  };
  return icscf.cx.userAuthorization(asked).then((answer) => authorized(answer, registering));
}

const NOT_TRUSTED: Because = [{ clause: CLAUSE, text: 'a REGISTER from outside of the trust domain: 403' }];
const NO_IDENTITY: Because = [{ clause: CLAUSE, text: 'To is no public identity: 400' }];
const NO_PRIVATE_IDENTITY: Because = [
  { clause: CLAUSE, text: 'Authorization names nobody, or To has nothing to derive it from: 400' },
];

function visitedNetwork(request: SipRequest): string | undefined {
  const value = valueOf(request.headers, 'p-visited-network-id');
  return value?.startsWith('"')
    ? value.slice(1, value.indexOf('"', 1)).replace(/\\(.)/g, '$1')
    : value?.split(/[,;]/)[0]?.trim();
}

/** RFC 3261 10.2.2: every contact with an expiry of zero. */
function isDeregistration(request: SipRequest): boolean {
  const contacts = addresses(request, 'contact');
  return contacts.length === 0
    ? expires(request) === 0
    : contacts.every((contact) => contactExpires(contact, request) === 0);
}

function authorized(answer: UserAuthorizationAnswer, registering: Registering): Maybe<Decision> {
  const { icscf } = registering;
  switch (answer.kind) {
    case 'subsequent-registration':
      return atServer(answer.serverName, registering);
    case 'first-registration':
      return bySelection(answer.capabilities, registering);
    case 'unknown-user':
    case 'identities-dont-match':
    case 'identity-not-registered':
    case 'identity-already-registered':
    case 'roaming-not-allowed':
    case 'auth-scheme-not-supported':
    case 'in-assignment-type':
    case 'too-much-data':
    case 'not-supported-user-data':
      // 5.3.1.3: whatever the HSS says no with
      return refused(403, 'Forbidden', answer, icscf);
    case 'failed':
      return answer.resultCode === AUTHORIZATION_REJECTED && answer.experimental !== true
        ? refused(403, 'Forbidden', answer, icscf) // TS 29.228 6.1.1.1: every identity is barred
        : refused(480, 'Temporarily Unavailable', answer, icscf);
    case 'unreachable':
      // 5.3.1.3: the query cannot be completed
      return refused(480, 'Temporarily Unavailable', answer, icscf);
  }
}

/** 5.3.1.3: one that did not answer lately is not waited for, where another takes the user; a de-registration is its own affair. */
function atServer(serverName: string, registering: Registering): Maybe<Decision> {
  const { asked, icscf, tried } = registering;
  const there = () => toSCscf(serverName, undefined, registering, `the HSS has ${asked.publicIdentity} at`);
  if (asked.type === 'de-registration' || !isPassedOver(serverName, icscf)) {
    return there();
  }
  return replaced({ ...registering, tried: new Set([...tried, serverKey(serverName)]) }).then((other) =>
    other === undefined || other.kind === 'reply' ? there() : other,
  );
}

function refused(
  status: number,
  reason: string,
  answer: Exclude<UserAuthorizationAnswer, { kind: 'first-registration' | 'subsequent-registration' }>,
  { trace }: ICscf,
): Decision {
  const text = `user registration status query: ${inWords(answer)}: ${status}`;
  return { kind: 'reply', status, reason, because: trace.enabled ? [{ clause: ABNORMAL, text }] : undefined };
}

function bySelection(capabilities: ServerCapabilities, registering: Registering): Decision {
  const { icscf, tried } = registering;
  const name = selectSCscf(capabilities, icscf, tried);
  if (name !== undefined) {
    return toSCscf(name, capabilities, registering, 'chosen by its capabilities:');
  }
  return selectSCscf(capabilities, icscf) === undefined
    ? { kind: 'reply', status: 600, reason: 'Busy Everywhere', because: NONE_ABLE }
    : { kind: 'reply', status: 504, reason: 'Server Time-out', because: NONE_LEFT };
}

const NONE_ABLE: Because = [{ clause: ABNORMAL, text: 'no S-CSCF has the mandatory capabilities: 600' }];
const NONE_LEFT: Because = [{ clause: ABNORMAL, text: 'no S-CSCF that could take the user answers: 504' }];

function toSCscf(
  name: string,
  capabilities: ServerCapabilities | undefined,
  registering: Registering,
  why: string,
): Decision {
  const { request, icscf } = registering;
  const tried = new Set([...registering.tried, serverKey(name)]);
  return {
    kind: 'forward',
    request: { ...request, uri: serverUri(name) },
    sentBy: icscf.viaName,
    timeoutMs: REPLACED_AFTER_MS,
    ...heardAgain(name, icscf),
    onFailure: (failure) => {
      if (failure.kind !== 'response') {
        icscf.silent.add(serverKey(name));
      }
      return another(failure, capabilities, { ...registering, tried });
    },
    because: icscf.trace.enabled ? [{ clause: CLAUSE, text: `${why} ${name}` }] : undefined,
  };
}

/**
 * TS 24.229 5.3.1.3, TS 23.380 4.2: an S-CSCF that does not answer, or answers 3xx or 480, is replaced by another; where the HSS had
 * named it, the HSS is asked for the capabilities. Also for a REGISTER that is protected: the new S-CSCF takes the registration over
 * from what the HSS has kept of it, or challenges the UE.
 */
function another(
  failure: ForwardFailure,
  capabilities: ServerCapabilities | undefined,
  registering: Registering,
): Maybe<Decision | undefined> {
  const { asked, icscf } = registering;
  const isToBeReplaced =
    failure.kind !== 'response' ||
    failure.response.status === 480 ||
    (failure.response.status >= 300 && failure.response.status < 400);
  if (!isToBeReplaced || asked.type === 'de-registration') {
    return undefined;
  }
  if (capabilities !== undefined) {
    return selectSCscf(capabilities, icscf, registering.tried) === undefined && failure.kind === 'response'
      ? undefined
      : bySelection(capabilities, registering);
  }
  return replaced(registering);
}

/** The HSS is asked what another S-CSCF must be able to do. */
function replaced(registering: Registering): Promise<Decision | undefined> {
  const { asked, icscf } = registering;
  return icscf.cx
    .userAuthorization({ ...asked, type: 'registration-and-capabilities' })
    .then((answer) =>
      answer.kind === 'first-registration' ? bySelection(answer.capabilities, registering) : undefined,
    );
}

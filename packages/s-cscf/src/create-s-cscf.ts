import type { ServerAssignment } from '@ims-sim/cx';
import { publicIdentityOf } from '@ims-sim/sip';
import { Challenges, type Challenge } from './challenges.js';
import { OriginalDialogs } from './original-dialogs.js';
import { Registrar } from './registrar.js';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';
import type { SCscfOptions } from './start-s-cscf.js';
import { tellHss } from './tell-hss.js';
import { Untold } from './untold.js';

/** Well below Timer F, so that the UE still waits when the request goes on without its application server. */
const AS_TIMEOUT_MS = 4000;

/** One that tells the HSS later what it could not tell it at once. */
type TellingSCscf = SCscf & { readonly untold: Untold };

/** What the procedures of an S-CSCF know: its settings, with defaults filled in, and its tables, all empty. */
export function createSCscf(options: SCscfOptions): TellingSCscf {
  const { host, names, trustedDomains } = options;
  const serverName = `sip:${names[0]}`;
  const domain = options.domain.toLowerCase();
  const scscf: TellingSCscf = {
    auth: options.auth ?? 'none',
    cx: options.cx,
    profile: options.profile,
    registrar: registrarOf(options, (user, privateIdentity) => expired(user, privateIdentity, scscf)),
    challenges: new Challenges(host.clock, (challenge) => unanswered(challenge, scscf)),
    unrestorable: new Map(),
    takenBack: new Map(),
    assigning: new Set(),
    untold: untoldOf(options, (request) => isRegisteredAgain(request, scscf)),
    originalDialogs: new OriginalDialogs(host.clock, host.random),
    resolver: options.resolver,
    name: names[0],
    serverName,
    ownUri: `${serverName};lr`,
    names: new Set(names.map((name) => name.toLowerCase())),
    domain,
    domains: new Set([domain, ...(options.otherDomains ?? []).map((other) => other.toLowerCase())]),
    trustedDomains: trustedDomains && new Set(trustedDomains.map((other) => other.toLowerCase())),
    enumSuffix: options.enumSuffix ?? 'e164.arpa',
    asTimeoutMs: options.asTimeoutMs ?? AS_TIMEOUT_MS,
    fixesTargets: options.tcpAboveBytes === undefined,
    trusted: options.trusted ?? (() => true),
    clock: host.clock,
    random: host.random,
    trace: host.trace,
    log: host.log,
  };
  return scscf;
}

function registrarOf(
  { host, registrar, sharedFilterCriteria }: SCscfOptions,
  onExpired: (user: ServedUser, privateIdentity: string) => void,
): Registrar {
  return new Registrar(host.clock, registrar ?? {}, onExpired, {
    sharedFilterCriteria,
    onUnknownCriteria: (set, identity) =>
      host.log.warn('A profile names shared filter criteria that this S-CSCF does not have', {
        set,
        identity,
      }),
  });
}

function untoldOf({ host, cx }: SCscfOptions, isMoot: (request: ServerAssignment) => boolean): Untold {
  return new Untold({
    cx,
    clock: host.clock,
    isMoot,
    onAnswer: ({ publicIdentities: [identity] }, { kind: answer }) => {
      if (answer !== 'assigned') {
        host.log.warn('The HSS did not take the end of a registration', { identity, answer });
      }
    },
    onError: (error) => host.log.error('A procedure failed', { error }),
  });
}

/** TS 24.229 5.4.1.2.3: timer reg-await-auth has run out. */
function unanswered(challenge: Challenge, scscf: SCscf): void {
  if (scscf.trace.enabled) {
    const text = `no answer to the challenge of ${challenge.publicIdentity}: timer reg-await-auth`;
    scscf.trace.decision({ clause: 'TS 24.229 5.4.1.2.3', callId: challenge.callId, text });
  }
  tellHss('authentication-timeout', challenge, scscf);
}

/** TS 24.229 5.4.1.2.2F: the registration timer has run out for the last contact of a private identity: the HSS is told. */
function expired(
  { identity }: ServedUser,
  privateIdentity: string,
  { trace, untold, serverName }: TellingSCscf,
): void {
  if (trace.enabled) {
    trace.decision({ clause: 'TS 24.229 5.4.1.2.2F', text: `the registration of ${identity} has expired` });
  }
  untold.tell({
    privateIdentity,
    publicIdentities: [identity],
    serverName,
    type: 'timeout-deregistration',
    userDataAlreadyAvailable: true,
  });
}

/** Of an authentication that came to nothing the HSS is told all the same: that ends no registration. */
function isRegisteredAgain(
  { type, privateIdentity, publicIdentities: [identity = ''] }: ServerAssignment,
  { registrar }: SCscf,
): boolean {
  if (!type.includes('deregistration')) {
    return false;
  }
  const bindings = registrar.userOf(publicIdentityOf(identity) ?? identity)?.set.bindings ?? [];
  return bindings.some((binding) => binding.privateIdentity === privateIdentity);
}

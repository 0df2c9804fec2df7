import {
  every,
  header,
  parseCredentials,
  parseUri,
  reply,
  to,
  usernameOf,
  withHeaders,
  without,
  type Because,
  type Decision,
  type ForwardFailure,
  type Header,
  type Incoming,
  type SipRequest,
  type SipUri,
} from '@ims-sim/sip';
import { withIntegrityProtected, type IntegrityProtected } from './authorization.js';
import { chargingVector } from './charging-vector.js';
import type { PCscf } from './p-cscf.js';
import { pathUri } from './path.js';
import { protectionOf } from './protection.js';
import { registerResponse } from './register-response.js';
import { intoTheNetwork, optionTags } from './trust-boundary.js';

/**
 * TS 24.229 5.2.2.1: a REGISTER goes to the UE's home network by its Request-URI (RFC 3263), with a Path back to this
 * P-CSCF and a word on how it reached it; what the P-CSCF keeps of the answer is in `registerResponse`.
 */
export function register(incoming: Incoming, pcscf: PCscf): Decision {
  const { request } = incoming;
  const home = parseUri(request.uri);
  if (home?.kind !== 'sip' || to(request) === undefined) {
    return reply(400, 'Bad Request-URI', { because: NO_HOME });
  }
  if (!isHomeDomain(home, pcscf)) {
    return reply(403, 'Forbidden', { because: NO_ROAMING });
  }
  const [credentials, ...others] = every(request.headers, 'authorization');
  const authorization = credentials === undefined ? undefined : parseCredentials(credentials.value);
  const isUnclear =
    others.length > 0 || (credentials !== undefined && usernameOf(credentials.value) === undefined);
  if (isUnclear && pcscf.auth !== 'none') {
    return reply(400, 'Bad Authorization', { because: BAD_AUTHORIZATION });
  }
  const protection = protectionOf(incoming, authorization, pcscf);
  if (protection.kind === 'refused') {
    return protection.reply;
  }
  const { integrity } = protection;
  return {
    kind: 'forward',
    request: toHomeNetwork(request, integrity, pcscf),
    onResponse: registerResponse(incoming, authorization, protection, pcscf),
    onFailure: (failure) => unreachable(failure, home.host),
    because: pcscf.trace.enabled ? because(home.host, integrity, pcscf) : undefined,
  };
}

/** Nothing but the domain: with a port, or an maddr, the REGISTER would go past the home network's entry points. */
function isHomeDomain({ host, port, params }: SipUri, { homeDomains }: PCscf): boolean {
  return homeDomains === undefined || (homeDomains.has(host) && port === undefined && !params.has('maddr'));
}

const NO_HOME: Because = [{ clause: 'TS 24.229 5.2.2.1', text: 'the Request-URI is no home domain: 400' }];
const NO_ROAMING: Because = [
  { clause: 'TS 24.229 5.2.2.1', text: 'the home domain is none that this P-CSCF serves: 403' },
];
const BAD_AUTHORIZATION: Because = [
  {
    clause: 'TS 24.229 5.2.2.1',
    text: 'Authorization names nobody, cannot be read, or is there twice, so nothing can be said in it: 400',
  },
];

/** A UE has no say in the way to its home network: its Routes are dropped, and what only the network may write. */
function toHomeNetwork(
  request: SipRequest,
  integrity: IntegrityProtected | undefined,
  pcscf: PCscf,
): SipRequest {
  const { visitedNetwork, profile } = pcscf;
  const required = [
    'path',
    ...optionTags(request, 'require').filter((tag) => tag !== 'sec-agree' && tag !== 'path'),
  ];
  const added: Header[] = [
    header('Path', `<${pathUri(pcscf)}>`),
    header('Require', required.join(', ')),
    header('P-Visited-Network-ID', tokenOrQuoted(visitedNetwork)),
  ];
  if (profile === 'ts-24.141') {
    added.push(chargingVector(pcscf));
  }
  const headers = intoTheNetwork(without(without(request.headers, 'require'), 'route'), {
    asserted: undefined,
    hinted: true,
    added,
  });
  if (integrity === undefined) {
    return withHeaders(request, headers);
  }
  return withHeaders(
    request,
    headers.map((h) => (h.key === 'authorization' ? (withIntegrityProtected(h, integrity) ?? h) : h)),
  );
}

/** RFC 7315 5.3. */
function tokenOrQuoted(text: string): string {
  return /^[\w.!%*+`'~-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * 5.2.2.1: where no entry point of the home network takes the REGISTER, its DNS having been asked for all of them, the UE is
 * told by 504.
 *
 * Deviation: the clause tries another entry point also where one answers with 3xx or 480; an I-CSCF that is there speaks for its
 * network here, and its answer goes back.
 */
function unreachable(failure: ForwardFailure, home: string): Decision | undefined {
  switch (failure.kind) {
    case 'response':
      return undefined;
    case 'transport':
      return timedOut(`no entry point of ${home} can be found and reached: 504`);
    case 'timeout':
      return timedOut(`no entry point of ${home} has answered: 504`);
  }
}

function timedOut(text: string): Decision {
  return reply(504, 'Server Time-out', { because: [{ clause: 'TS 24.229 5.2.2.1', text }] });
}

function because(home: string, integrity: IntegrityProtected | undefined, pcscf: PCscf): Because {
  const way = { clause: 'TS 24.229 5.2.2.1', text: `to the home network ${home}, Path <${pathUri(pcscf)}>` };
  if (integrity === undefined) {
    return [way];
  }
  const clause = integrity.startsWith('ip') ? 'TS 24.229 5.2.2.3' : 'TS 24.229 5.2.2.2';
  return [way, { clause, text: `integrity-protected="${integrity}"` }];
}

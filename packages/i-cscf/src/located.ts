import type { LocationInfo, LocationInfoAnswer, ServerCapabilities } from '@ims-sim/cx';
import {
  routeTo,
  withHeaders,
  withTopRoute,
  type Because,
  type Decision,
  type Forward,
  type ForwardFailure,
  type Maybe,
  type SipRequest,
} from '@ims-sim/sip';
import type { ICscf } from './i-cscf.js';
import { withProfileKey } from './profile-key.js';
import { inWords } from './refusals.js';
import { heardAgain, isPassedOver, selectSCscf, serverKey } from './s-cscf-selection.js';
import { keptWithin } from './trust-domain.js';

/** Whoever sent the request gives up after 32 s (Timer F): another S-CSCF is to have its turn before. An S-CSCF says 100 within 4 s. */
const SILENT_AFTER_MS = 8000;

const ABNORMAL = 'TS 24.229 5.3.2.2';

/** An initial request whose user's S-CSCF is looked for. */
export interface Locating {
  readonly request: SipRequest;
  /** What the HSS is asked. */
  readonly asked: LocationInfo;
  readonly icscf: ICscf;
  /** 5.3.2.1, or 5.3.2.1A where the request is on behalf of the user. */
  readonly clause: string;
  /** What the S-CSCF's URI gets: `;orig` (5.3.2.1A). */
  readonly parameter: string;
  /** Keys of the S-CSCFs that did not answer. */
  readonly tried: ReadonlySet<string>;
}

/** Asks the HSS who serves the user (TS 29.228 6.1.4), and sends the request there. */
export function locate(locating: Locating): Maybe<Decision> {
  return locating.icscf.cx.locationInfo(locating.asked).then((answer) => located(answer, locating));
}

function located(answer: LocationInfoAnswer, locating: Locating): Maybe<Decision> {
  const { asked } = locating;
  switch (answer.kind) {
    case 'served': {
      // Of a public service identity it may be the AS itself (5.3.2.1): it is routed to in the same way.
      const request = withProfileKey(locating.request, answer.wildcardedIdentity);
      const because = `the HSS has ${asked.publicIdentity} at ${answer.serverName}`;
      const there = () =>
        toServer(answer.serverName, { ...locating, request }, because, (failure, tried) =>
          isSilent(failure) ? another({ ...locating, tried }) : undefined,
        );
      return isPassedOver(answer.serverName, locating.icscf) &&
        !locating.tried.has(serverKey(answer.serverName))
        ? another({ ...locating, tried: triedToo(answer.serverName, locating) }).then(
            (other) => other ?? there(),
          )
        : there();
    }
    case 'unregistered-service': {
      const request = withProfileKey(locating.request, answer.wildcardedIdentity);
      return selected(answer.capabilities, { ...locating, request });
    }
    case 'identity-not-registered':
      return refused(480, 'Temporarily Unavailable', 'not registered and without services', answer, locating);
    case 'unknown-user':
    case 'identities-dont-match':
    case 'roaming-not-allowed':
    case 'identity-already-registered':
    case 'auth-scheme-not-supported':
    case 'in-assignment-type':
    case 'too-much-data':
    case 'not-supported-user-data':
      // 5.3.2.2: whatever the HSS says no with
      return refused(404, 'Not Found', 'the HSS refuses', answer, { ...locating, clause: ABNORMAL });
    case 'failed':
    case 'unreachable':
      // 5.3.2.2: the query cannot be completed
      return refused(480, 'Temporarily Unavailable', 'the HSS cannot say', answer, {
        ...locating,
        clause: ABNORMAL,
      });
  }
}

function refused(
  status: number,
  reason: string,
  text: string,
  answer: Exclude<LocationInfoAnswer, { kind: 'served' | 'unregistered-service' }>,
  { asked, clause, icscf }: Locating,
): Decision {
  const because = icscf.trace.enabled
    ? [{ clause, text: `${text} (${asked.publicIdentity}, ${inWords(answer)}): ${String(status)}` }]
    : undefined;
  return { kind: 'reply', status, reason, because };
}

function toServer(
  serverName: string,
  locating: Locating,
  why: string,
  onFailure: (failure: ForwardFailure, tried: ReadonlySet<string>) => Maybe<Decision | undefined>,
): Forward {
  const { request, parameter, icscf, clause } = locating;
  const { onResponse: heard } = heardAgain(serverName, icscf);
  const kept = keptWithin(request, icscf);
  return {
    kind: 'forward',
    request: withHeaders(request, withTopRoute(request.headers, routeTo(`${serverName}${parameter}`))),
    sentBy: icscf.viaName,
    silenceMs: SILENT_AFTER_MS,
    onResponse: inTurn(heard, kept),
    onFailure: (failure) => {
      if (isSilent(failure)) {
        icscf.silent.add(serverKey(serverName));
      }
      return onFailure(failure, triedToo(serverName, locating));
    },
    because: icscf.trace.enabled ? [{ clause, text: why }] : undefined,
  };
}

function inTurn(first: Forward['onResponse'], then: Forward['onResponse']): Forward['onResponse'] {
  return first === undefined || then === undefined ? (first ?? then) : (response) => then(first(response));
}

function triedToo(serverName: string, { tried }: Locating): ReadonlySet<string> {
  return new Set([...tried, serverKey(serverName)]);
}

/**
 * 5.3.2.2, TS 23.380 4.4: the S-CSCF that the HSS named is silent, or was lately. The HSS is asked for the capabilities, so that another
 * serves the user; where it has none to give (an AS), the failure goes back.
 */
function another(locating: Locating): Promise<Decision | undefined> {
  const { icscf, asked, tried } = locating;
  return icscf.cx
    .locationInfo({ ...asked, wantsCapabilities: true })
    .then((answer): Maybe<Decision | undefined> => {
      switch (answer.kind) {
        case 'served':
          if (answer.capabilities !== undefined) {
            return selectedAgain(answer.capabilities, locating);
          }
          return tried.has(serverKey(answer.serverName)) ? undefined : located(answer, locating);
        case 'unregistered-service':
          return selectedAgain(answer.capabilities, locating);
        default:
          return undefined;
      }
    });
}

function selectedAgain(capabilities: ServerCapabilities, locating: Locating): Decision | undefined {
  return selectSCscf(capabilities, locating.icscf, locating.tried) === undefined
    ? undefined
    : selected(capabilities, { ...locating, clause: ABNORMAL });
}

/**
 * 5.3.2.1: no S-CSCF yet for a user with services while not registered: one is chosen, and another where it does not
 * answer or says 480 (5.3.2.2).
 */
function selected(capabilities: ServerCapabilities, locating: Locating): Decision {
  const { icscf, asked, tried } = locating;
  const name = selectSCscf(capabilities, icscf, tried);
  if (name === undefined) {
    return { kind: 'reply', status: 600, reason: 'Busy Everywhere', because: NONE_ABLE };
  }
  const why = `${asked.publicIdentity} has no S-CSCF that answers: ${name} is chosen by its capabilities`;
  return toServer(name, locating, why, (failure, all) =>
    isSilent(failure) || (failure.kind === 'response' && failure.response.status === 480)
      ? selectedAgain(capabilities, { ...locating, tried: all })
      : undefined,
  );
}

/** No answer, or no way to it. Where a call rang and nobody took it, the S-CSCF is there. */
function isSilent(failure: ForwardFailure): boolean {
  return failure.kind === 'transport' || (failure.kind === 'timeout' && failure.rang !== true);
}

const NONE_ABLE: Because = [{ clause: ABNORMAL, text: 'no S-CSCF has the mandatory capabilities: 600' }];

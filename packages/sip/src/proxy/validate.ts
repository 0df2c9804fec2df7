import { addresses, maxForwards, values } from '../message/access.js';
import { header } from '../message/header.js';
import { has } from '../message/headers.js';
import type { SipRequest } from '../message/message.js';
import { parseUri } from '../message/uri-parse.js';
import type { Reply } from './decision.js';
import { reply } from './decisions.js';
import type { Passes } from './loop.js';

export interface ValidationRules {
  /** Extensions in Proxy-Require that the element has, lower case. */
  readonly proxyRequire: ReadonlySet<string>;
  readonly schemes?: readonly string[] | undefined;
  readonly passes: Passes;
}

/**
 * RFC 3261 16.3, for a request whose syntax the stack has checked (step 1): undefined where it may go on, else the
 * answer. Step 6, Proxy-Authorization, is the element's own affair.
 */
export function validate(request: SipRequest, rules: ValidationRules): Reply | undefined {
  return (
    checkUri(request, rules.schemes) ??
    checkRoute(request) ??
    checkMaxForwards(request) ??
    (rules.passes.isLoop(request) ? refuse(482, 'Loop Detected', '16.3 step 4') : undefined) ??
    checkProxyRequire(request, rules.proxyRequire)
  );
}

/** 16.3 step 2. */
function checkUri({ uri: text }: SipRequest, schemes: readonly string[] = []): Reply | undefined {
  if (text.startsWith('sip:')) {
    return undefined; // most; the stack has checked the rest of it
  }
  const uri = parseUri(text);
  if (uri === undefined) {
    return refuse(400, 'Bad Request-URI', '16.3 step 1');
  }
  return uri.kind === 'other' && !schemes.includes(uri.scheme)
    ? refuse(416, 'Unsupported URI Scheme', '16.3 step 2')
    : undefined;
}

/** A Route that cannot be read must not be passed over: the request would take another way than its sender's. */
function checkRoute(request: SipRequest): Reply | undefined {
  if (!has(request.headers, 'route')) {
    return undefined;
  }
  addresses(request, 'route');
  const bad = request.headers.some(({ key, parsed }) => key === 'route' && parsed === null);
  return bad ? refuse(400, 'Bad Route', '16.3 step 1') : undefined;
}

/**
 * 16.3 step 3. A REGISTER ends at the registrar, which may be this element; one that is to go further is caught when it
 * is forwarded.
 */
function checkMaxForwards(request: SipRequest): Reply | undefined {
  return request.method !== 'REGISTER' && maxForwards(request) === 0 ? tooManyHops() : undefined;
}

/** RFC 3261 16.3 step 3. */
export function tooManyHops(): Reply {
  return refuse(483, 'Too Many Hops', '16.3 step 3');
}

/** 16.3 step 5. */
function checkProxyRequire(request: SipRequest, known: ReadonlySet<string>): Reply | undefined {
  if (!has(request.headers, 'proxy-require')) {
    return undefined;
  }
  const unknown = values(request, 'proxy-require').filter((option) => !known.has(option.toLowerCase()));
  if (unknown.length === 0) {
    return undefined;
  }
  return reply(420, 'Bad Extension', {
    headers: [header('Unsupported', unknown.join(', '))],
    because: [{ clause: 'RFC 3261 16.3 step 5', text: `Proxy-Require asks for ${unknown.join(', ')}` }],
  });
}

function refuse(status: number, reason: string, step: string): Reply {
  return reply(status, reason, { because: [{ clause: `RFC 3261 ${step}`, text: reason }] });
}

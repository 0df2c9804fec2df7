import { compileEre, type Matcher, type ServicePointTrigger, type SessionCase } from '@ims-sim/cx';
import { headerKey, toUtf8, valueOf, type Header, type SipRequest } from '@ims-sim/sip';

/** What a trigger is held against. */
export interface Evaluated {
  readonly request: SipRequest;
  readonly sessionCase: SessionCase;
  /** Of a REGISTER. */
  readonly registrationType?: 'initial' | 're-registration' | 'de-registration' | undefined;
}

export type Test = (evaluated: Evaluated) => boolean;

/**
 * One service point trigger (TS 29.228 B.2.3 and Annex F) as a function, made once for a profile; its negation is not
 * in it. Undefined where a pattern in it is no POSIX extended regular expression: such a trigger cannot be said to
 * match or not.
 */
export function compileTrigger(trigger: ServicePointTrigger): Test | undefined {
  switch (trigger.kind) {
    case 'method': {
      const { method, registrationTypes } = trigger;
      return method === 'REGISTER' && registrationTypes !== undefined && registrationTypes.length > 0
        ? ({ request, registrationType }) =>
            request.method === method &&
            registrationType !== undefined &&
            registrationTypes.includes(registrationType)
        : ({ request }) => request.method === method;
    }
    case 'sip-header':
      return headerTest(trigger.header, trigger.content);
    case 'request-uri': {
      const matches = compileEre(toUtf8(trigger.pattern));
      return matches && (({ request }) => matches(request.uri));
    }
    case 'session-case': {
      const { sessionCase } = trigger;
      return (evaluated) => evaluated.sessionCase === sessionCase;
    }
    case 'session-description':
      return sessionDescriptionTest(trigger.line, trigger.content);
  }
}

/** The trigger in words, for the trace: `Method = SUBSCRIBE`. */
export function describeTrigger(trigger: ServicePointTrigger): string {
  const text = inWords(trigger);
  return trigger.negated ? `NOT ${text}` : text;
}

function inWords(trigger: ServicePointTrigger): string {
  switch (trigger.kind) {
    case 'method':
      return trigger.registrationTypes === undefined || trigger.registrationTypes.length === 0
        ? `Method = ${trigger.method}`
        : `Method = ${trigger.method} (${trigger.registrationTypes.join(', ')})`;
    case 'sip-header':
      return trigger.content === undefined
        ? trigger.header
        : `${trigger.header} = ${readable(trigger.content)}`;
    case 'request-uri':
      return `Request-URI = ${readable(trigger.pattern)}`;
    case 'session-case':
      return `Session case = ${trigger.sessionCase}`;
    case 'session-description':
      return trigger.content === undefined
        ? `SDP ${trigger.line}`
        : `SDP ${trigger.line} = ${readable(trigger.content)}`;
  }
}

/** Anchors around plain text say nothing to a reader. */
function readable(pattern: string): string {
  return /^\^[\w -]*\$$/.test(pattern) ? pattern.slice(1, -1) : pattern;
}

/** The header is there, and one of its lines has the content. */
function headerTest(name: string, content: string | undefined): Test | undefined {
  const isNamed = headerNameTest(name);
  const matches = content === undefined ? () => true : compileEre(toUtf8(content));
  if (isNamed === undefined || matches === undefined) {
    return undefined;
  }
  return ({ request }) => {
    for (const h of request.headers) {
      if (isNamed(h) && matches(h.value)) {
        return true;
      }
    }
    return false;
  };
}

function headerNameTest(name: string): ((h: Header) => boolean) | undefined {
  if (/^[\w-]+$/.test(name)) {
    const key = headerKey(name);
    return (h) => h.key === key;
  }
  const matches = compileWhole(name, true);
  return matches && ((h) => matches(h.key));
}

/** A pattern that matches a text as a whole; it must be one by itself, so that the parentheses around it hold. */
function compileWhole(pattern: string, ignoreCase: boolean): Matcher | undefined {
  const text = toUtf8(pattern);
  return compileEre(text, ignoreCase) && compileEre(`^(${text})$`, ignoreCase);
}

/** TS 29.228 B.2.3: a line of the SDP body, e.g. `m`, whose content matches. */
function sessionDescriptionTest(line: string, content: string | undefined): Test | undefined {
  const isNamed = compileWhole(line, false);
  const matches: Matcher | undefined = content === undefined ? () => true : compileEre(toUtf8(content));
  if (isNamed === undefined || matches === undefined) {
    return undefined;
  }
  return ({ request }) =>
    isSdp(request) &&
    request.body
      .split(/\r?\n/)
      .some((text) => text[1] === '=' && isNamed(text.slice(0, 1)) && matches(text.slice(2)));
}

function isSdp(request: SipRequest): boolean {
  const type = valueOf(request.headers, 'content-type')?.toLowerCase() ?? '';
  return request.body !== '' && (type.startsWith('application/sdp') || type.startsWith('multipart/'));
}

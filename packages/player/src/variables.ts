import { every, fromUtf8, headerKey, type SipMessage } from '@ims-sim/sip';
import { type Action, matchPattern, type Take } from '@ims-sim/scenario';

/** What stands for itself in an action: places, patterns, and the actions within, which have their turn later. */
const AS_THEY_ARE: ReadonlySet<string> = new Set(['at', 'take', 'branches', 'actions', 'kind']);
/** Deeper than any action is. */
const MAX_DEPTH = 32;

export type Substituted =
  { readonly kind: 'action'; readonly action: Action } | { readonly kind: 'unknown'; readonly name: string };

/** The action with what its `${name}`s stand for now. */
export function substituted(
  action: Action,
  variables: ReadonlyMap<string, string>,
  round: number | undefined,
): Substituted {
  let unknown: string | undefined;
  const text = (value: string): string =>
    value.includes('${')
      ? value.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
          const known = name === 'round' && round !== undefined ? String(round) : variables.get(name);
          unknown ??= known === undefined ? name : undefined;
          return known ?? whole;
        })
      : value;
  const within = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') {
      return text(value);
    }
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) {
      return value;
    }
    if (Array.isArray(value)) {
      return value.map((one: unknown) => within(one, depth + 1));
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, one]: [string, unknown]) => [
        depth === 0 && AS_THEY_ARE.has(key) ? key : text(key),
        depth === 0 && AS_THEY_ARE.has(key) ? one : within(one, depth + 1),
      ]),
    );
  };
  const changed = within(action, 0) as Action;
  return unknown === undefined ? { kind: 'action', action: changed } : { kind: 'unknown', name: unknown };
}

/** Puts what `takes` find in a message into the variables; gives why one could not be found. */
export function taken(
  message: SipMessage,
  takes: readonly Take[],
  variables: Map<string, string>,
): string | undefined {
  for (const { variable, from, pattern } of takes) {
    const text = textOf(message, from);
    const where = from === 'body' ? 'the body' : from === 'start-line' ? 'the start line' : from.header;
    if (text === undefined) {
      return `take ${variable}: there is no ${where} in ${startLine(message)}`;
    }
    const found = matchPattern(pattern, text);
    if (found.kind === 'unusable') {
      return `take ${variable}: ${pattern} on ${where} of ${startLine(message)}: ${found.why}`;
    }
    if (found.kind === 'differs') {
      return `take ${variable}: ${where} of ${startLine(message)} has nothing that matches ${pattern}: ${text}`;
    }
    variables.set(variable, found.groups[1] ?? found.groups[0] ?? '');
  }
  return undefined;
}

function textOf(message: SipMessage, from: Take['from']): string | undefined {
  if (from === 'body') {
    return fromUtf8(message.body);
  }
  if (from === 'start-line') {
    return startLine(message);
  }
  const lines = every(message.headers, headerKey(from.header));
  return lines.length === 0 ? undefined : fromUtf8(lines.map(({ value }) => value).join(', '));
}

export function startLine(message: SipMessage): string {
  return message.kind === 'request'
    ? `${message.method} ${message.uri} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reason}`;
}

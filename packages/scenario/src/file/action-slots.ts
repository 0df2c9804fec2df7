import type { SlotKind } from './sentence.js';

const WORD = '[^\\s,"]+';
const FILE = '"[^"]+"|[^\\s",]+\\.[^\\s",]+';

/** A number, and what may be its unit. */
export const TIME = /^\d\S*(?: [A-Za-z]\S*)?$/;
const NEVER = /(?!)/;

export const actionSlots: Readonly<Record<string, SlotKind>> = {
  ACTOR: { matches: WORD, name: 'an actor' },
  ELEMENT: { matches: WORD, name: 'an element' },
  HSS: { matches: WORD, name: 'an HSS' },
  SCSCF: { matches: WORD, name: 'an S-CSCF' },
  TARGET: { matches: WORD, name: 'a host name, or udp:ADDRESS:PORT' },
  URI: {
    matches: '(?:(?:[Ss][Ii][Pp][Ss]?|[Tt][Ee][Ll]):|\\$\\{)[^\\s"]*[^\\s",]',
    name: 'a sip: or tel: URI',
  },
  IMPI: { matches: '[^\\s@",]+@[^\\s@",]+|\\$\\{[^\\s}]+\\}', name: 'a private identity' },
  EVENT: { matches: "[A-Za-z0-9.!%*_+`'~${}-]+", name: 'an event package' },
  DURATION: {
    matches: '\\d+(?:\\.\\d+)? ?(?:ms|s|min|h)',
    name: 'a time such as 7200 s',
    attempt: TIME,
  },
  NAME: { matches: '[A-Za-z][\\w.-]*', name: 'a name for later', attempt: NEVER },
  OF: {
    matches: '(?!(?:and|with|from)\\b)[A-Za-z][\\w.-]*',
    name: 'the name that it was given (`as`)',
    attempt: NEVER,
  },
  FILE: { matches: FILE, name: 'a file beside the scenario' },
  TEXT: { matches: '"[^"]*"', name: 'a text in quotes' },
  METHOD: { matches: '[A-Z]{2,}', name: 'a method' },
  STATUS: { matches: '[1-6]\\d\\d', name: 'a status' },
  WHAT: { matches: '[A-Z]{2,}|[1-6]\\d\\d', name: 'a method or a status' },
  EXPECT: {
    matches: '[2-6]\\d\\d|[2-6]xx|no answer',
    name: 'a final status, a class such as 4xx, or `no answer`',
  },
  STATE: { matches: '(?:active|pending|terminated)(?:;[^\\s",]+)?', name: 'active, pending or terminated' },
  REASON: oneOf('permanent-termination', 'new-server-assigned', 'server-change', 'remove-s-cscf'),
  UNTIL: oneOf('ringing', 'answered'),
};

export function oneOf(...words: readonly string[]): SlotKind {
  const last = words.at(-1) ?? '';
  return { matches: words.join('|'), name: `${words.slice(0, -1).join(', ')} or ${last}`, oneOf: words };
}

/** `2 s`, `200 ms`, `5 min`, `2 h` in seconds. */
export function seconds(duration: string | undefined): number | undefined {
  const [, number, unit = 's'] = /^([\d.]+) ?(ms|s|min|h)$/.exec(duration ?? '') ?? [];
  if (number === undefined) {
    return undefined;
  }
  return unit === 'ms' ? Number(number) / 1000 : Number(number) * (UNITS_S[unit] ?? 1);
}

const UNITS_S: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

/** What stands in quotes, without them. */
export function bare(text: string | undefined): string | undefined {
  return text?.replace(/^"([^]*)"$/, '$1');
}

export function isThere(word: string | undefined): true | undefined {
  return word === undefined ? undefined : true;
}

export function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** A status is a number, as in a mapping. */
export function numeral(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

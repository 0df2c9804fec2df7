import type { Fault, FaultMatch } from '@ims-sim/faults';
import type { ScenarioFault } from '../scenario.js';
import { isThere, numberOf, oneOf, seconds, TIME } from './action-slots.js';
import { grammarOf, type SentenceForm, type SlotKind, type Slots } from './sentence.js';

/** What a sentence of `faults` says; `text` is the sentence. */
export type SaidFault = Omit<ScenarioFault, 'text' | 'label' | 'at'>;

const WORD = '[^\\s,"]+';
/** Commands of TS 29.229 6.1, TS 29.329 6.1 and RFC 6733 5 to 8: the third letter says whether it is the answer. */
const DIAMETER = '(?:UA|SA|LI|MA|RT|PP|UD|PU|SN|PN|CE|DW|DP)[RA]';
const SIP =
  '(?:any request|any response|(?:any )?response to [A-Z]{2,}|[1-6]\\d\\d(?: (?:of|to) [A-Z]{2,})?|[A-Z]{2,})';
const DNS = '(?:NAPTR|SRV|AAAA|A) (?:question|answer)(?: for [^\\s",]+)?';

/** With `\\"` for a quote and `\\\\` for a backslash in it. */
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
const TEXT_IN_QUOTES = 'a text in quotes, with `\\"` for a quote in it';

export const faultSlots: Readonly<Record<string, SlotKind>> = {
  MESSAGE: {
    matches: `${DNS}|any Diameter (?:request|answer|message)|${DIAMETER}|${SIP}`,
    name: 'a method, `200 of SUBSCRIBE`, `response to SUBSCRIBE`, a command such as LIA, or `NAPTR question for NAME`',
  },
  SIPMESSAGE: { matches: SIP, name: 'a method, `200 of SUBSCRIBE`, or `response to SUBSCRIBE`' },
  FROM: { matches: WORD, name: 'who sends it' },
  TO: { matches: WORD, name: 'for whom it is' },
  ELEMENT: { matches: WORD, name: 'an element' },
  METHOD: { matches: '[A-Z]{2,}', name: 'a method, or a command such as LIR' },
  ANSWER: { matches: DIAMETER.replace('[RA]', 'A'), name: 'a Diameter answer such as LIA' },
  AVPS: { matches: '[A-Z][\\w-]*(?:(?:,| and|, and) [A-Z][\\w-]*)*', name: 'names of AVPs' },
  CODE: { matches: '[1-5]\\d{3}', name: 'a Result-Code' },
  RCODE: oneOf('NXDOMAIN', 'SERVFAIL', 'REFUSED', 'NOERROR'),
  TYPE: { matches: '[A-Z]+', name: 'a record type' },
  DOMAIN: { matches: '[^\\s",]+', name: 'a domain name' },
  DELAY: { matches: '\\d+(?:\\.\\d+)? ?(?:ms|s)', name: 'a time such as 200 ms', attempt: TIME },
  HEADER: { matches: "[\\w.!%*+`'~-]+:?", name: 'a header' },
  // lazy: up to the first ` in ` behind which the sentence goes on
  VALUE: { matches: `${QUOTED}|\\S(?:.*?\\S)??`, name: 'a value, which may have quotes in it' },
  TEXT: { matches: QUOTED, name: TEXT_IN_QUOTES },
  BY: { matches: QUOTED, name: TEXT_IN_QUOTES },
  N: { matches: '\\d{1,9}', name: 'a number' },
  M: { matches: '\\d{1,9}', name: 'a number' },
  ONCE: oneOf('once', 'twice'),
};

/** How often, and whether it must, at the end of each. */
const OFTEN = '[, ONCE][, N times][, after M][, perhaps]';
const WAY = `[ from FROM][ to TO]`;

const form = (
  pattern: string,
  example: string,
  about: string,
  to: (slots: Slots) => Pick<SaidFault, 'match' | 'fault'>,
): SentenceForm<SaidFault> => ({
  pattern: `${pattern}${OFTEN}`,
  example,
  about,
  to: (s) => ({
    ...to(s),
    times: s.ONCE === undefined ? numberOf(s.N) : s.ONCE === 'once' ? 1 : 2,
    after: numberOf(s.M),
    may: isThere(s.perhaps),
  }),
});

const onTheWay = (verb: string, fault: Fault, example: string, about: string): SentenceForm<SaidFault> =>
  form(`${verb} MESSAGE${WAY}`, example, about, (s) => ({ match: matchOf(s), fault }));

/** One entry a form, in the order in which they are tried and shown. */
export const faultForms: readonly SentenceForm<SaidFault>[] = [
  onTheWay(
    'drops',
    { kind: 'drop' },
    'drops SUBSCRIBE from scscf1.home1.net to icscf2.home2.net, once',
    'it is sent, and never arrives',
  ),
  onTheWay(
    'duplicates',
    { kind: 'duplicate' },
    'duplicates NOTIFY to scscf1.home1.net, 3 times',
    'it arrives twice',
  ),
  form(
    `delays MESSAGE${WAY} by DELAY`,
    'delays 200 of SUBSCRIBE from ps.home2.net by 200 ms',
    'it arrives later',
    (s) => ({ match: matchOf(s), fault: { kind: 'delay', byMs: msOf(s.DELAY) } }),
  ),
  form(`delays MESSAGE by DELAY${WAY}`, 'delays LIA by 200 ms from hss2.home2.net', 'the same', (s) => ({
    match: matchOf(s),
    fault: { kind: 'delay', byMs: msOf(s.DELAY) },
  })),
  onTheWay(
    'reorders',
    { kind: 'reorder' },
    'reorders NOTIFY from ps.home2.net, after 2',
    'it arrives after the next one',
  ),
  onTheWay(
    'corrupts',
    { kind: 'corrupt', bytes: 1 },
    'corrupts SUBSCRIBE to icscf2.home2.net, once',
    'one byte is another; `bytes` says how many',
  ),
  form(
    'ELEMENT answers ANSWER without AVPS',
    'hss2.home2.net answers LIA without Server-Name',
    'the AVPs are left out, at any depth',
    (s) => ({
      match: { from: s.ELEMENT, message: diameter(s.ANSWER) },
      fault: { kind: 'without-avps', names: (s.AVPS ?? '').split(/,? and |, /) },
    }),
  ),
  form(
    'ELEMENT answers ANSWER with experimental CODE',
    'hss2.home2.net answers LIA with experimental 5001',
    'an Experimental-Result-Code of 3GPP',
    (s) => ({
      match: { from: s.ELEMENT, message: diameter(s.ANSWER) },
      fault: { kind: 'result', code: Number(s.CODE), experimental: true },
    }),
  ),
  form('ELEMENT answers ANSWER with CODE', 'hss2.home2.net answers LIA with 5012', 'a Result-Code', (s) => ({
    match: { from: s.ELEMENT, message: diameter(s.ANSWER) },
    fault: { kind: 'result', code: Number(s.CODE), experimental: false },
  })),
  form(
    'ELEMENT answers RCODE to TYPE DOMAIN',
    'dns.lab answers NXDOMAIN to NAPTR 2.2.2.2.5.5.5.2.1.2.1.e164.arpa',
    'an answer of the DNS with that code and without records',
    (s) => ({
      match: { from: s.ELEMENT, message: { protocol: 'dns', type: s.TYPE, name: s.DOMAIN, response: true } },
      fault: rcode(s.RCODE),
    }),
  ),
  form(
    'ELEMENT answers RCODE[ to TYPE]',
    'dns.lab answers SERVFAIL to NAPTR',
    'the same, whatever the name',
    (s) => ({
      match: { from: s.ELEMENT, message: { protocol: 'dns', type: s.TYPE, response: true } },
      fault: rcode(s.RCODE),
    }),
  ),
  form(
    'ELEMENT is silent to METHOD',
    'ps.home2.net is silent to SUBSCRIBE',
    'none of its responses, or answers (LIR), arrives',
    (s) => ({ match: { from: s.ELEMENT, message: silence(s.METHOD ?? '') }, fault: { kind: 'drop' } }),
  ),
  form(
    `sets HEADER VALUE in SIPMESSAGE${WAY}`,
    'sets Max-Forwards: 0 in SUBSCRIBE from scscf1.home1.net to icscf2.home2.net',
    'the sender writes another value of the header',
    (s) => ({
      match: matchOf(s),
      fault: { kind: 'set-header', header: named(s.HEADER), value: unquoted(s.VALUE) },
    }),
  ),
  form(
    `removes HEADER (from|in) SIPMESSAGE${WAY}`,
    'removes P-Asserted-Identity from SUBSCRIBE from scscf1.home1.net',
    'the sender leaves the header out',
    (s) => ({ match: matchOf(s), fault: { kind: 'set-header', header: named(s.HEADER) } }),
  ),
  form(
    `replaces TEXT by BY in SIPMESSAGE${WAY}`,
    'replaces "open" by "closed" in NOTIFY from ps.home2.net',
    'the sender writes another text',
    (s) => ({
      match: matchOf(s),
      fault: { kind: 'replace', text: unquoted(s.TEXT), by: unquoted(s.BY) },
    }),
  ),
];

export const faultGrammar = grammarOf(faultForms, faultSlots);

function matchOf({ MESSAGE, SIPMESSAGE, FROM, TO }: Slots): FaultMatch {
  return { from: FROM, to: TO, message: messageOf(MESSAGE ?? SIPMESSAGE ?? '') };
}

/** `SUBSCRIBE`, `200 of SUBSCRIBE`, `LIA`, `NAPTR question for NAME`, as the slot MESSAGE takes it. */
export function messageOf(text: string): FaultMatch['message'] {
  const [, type, word, name] = /^(NAPTR|SRV|AAAA|A) (question|answer)(?: for (\S+))?$/.exec(text) ?? [];
  if (type !== undefined) {
    return { protocol: 'dns', type, name, response: word === 'answer' };
  }
  if (text.startsWith('any Diameter')) {
    return { protocol: 'diameter' };
  }
  if (new RegExp(`^${DIAMETER}$`).test(text)) {
    return diameter(text);
  }
  const [, status, of] = /^(\d{3})(?: (?:of|to) ([A-Z]+))?$/.exec(text) ?? [];
  if (status !== undefined) {
    return { protocol: 'sip', status: Number(status), method: of, response: true };
  }
  const [, answered] = /response to ([A-Z]+)$/.exec(text) ?? [];
  if (answered !== undefined || text === 'any response') {
    return { protocol: 'sip', method: answered, response: true };
  }
  return { protocol: 'sip', method: text === 'any request' ? undefined : text };
}

function diameter(command: string | undefined): FaultMatch['message'] {
  return { protocol: 'diameter', command };
}

/** A Diameter command stands for its answer. */
function silence(method: string): FaultMatch['message'] {
  return new RegExp(`^${DIAMETER}$`).test(method)
    ? diameter(`${method.slice(0, 2)}A`)
    : { protocol: 'sip', method, response: true };
}

function rcode(code: string | undefined): Fault {
  return { kind: 'rcode', rcode: code as 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'NOERROR' };
}

function named(header: string | undefined): string {
  return (header ?? '').replace(/:$/, '');
}

function msOf(delay: string | undefined): number {
  return Math.round((seconds(delay) ?? 0) * 1000);
}

const ALL_QUOTED = new RegExp(`^${QUOTED}$`);

/** What stands in quotes; a text that has quotes somewhere in it stands as it is. */
function unquoted(text = ''): string {
  return ALL_QUOTED.test(text) ? text.slice(1, -1).replace(/\\(["\\])/g, '$1') : text;
}

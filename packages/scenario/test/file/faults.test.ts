import { describe, expect, test } from '@jest/globals';
import { faultForms, faultGrammar } from '../../src/file/fault-sentences.js';
import { understood } from '../../src/file/sentence.js';
import { complaints, HEAD, read } from './lab.js';

const PLAY = `${HEAD}play: [ 'wait 1 s' ]\nfaults:\n`;
const REQUEST = { protocol: 'sip', method: 'SUBSCRIBE' };

describe('faults as sentences', () => {
  test('each form takes its own example, and no form before it does', () => {
    for (const form of faultForms) {
      expect([form.pattern, understood(form.example, faultGrammar)?.form.pattern]).toEqual([
        form.pattern,
        form.pattern,
      ]);
    }
  });

  test.each([
    [
      'drops SUBSCRIBE from scscf1.home1.net to icscf2.home2.net, once',
      {
        match: { from: 'scscf1.home1.net', to: 'icscf2.home2.net', message: REQUEST },
        fault: { kind: 'drop' },
        times: 1,
      },
    ],
    [
      'duplicates SUBSCRIBE to as, twice, after 2',
      { match: { to: 'as', message: REQUEST }, fault: { kind: 'duplicate' }, times: 2, after: 2 },
    ],
    [
      'delays SUBSCRIBE from watcher by 200 ms',
      { match: { from: 'watcher', message: REQUEST }, fault: { kind: 'delay', byMs: 200 } },
    ],
    [
      'reorders 200 of SUBSCRIBE, 3 times',
      {
        match: { message: { protocol: 'sip', status: 200, method: 'SUBSCRIBE', response: true } },
        fault: { kind: 'reorder' },
        times: 3,
      },
    ],
    ['drops any request', { match: { message: { protocol: 'sip' } }, fault: { kind: 'drop' } }],
    ['drops LIA', { match: { message: { protocol: 'diameter', command: 'LIA' } }, fault: { kind: 'drop' } }],
    [
      'drops NAPTR question for a.arpa',
      {
        match: { message: { protocol: 'dns', type: 'NAPTR', name: 'a.arpa', response: false } },
        fault: { kind: 'drop' },
      },
    ],
    [
      'hss2.home2.net answers LIA without Server-Name and Server-Capabilities',
      {
        match: { from: 'hss2.home2.net', message: { protocol: 'diameter', command: 'LIA' } },
        fault: { kind: 'without-avps', names: ['Server-Name', 'Server-Capabilities'] },
      },
    ],
    ['hss2.home2.net answers LIA with 5012', { fault: { kind: 'result', code: 5012, experimental: false } }],
    [
      'hss2.home2.net answers LIA with experimental 5001',
      { fault: { kind: 'result', code: 5001, experimental: true } },
    ],
    [
      'dns.lab answers NXDOMAIN to NAPTR 2.1.e164.arpa',
      {
        match: {
          from: 'dns.lab',
          message: { protocol: 'dns', type: 'NAPTR', name: '2.1.e164.arpa', response: true },
        },
        fault: { kind: 'rcode', rcode: 'NXDOMAIN' },
      },
    ],
    [
      'as is silent to SUBSCRIBE',
      { match: { from: 'as', message: { ...REQUEST, response: true } }, fault: { kind: 'drop' } },
    ],
    [
      'hss2.home2.net is silent to LIR',
      {
        match: { from: 'hss2.home2.net', message: { protocol: 'diameter', command: 'LIA' } },
        fault: { kind: 'drop' },
      },
    ],
    [
      'sets Max-Forwards: 0 in SUBSCRIBE from watcher to pcscf1.home1.net',
      {
        match: { from: 'watcher', to: 'pcscf1.home1.net', message: REQUEST },
        fault: { kind: 'set-header', header: 'Max-Forwards', value: '0' },
      },
    ],
    [
      'removes Privacy from SUBSCRIBE from watcher',
      { match: { from: 'watcher', message: REQUEST }, fault: { kind: 'set-header', header: 'Privacy' } },
    ],
    [
      'replaces "open" by "closed" in NOTIFY',
      {
        match: { message: { protocol: 'sip', method: 'NOTIFY' } },
        fault: { kind: 'replace', text: 'open', by: 'closed' },
      },
    ],
    ['drops NOTIFY from as, once, perhaps', { fault: { kind: 'drop' }, times: 1, may: true }],
    ['drops NOTIFY from as: { may: true }', { fault: { kind: 'drop' }, may: true }],
    ['corrupts SUBSCRIBE: { bytes: 3, times: 2 }', { fault: { kind: 'corrupt', bytes: 3 }, times: 2 }],
  ])('`%s`', (sentence, expected) => {
    const [rule] = read(`${PLAY}  - ${sentence}\n`).faults;
    expect(rule).toMatchObject(expected);
    expect(rule?.text).toBe(sentence.replace(/: \{.*/, ''));
  });

  test.each([
    [
      'sets P-Asserted-Identity: "X" <sip:x@home1.net> in SUBSCRIBE from scscf1.home1.net, once',
      { header: 'P-Asserted-Identity', value: '"X" <sip:x@home1.net>' },
    ],
    [
      'sets P-Charging-Vector: icid-value=1;orig-ioi="Type 1home1.net" in SUBSCRIBE',
      { header: 'P-Charging-Vector', value: 'icid-value=1;orig-ioi="Type 1home1.net"' },
    ],
    [
      'sets WWW-Authenticate: Digest realm="a", nonce="b" in 401 of REGISTER',
      { header: 'WWW-Authenticate', value: 'Digest realm="a", nonce="b"' },
    ],
    [
      'sets P-Asserted-Identity: "A" <sip:a@b>, "B" in SUBSCRIBE',
      { header: 'P-Asserted-Identity', value: '"A" <sip:a@b>, "B"' },
    ],
    ['sets Subject: "all in quotes in it" in MESSAGE', { header: 'Subject', value: 'all in quotes in it' }],
    [String.raw`sets Subject: "\"x\" \\ in MESSAGE" in MESSAGE`, { value: String.raw`"x" \ in MESSAGE` }],
    ['sets Subject: all in all in MESSAGE to as', { header: 'Subject', value: 'all in all' }],
    [
      String.raw`replaces "entity=\"a\"" by "entity=\"b\" \d" in NOTIFY, twice`,
      { text: 'entity="a"', by: String.raw`entity="b" \d` },
    ],
  ])('quotes: `%s`', (sentence, expected) => {
    const [rule] = read(`${PLAY}  - '${sentence}'\n`).faults;
    expect(rule?.fault).toMatchObject(expected);
  });

  test.each([
    [
      '{ drop: 200 of SUBSCRIBE, from: as, times: 1, may: true }',
      'drops 200 of SUBSCRIBE from as, once, perhaps',
    ],
    ['{ duplicate: LIA, after: 2 }', 'duplicates LIA, after 2'],
    ['{ delay: NAPTR question for a.arpa, byMs: 200 }', 'delays NAPTR question for a.arpa by 200 ms'],
    ['{ reorder: any response, to: as }', 'reorders any response to as'],
    ['{ corrupt: NOTIFY }', 'corrupts NOTIFY'],
    ['{ set: SUBSCRIBE, header: Max-Forwards, value: 0, to: as }', 'sets Max-Forwards: 0 in SUBSCRIBE to as'],
    [
      `{ set: SUBSCRIBE, header: P-Asserted-Identity, value: '"X" <sip:x@home1.net>' }`,
      'sets P-Asserted-Identity: "X" <sip:x@home1.net> in SUBSCRIBE',
    ],
    ['{ remove: SUBSCRIBE, header: Privacy }', 'removes Privacy from SUBSCRIBE'],
    ['{ replace: NOTIFY, text: open, by: closed }', 'replaces "open" by "closed" in NOTIFY'],
    [
      '{ answer: LIA, without: [ Server-Name ], from: hss2.home2.net }',
      'hss2.home2.net answers LIA without Server-Name',
    ],
    ['{ answer: LIA, resultCode: 5012, from: hss2.home2.net }', 'hss2.home2.net answers LIA with 5012'],
    [
      '{ answer: LIA, experimentalResultCode: 5001, from: hss2.home2.net }',
      'hss2.home2.net answers LIA with experimental 5001',
    ],
    [
      '{ answer: NAPTR, rcode: NXDOMAIN, name: 2.1.e164.arpa, from: dns.lab }',
      'dns.lab answers NXDOMAIN to NAPTR 2.1.e164.arpa',
    ],
  ])('the mapping %s says what `%s` does', (mapping, sentence) => {
    const [one, other] = read(`${PLAY}  - ${mapping}\n  - '${sentence}'\n`).faults;
    expect({ ...one, text: '', label: '', at: '' }).toEqual({ ...other, text: '', label: '', at: '' });
  });

  test.each([
    ['{ drops: SUBSCRIBE }', '9:7', 'did you mean `drop`?'],
    ['{ drop: subscribe }', '9:13', 'expected a method, `200 of SUBSCRIBE`'],
    ['{ set: SUBSCRIBE, header: Max-Forwards }', '9:5', 'value'],
    ['{ set: SUBSCRIBE, header: Max-Forward, value: 0 }', '9:5', 'did you mean `Max-Forwards`?'],
    ['{ set: SUBSCRIBE, haeder: Max-Forwards, value: 0 }', '9:23', 'did you mean `header`?'],
    ['{ set: SUBSCRIBE, header: Date, value: "a\\r\\nb: c" }', '9:44', 'expected a value on one line'],
    ['{ answer: LIA }', '9:7', 'beside answer'],
    ['{ drop: SUBSCRIBE, from: scsf1.home1.net }', '9:5', 'did you mean `scscf1.home1.net`?'],
  ])('the mapping %s is complained of at %s: %s', (mapping, place, expected) => {
    const found = complaints(`${PLAY}  - ${mapping}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`flow.yaml:${place}`);
    expect(found[0]).toContain(expected);
  });

  test('a server is known by its actor and by its host; a UE has one name', () => {
    const [one, other, ue] = read(
      `${PLAY}  - drops SUBSCRIBE to as\n  - drops 200 from ps.home2.net\n  - drops NOTIFY to watcher\n`,
    ).faults;
    expect(one?.match).toMatchObject({ to: 'as', alsoTo: ['ps.home2.net'] });
    expect(other?.match).toMatchObject({ from: 'ps.home2.net', alsoFrom: ['as'] });
    expect(ue?.match.alsoTo).toBeUndefined();
  });

  test('each has its place, and a label for the trace; it must take place unless it says that it may', () => {
    const [, second] = read(`${PLAY}  - drops LIA\n  - drops NOTIFY\n`).faults;
    expect(second).toMatchObject({ label: 'fault 2 (flow.yaml:10)', at: { line: 10 } });
    expect(second?.may).toBeUndefined();
  });

  test.each([
    ['drop SUBSCRIBE to icscf2.home2.net', '; did you mean `drops SUBSCRIBE to icscf2.home2.net`?'],
    ['drops SUBSCRIBE form scscf1.home1.net', '; did you mean `drops SUBSCRIBE from scscf1.home1.net`?'],
    ['drops SUBSCRIBE, onec', '; did you mean `drops SUBSCRIBE, once`?'],
    ['delays LIA by 200 parsecs', '; 200 parsecs: expected a time such as 200 ms'],
    ['dns.lab answers NXDOMAN to NAPTR', '; did you mean `dns.lab answers NXDOMAIN to NAPTR`?'],
    ['hss2.home2.net answer LIA with 5012', '; did you mean `hss2.home2.net answers LIA with 5012`?'],
    [
      'set P-Charging-Vector: icid-value=1;orig-ioi="Type 1" in SUBSCRIBE',
      '; did you mean `sets P-Charging-Vector: icid-value=1;orig-ioi="Type 1" in SUBSCRIBE`?',
    ],
    [
      'replaces "\\"a b\\"" by "c" in NOTIFY form as',
      '; did you mean `replaces "\\"a b\\"" by "c" in NOTIFY from as`?',
    ],
    ['hss2.home2.net answers LIA with 77', '; 77: expected a Result-Code'],
  ])('`%s`: the nearest fault that is taken, or the slot that is wrong: %s', (sentence, expected) => {
    const [text = ''] = complaints(`${PLAY}  - '${sentence}'\n`);
    expect(text.endsWith(expected) ? expected : text).toBe(expected);
    const [, suggested] = /did you mean `([^`]+)`\?$/.exec(text) ?? [];
    expect(suggested === undefined ? [] : complaints(`${PLAY}  - '${suggested}'\n`)).toEqual([]);
  });

  test.each([
    ['drops SUBSCIBE', '9:5', 'there is no method SUBSCIBE; did you mean `SUBSCRIBE`?'],
    ['drops SUBSCRIBE from scsf1.home1.net', '9:5', 'did you mean `scscf1.home1.net`?'],
    [
      'hss2.home2.net answers LIA whitout Server-Name',
      '9:5',
      'did you mean `hss2.home2.net answers LIA without Server-Name`?',
    ],
    ['corrupts SUBSCRIBE: { bites: 3 }', '9:27', 'did you mean `bytes`?'],
    ['drops SUBSCRIBE: { bytes: 3 }', '9:24', 'only of `corrupts`'],
    ['[ drops ]', '9:5', 'expected a fault'],
  ])('`%s` is complained of at %s: %s', (sentence, place, expected) => {
    const found = complaints(`${PLAY}  - ${sentence}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`flow.yaml:${place}`);
    expect(found[0]).toContain(expected);
  });
});

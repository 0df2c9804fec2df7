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

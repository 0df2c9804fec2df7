import { describe, expect, test } from '@jest/globals';
import { knownAt } from '@ims-sim/sip';
import { meantHeader } from '../../src/file/header-names.js';
import { complaints, HEAD, read } from './lab.js';

const PLAY = `${HEAD}play: [ 'wait 1 s' ]\n`;
const FLOW = `${PLAY}flow:
  - step: 1
    title: SUBSCRIBE
    from: watcher
    to: pcscf1.home1.net
    message: |
      SUBSCRIBE tel:+1 SIP/2.0
      Via: SIP/2.0/UDP a
      Max-Forward: 70

      Max-Forwad: a body
`;
const NONE = new Set<string>();

describe('names of headers', () => {
  test.each([
    ['Max-Forward', 'Max-Forwards'],
    ['max-forwarsd', 'Max-Forwards'],
    ['Recrod-Route', 'Record-Route'],
    ['P-Asserted-Identiy', 'P-Asserted-Identity'],
    ['Subcription-State', 'Subscription-State'],
    ['Cseq', undefined],
    ['CALL-ID', undefined],
    ['v', undefined],
    ['X-Forwards', undefined],
    ['X-Via', undefined],
    ['Fro', 'From'],
    ['Tot', 'To'],
    ['Privacy', undefined],
    ['Priority', undefined],
    ['My-Header', undefined],
  ])('%s is meant to be %s', (name, meant) => {
    expect(meantHeader(name, NONE)).toBe(meant);
  });

  test.each(['P-Charging-Vector', 'Security-Verify', 'Service-Route', 'SIP-If-Match', 'Min-Expires'])(
    '%s, which our stack looks for, is known',
    (name) => {
      expect(knownAt(`${name}:`, 0)?.name).toBe(name);
      expect([name, `${name}x`].map((one) => meantHeader(one, NONE))).toEqual([undefined, name]);
    },
  );

  test.each([
    ['a table', FLOW, '16:1: flow.0.message'],
    [
      'a table in quotes',
      `${PLAY}flow: [{ step: 1, title: t, from: as, to: as, message: "A sip:b SIP/2.0\\nMax-Forward: x\\n" }]\n`,
      '8:56: flow.0.message',
    ],
    [
      'what stands beside it',
      `${FLOW.replace('Max-Forward:', 'Max-Forwards:')}    headers: { Max-Forward: any }\n`,
      '19:16: flow.0.headers.Max-Forward',
    ],
    [
      'what the table leaves out',
      `${FLOW.replace('Max-Forward:', 'Expires:')}    alsoOnTheWire: { Max-Forward: { value: '70', why: x } }\n`,
      '19:22: flow.0.alsoOnTheWire.Max-Forward',
    ],
    ['a fault', `${PLAY}faults: [ 'sets Max-Forward: 0 in SUBSCRIBE' ]\n`, '8:11: faults.0'],
    [
      'a fault that is a key to YAML',
      `${PLAY}faults:\n  - sets Max-Forward: 0 in SUBSCRIBE\n`,
      '9:5: faults.0',
    ],
    [
      'a fault that leaves one out',
      `${PLAY}faults: [ removes Max-Forward from SUBSCRIBE ]\n`,
      '8:11: faults.0',
    ],
    [
      'an action',
      `${HEAD}play:\n  - watcher registers: { headers: { Max-Forward: 7 } }\n`,
      '8:37: play.0.headers.Max-Forward',
    ],
    [
      'a mapping',
      `${HEAD}play:\n  - { register: watcher, headers: { Max-Forward: absent } }\n`,
      '8:37: play.0.headers.Max-Forward',
    ],
    [
      'what is taken',
      `${HEAD}play:\n  - watcher registers: { take: { a: { header: Max-Forward } } }\n`,
      '8:47: play.0.take.a.header',
    ],
    [
      'a reaction',
      PLAY.replace('MESSAGE: 486', 'MESSAGE: { status: 200, headers: { Max-Forward: x } }'),
      '6:87: actors.as.on.MESSAGE.headers.Max-Forward',
    ],
  ])('a misspelt one in %s is complained of at its place, unless it is the file’s own', (_, text, place) => {
    const found = complaints(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(
      `flow.yaml:${place}: there is no header Max-Forward; did you mean \`Max-Forwards\`? One of your own`,
    );
    expect(complaints(`${text}ownHeaders: [ max-forward ]\n`)).toEqual([]);
  });

  test('one that is like none is the writer’s own', () => {
    const text = FLOW.replace('Max-Forward:', 'X-Lab:');
    expect(read(text).flow.steps).toHaveLength(1);
  });
});

import { describe, expect, test } from '@jest/globals';
import { complaints, HEAD } from './lab.js';

const STEP = 'from: watcher, to: pcscf1.home1.net, message: "SIP/2.0 200 OK\\nVia: x"';
const step = (number: number, more = ''): string =>
  `  - { title: t, step: ${number}, ${STEP}${more === '' ? '' : `, ${more}`} }\n`;
const PLAY = "play: [ 'wait 1 s' ]\n";

/** Each complaint as `LINE: TEXT`. */
function told(text: string): string[] {
  return complaints(text).map((line) => line.replace(/^flow\.yaml:(\d+):\d+: /, '$1: '));
}

describe('what is wrong in different ways is told at once', () => {
  test('a misspelt key of a step, a second step 2, a regular expression, an actor, an erratum that fits nothing', () => {
    const found = told(
      `${HEAD}play: [ 'nobody registers' ]\nflow:\n` +
        step(1, 'optinal: true') +
        step(2) +
        step(2) +
        step(3, 'headers: { To: { matches: "(" } }') +
        step(4, 'errata: [{ table: nowhere, right: x, why: y }]'),
    );
    expect(found).toEqual([
      expect.stringContaining('7: play.0.register: there is no actor nobody'),
      expect.stringContaining('9: flow.0.optinal: unknown key optinal'),
      '11: flow.2.step: there is a step 2 before',
      expect.stringContaining('12: flow.3.headers.To.matches: expected a regular expression'),
      expect.stringContaining('13: flow.4.message: '),
    ]);
  });

  test('a misspelt key of the file, and of an actor: what stands below is looked at by the name that was meant', () => {
    const head = HEAD.replace('title:', 'titel:').replace('privateIdentity:', 'privatIdentity:');
    const found = told(`${head}${PLAY}flwo:\n${step(1)}${step(1)}`);
    expect(found).toEqual([
      expect.stringContaining('1: titel: unknown key titel'),
      expect.stringContaining('5: actors.watcher.privatIdentity: unknown key'),
      expect.stringContaining('8: flwo: unknown key flwo'),
      '10: flwo.1.step: there is a step 1 before',
    ]);
  });

  test.each([
    ['a value', HEAD.replace('title: t', 'title: [1]'), '1: title: '],
    ['a profile', HEAD.replace('tr-24.841', 'tr-24'), '2: profile: '],
    [
      'an actor',
      HEAD.replace('{ as: ps.home2.net, on:', '{ as: ps.home2.net, off: 1, on:'),
      '6: actors.as.off: ',
    ],
    [
      'an actor without its proxy',
      HEAD.replace(', proxy: pcscf1.home1.net', ''),
      '5: actors.watcher.proxy: ',
    ],
    [
      'an actor that is none',
      HEAD.replace('{ as: ps.home2.net, on: { SUBSCRIBE: silent, MESSAGE: 486 } }', '5'),
      '6: actors.as: ',
    ],
    ['a variable', `variables: { a: [1] }\n${HEAD}`, '1: variables.a: '],
  ])(
    '%s of which the schema complains hides no later complaint, and brings none of its own',
    (_, head, first) => {
      const text = `${head}${PLAY}flow:\n${step(1)}${step(1)}`;
      const line = text.split('\n').length - 1;
      expect(told(text)).toEqual([
        expect.stringContaining(first),
        `${line}: flow.1.step: there is a step 1 before`,
      ]);
    },
  );

  test.each([
    [
      'an action that gives a name',
      'play:\n  - watcher subscrbes to sip:a@home2.net for presence, 60 s: { as: one }\n  - watcher unsubscribes one\n',
      8,
    ],
    [
      'an action that subscribes',
      'play:\n  - watcher registers\n  - watcher subscribs to its registration state\n  - watcher is no longer registered\n',
      9,
    ],
  ])('%s and cannot be read leaves none behind it that is said to miss it', (_, play, line) => {
    expect(told(`${HEAD}${play}`)).toEqual([expect.stringContaining(`${line}: play.`)]);
  });

  test.each([
    ['followed', `${step(1, 'x: 1')}${step(2, 'follows: 1')}`],
    ['the message before', `${step(1, 'x: 1')}${step(2).replace('Via: x', 'Via:')}`],
    ['without a number', `${step(1).replace('step: 1', 'stp: 1')}${step(2, 'follows: 1')}`],
    ['of no kind', `  - { step: 1, title: t }\n${step(2).replace('Via: x', 'Via:')}`],
  ])('a step that cannot be read is there for the others: %s', (_, steps) => {
    expect(told(`${HEAD}${PLAY}flow:\n${steps}`)).toEqual([expect.stringMatching(/^9: /)]);
  });

  test('what many later complaints may come of is among those that are shown', () => {
    const steps = Array.from({ length: 20 }, (_, index) => step(index + 1).replace('pcscf1', 'pscf1')).join(
      '',
    );
    const found = told(`${HEAD}${PLAY}flow:\n${steps}${step(21, 'optinal: true')}quitMs: 5\n`);
    expect(found).toHaveLength(11);
    expect(found.slice(8)).toEqual([
      expect.stringContaining('29: flow.20.optinal: unknown key'),
      expect.stringContaining('30: quitMs: unknown key'),
      'flow.yaml: and 12 more',
    ]);
  });

  test('a fault that is none does not move what is said of the next', () => {
    const found = told(
      `${HEAD}${PLAY}faults:\n  - drps SUBSCRIBE\n  - drops SUBSCRIBE to nobody.home1.net\n`,
    );
    expect(found[0]).toMatch(/^9: faults\.0: /);
    expect(found[1]).toMatch(/^10: faults\.1: there is no actor or element nobody\.home1\.net/);
    expect(found).toHaveLength(2);
  });
});

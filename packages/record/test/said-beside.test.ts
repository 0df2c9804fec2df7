import { expect, test } from '@jest/globals';
import { saidBeside } from '../src/index.js';

function said(...texts: readonly string[]) {
  return saidBeside(
    texts.map((text, index) => ({
      kind: 'decision',
      atUs: index,
      element: 'hss1.home1.net',
      clause: '',
      text,
    })),
  );
}

test('what was done to an element is an action, in its order', () => {
  const { acts, complaints } = said('ready', 'killed (kill -9)', 'starts again', 'restored u@home1.net');
  expect(acts).toEqual([
    { sentence: 'kill hss1.home1.net', element: 'hss1.home1.net', atUs: 1 },
    { sentence: 'restart hss1.home1.net', element: 'hss1.home1.net', atUs: 2 },
  ]);
  expect(complaints).toEqual([]);
});

test('what was lost on purpose is a fault, as often as it was', () => {
  const lost = 'fault 1 (loss.yaml:37): LIA to icscf1.home1.net dropped';
  const { faults } = said(lost, 'fault 2 (loss.yaml:38): 200 of SUBSCRIBE dropped', lost);
  expect(faults).toEqual([
    'drops LIA from hss1.home1.net to icscf1.home1.net, 2 times',
    'drops 200 of SUBSCRIBE from hss1.home1.net, once',
  ]);
});

test('another fault is left to the reader, once', () => {
  const bent = 'fault 3 (x.yaml:1): LIA to icscf1.home1.net without Server-Name';
  expect(said(bent, bent)).toEqual({
    acts: [],
    faults: [],
    complaints: [`hss1.home1.net: ${bent}: write it into \`faults\``],
  });
});

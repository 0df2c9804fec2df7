import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { openRequests } from '../../src/judge/open-requests.js';
import { readScenarioFile } from '../../src/files.js';
import { paperTrace } from '../paper-trace.js';

const FILE = fileURLToPath(new URL('../../../../../scenarios/ts-24.228-6.2.yaml', import.meta.url));
const paper = paperTrace(readScenarioFile(FILE));
const summary = (count: number): string[] =>
  openRequests(paper.slice(0, count)).map(({ from, to, protocol }) => `${protocol} ${from} ${to}`);

const [UE, P, I, H, S] = [
  'UE1',
  'pcscf1.visited1.net',
  'icscf1.home1.net',
  'hss1.home1.net',
  'scscf1.home1.net',
];

describe('requests that wait for their answer', () => {
  test('at the end of a flow there is none', () => {
    expect(openRequests(paper)).toEqual([]);
  });

  test.each([
    ['the REGISTER', 1, [`sip ${UE} ${P}`]],
    ['as it goes on, with the UAR', 3, [`sip ${UE} ${P}`, `sip ${P} ${I}`, `diameter ${I} ${H}`]],
    ['the UAA has come', 4, [`sip ${UE} ${P}`, `sip ${P} ${I}`]],
    ['the 401 is at the I-CSCF', 8, [`sip ${UE} ${P}`, `sip ${P} ${I}`]],
    ['the 401 is at the UE', 10, []],
    ['the MAR', 6, [`sip ${UE} ${P}`, `sip ${P} ${I}`, `sip ${I} ${S}`, `diameter ${S} ${H}`]],
  ])('%s', (_, count, expected) => {
    expect(summary(count)).toEqual(expected);
  });

  test('a provisional response answers nothing', () => {
    const [request, , , , , , , , , answer] = paper;
    if (request?.kind !== 'message' || answer?.kind !== 'message') {
      throw new Error('no message');
    }
    const text = answer.bytes.toString('latin1');
    const trying = {
      ...answer,
      bytes: Buffer.from(text.replace('401 Unauthorized', '100 Trying'), 'latin1'),
    };
    expect(openRequests([request, trying])).toEqual([request]);
    expect(openRequests([request, answer])).toEqual([]);
  });
});

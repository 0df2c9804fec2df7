import { describe, expect, test } from '@jest/globals';
import type { Scenario, StepVerdict, Verdict } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';
import { ladderOf } from '../../src/run/verdict-ladder.js';

const at = (port: number) => ({ address: '10.0.0.1', port });
const record = (id: number): TraceRecord => ({
  ...{ kind: 'message', id, atUs: id, from: 'UE', to: 'pcscf1', protocol: 'sip', transport: 'udp' },
  ...{ source: at(1), destination: at(2), bytes: Buffer.from('MESSAGE sip:a SIP/2.0\r\n\r\n') },
});
const step = (number: number, its: Partial<StepVerdict>): StepVerdict =>
  ({
    step: { kind: 'message', step: number, title: 't', from: 'UE', to: 'pcscf1' },
    ...{ right: true, differences: [], records: [], errata: [] },
    ...its,
  }) as unknown as StepVerdict;

describe('the ladder of a verdict', () => {
  test('a missing step stands where it should have come, an optional one that did not happen nowhere', () => {
    const records = [record(1), record(2)];
    const steps = [
      step(1, { right: false }),
      step(2, { records: records.slice(0, 1) }),
      step(3, { skipped: true }),
      step(4, { right: false }),
      step(5, { records: records.slice(1) }),
    ];
    const verdict = { flow: { clause: '', steps }, steps, unexpected: [] } as unknown as Verdict;
    const scenario = { title: 't', participants: [], faults: [] } as unknown as Scenario;
    const { rows } = ladderOf(scenario, verdict, records);
    expect(rows.map((row) => [row.step, row.mark])).toEqual([
      [1, 'wrong'],
      [2, 'right'],
      [4, 'wrong'],
      [5, 'right'],
    ]);
  });
});

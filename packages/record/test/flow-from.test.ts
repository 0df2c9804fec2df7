import { describe, expect, test } from '@jest/globals';
import { flowFrom, named, type RecordedStep, writeFlow } from '../src/index.js';
import { subscription } from './call.js';

const { records, actors } = named([...subscription(), ...subscription().slice(2, 3)], new Map());
const flow = flowFrom(records, { actors, firstId: 3 });

describe('a flow out of a trace', () => {
  test('each message is a step; one that comes again is none', () => {
    expect(flow.steps.map(({ title }) => title)).toEqual([
      'SUBSCRIBE: UE1 to P-CSCF#1',
      'SUBSCRIBE: P-CSCF#1 to S-CSCF#1',
      '403 Forbidden (SUBSCRIBE): S-CSCF#1 to P-CSCF#1',
      '403 Forbidden (SUBSCRIBE): P-CSCF#1 to UE1',
    ]);
  });

  test('what is as in the message before is empty, what a hop adds in transit is left out', () => {
    expect(tableOf(flow.steps[1])).toBe(`SUBSCRIBE sip:bob@home2.net SIP/2.0
Via: SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bKp1, SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKs1
Max-Forwards: 69
Route: <sip:scscf1.home1.net;lr>
To:
From:
Call-ID:
CSeq:
P-Charging-Vector: icid-value="icid-of-one-run"
Event:
Expires:
Accept:
Contact:
Content-Length: 0
`);
    expect(flow.addressSymbols).toEqual(new Map([['UE1', '[2001:db8::1]']]));
  });

  test('what another run has otherwise is a symbol, a time of day is any', () => {
    expect(flow.symbols).toEqual(['icid-of-one-run']);
    expect(flow.steps[2]).toMatchObject({ headers: { Date: 'any' } });
    expect(writeFlow(flow)).toContain('headers:\n      Date: any\n');
  });
});

function tableOf(step: RecordedStep | undefined): string {
  return step?.kind === 'message' ? step.table : '';
}

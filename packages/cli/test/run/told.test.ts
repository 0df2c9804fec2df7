import { describe, expect, test } from '@jest/globals';
import type { Trace } from '@ims-sim/host';
import { told } from '../../src/run/told.js';

function heard(): { readonly trace: Trace; readonly texts: string[] } {
  const texts: string[] = [];
  const trace: Trace = { enabled: true, message: () => undefined, decision: ({ text }) => texts.push(text) };
  return { trace, texts };
}

describe('the trace says what an operator has told an element', () => {
  test('a registration is taken back by the S-CSCF', async () => {
    const { trace, texts } = heard();
    const command = { kind: 'deregister', publicIdentity: 'sip:u@home1.net', event: 'deactivated' } as const;
    expect(await told(command, trace, () => Promise.resolve(undefined))).toBeUndefined();
    expect(texts).toEqual(['told by the operator: deregister sip:u@home1.net']);
  });

  test('of one that is not registered: the refusal stands there too', async () => {
    const { trace, texts } = heard();
    const command = { kind: 'reauthenticate', publicIdentity: 'sip:u@home1.net', expiresS: 60 } as const;
    expect(await told(command, trace, () => Promise.resolve('not registered'))).toBe('not registered');
    expect(texts).toEqual([
      'told by the operator: have sip:u@home1.net authenticate again within 60 s',
      'refused: have sip:u@home1.net authenticate again within 60 s: not registered',
    ]);
  });

  test("faults are not an operator's word", async () => {
    const { trace, texts } = heard();
    await told({ kind: 'faults', rules: [], seed: 1 }, trace, () => Promise.resolve(undefined));
    expect(texts).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Trace } from '@ims-sim/host';
import { told } from '../../src/run/told.js';

function heard(): { readonly trace: Trace; readonly texts: string[] } {
  const texts: string[] = [];
  const trace: Trace = { enabled: true, message: () => undefined, decision: ({ text }) => texts.push(text) };
  return { trace, texts };
}

describe('the trace says what an operator has told an element', () => {
  test('a subscriber is provisioned: who, and not what stands in it', async () => {
    const { trace, texts } = heard();
    const command = {
      kind: 'provision',
      privateIdentity: 'u@home1.net',
      subscriber: { k: 'secret' },
    } as const;
    expect(await told(command, trace, () => Promise.resolve(undefined))).toBeUndefined();
    expect(texts).toEqual(['told by the operator: provision subscriber u@home1.net']);
  });

  test('one whom the HSS does not have cannot be removed: the refusal stands there too', async () => {
    const { trace, texts } = heard();
    const command = { kind: 'provision', privateIdentity: 'u@home1.net' } as const;
    expect(await told(command, trace, () => Promise.resolve('no such subscriber'))).toBe(
      'no such subscriber',
    );
    expect(texts).toEqual([
      'told by the operator: remove subscriber u@home1.net',
      'refused: remove subscriber u@home1.net: no such subscriber',
    ]);
  });

  test("faults are not an operator's word", async () => {
    const { trace, texts } = heard();
    await told({ kind: 'faults', rules: [], seed: 1 }, trace, () => Promise.resolve(undefined));
    expect(texts).toEqual([]);
  });
});

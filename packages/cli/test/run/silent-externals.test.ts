import { describe, expect, test } from '@jest/globals';
import type { Network } from '@ims-sim/element';
import type { TraceRecord } from '@ims-sim/trace';
import { silentExternals } from '../../src/run/silent-externals.js';

const BOX = { name: 'scscf2.home2.net', external: { at: { address: '127.0.0.1', port: 5070 } } };
const NETWORK = {
  dns: { name: 'dns.lab' },
  elements: [BOX, { name: 'pcscf1.home1.net' }],
} as unknown as Network;
const from = (name: string, to: string): TraceRecord =>
  ({ kind: 'message', from: name, to }) as unknown as TraceRecord;

describe('an external element that is silent is named', () => {
  test('with its address and how often it was written to', () => {
    const records = [from('ue', BOX.name), from('ue', BOX.name)];
    expect(silentExternals(NETWORK, records, 'a.yaml').map(({ text }) => text)).toEqual([
      'nothing came from scscf2.home2.net (external, 127.0.0.1:5070), which was written to 2 times: is it up, and does it listen there?',
    ]);
  });

  test('not where it answered, and not where nobody wrote to it', () => {
    expect(silentExternals(NETWORK, [from('ue', BOX.name), from(BOX.name, 'ue')], 'a.yaml')).toEqual([]);
    expect(silentExternals(NETWORK, [from('ue', 'pcscf1.home1.net')], 'a.yaml')).toEqual([]);
  });
});

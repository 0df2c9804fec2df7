import { describe, expect, test } from '@jest/globals';
import { madeStrange } from '@ims-sim/sip/test-kit';
import fc from 'fast-check';
import { ask, icscf, request, ScriptedHss } from './harness.js';

describe('bad input from the network', () => {
  test.each(['register', 'subscribe'])('%s.sip with anything in it is decided upon', async (file) => {
    await fc.assert(
      fc.asyncProperty(madeStrange(request(file)), async (message) => {
        const hss = new ScriptedHss(
          [{ kind: 'served', serverName: 'sip:scscf2.home2.net' }],
          [{ kind: 'subsequent-registration', serverName: 'sip:scscf2.home2.net' }],
        );
        expect(['reply', 'forward']).toContain((await ask(message, icscf(hss))).kind);
      }),
      { numRuns: 300 },
    );
  });
});

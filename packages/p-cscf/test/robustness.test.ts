import { describe, expect, test } from '@jest/globals';
import { madeStrange } from '@ims-sim/sip/test-kit';
import fc from 'fast-check';
import { lab, registered, request, STRANGER, UE } from './harness.js';

describe('bad input from the network', () => {
  test.each(['register', 'subscribe', 'notify', 'message'])(
    '%s.sip with anything in it is decided upon',
    (file) => {
      fc.assert(
        fc.property(madeStrange(request(file)), (message) => {
          const it = lab();
          it.register();
          for (const from of [UE, STRANGER]) {
            const decision = it.ask(message, from);
            expect(['reply', 'forward']).toContain(decision.kind);
            if (decision.kind === 'forward') decision.onResponse?.(registered(message));
          }
        }),
        { numRuns: 300 },
      );
    },
  );
});

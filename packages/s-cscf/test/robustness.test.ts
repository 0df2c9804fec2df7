import { describe, expect, test } from '@jest/globals';
import { madeStrange } from '@ims-sim/sip/test-kit';
import fc from 'fast-check';
import { criterion, lab, profileOf, request } from './harness.js';

describe('bad input from the network', () => {
  test.each(['register', 'originating', 'terminating', 'notify'])(
    '%s.sip with anything in it is decided upon',
    async (file) => {
      await fc.assert(
        fc.asyncProperty(madeStrange(request(file)), async (message) => {
          const it = lab({ user: profileOf(criterion(0, 'ps.home1.net')) });
          await it.register();
          expect(['reply', 'forward']).toContain((await it.ask(message)).kind);
        }),
        { numRuns: 300 },
      );
    },
  );

  test('a REGISTER with anything in it lets nobody in who has not answered', async () => {
    await fc.assert(
      fc.asyncProperty(madeStrange(request('register')), async (message) => {
        const it = lab({ scscf: { auth: 'required' } });
        it.answers.push({ kind: 'identity-not-registered' });
        const decision = await it.ask({ ...message, method: 'REGISTER' });
        expect(decision.kind).toBe('reply');
        expect(decision.kind === 'reply' && decision.status).toBeGreaterThanOrEqual(400);
        expect(it.scscf.registrar.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

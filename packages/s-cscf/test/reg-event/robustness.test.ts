import { expect, test } from '@jest/globals';
import { responseTo, valueOf, type SipRequest } from '@ims-sim/sip';
import { incoming, madeStrange } from '@ims-sim/sip/test-kit';
import fc from 'fast-check';
import { RegistrationEvents } from '../../src/reg-event/registration-events.js';
import { lab, request } from '../harness.js';

const NAMES = new Set(['scscf1.home1.net']);

/** A SUBSCRIBE of the user to its own registration state. */
const own = request(
  'terminating',
  ['Event: presence', 'Event: reg'],
  ['Accept: application/cpim-pidf+xml', 'Accept: application/reginfo+xml'],
  [
    'P-Asserted-Identity: <sip:user2_public1@home2.net>',
    'P-Asserted-Identity: <sip:user1_public1@home1.net>',
  ],
);

async function notifier() {
  const it = lab({ profile: 'ts-24.141' });
  await it.register();
  const sent: SipRequest[] = [];
  const events = new RegistrationEvents(it.scscf, {
    stack: {
      send: (notify, user) => {
        sent.push(notify);
        user.onResponse(responseTo(notify, 200), undefined as never);
        return { request: undefined, target: undefined, cancel: () => undefined, quit: () => undefined };
      },
    },
  });
  const answers: number[] = [];
  const ask = (message: SipRequest) =>
    events.subscribe({
      ...incoming(message, NAMES),
      transaction: { respond: ({ status }: { status: number }) => answers.push(status) } as never,
    });
  return { ...it, events, sent, answers, ask };
}

test('RFC 6665: a SUBSCRIBE with anything in it is answered once, or is none for the notifier', async () => {
  const it = await notifier();
  await fc.assert(
    fc.asyncProperty(madeStrange(own), async (message) => {
      const { answers, sent } = it;
      answers.length = 0;
      sent.length = 0;
      const decision = it.ask(message);
      expect([undefined, 'reply', 'taken']).toContain(decision?.kind);
      expect(answers).toEqual(decision?.kind === 'taken' ? [200] : []);
      expect(sent.length).toBe(answers.length);
    }),
    { numRuns: 500 },
  );
});

test('RFC 3680: it is bounded: 503 to one subscription too many of one set', async () => {
  const it = await notifier();
  const kinds = Array.from({ length: 40 }, () => it.ask(own)?.kind);
  expect(kinds.filter((kind) => kind === 'taken')).toHaveLength(32);
  expect(it.ask(own)).toMatchObject({ kind: 'reply', status: 503 });
  expect(it.events.size).toBe(32);
  expect(new Set(it.sent.map(({ headers }) => valueOf(headers, 'from'))).size).toBe(32);
});

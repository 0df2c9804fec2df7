import { describe, expect, test } from '@jest/globals';
import { CALLEE_URI, headerOf, twoUes } from './call/two-ues.js';

const ACCEPTS = {
  reaction: (method: string) =>
    method === 'SUBSCRIBE' ? ({ kind: 'answer', status: 200, headers: [] } as const) : undefined,
};

describe('the notifier (RFC 6665 4.2)', () => {
  test('a SUBSCRIBE is accepted, notified, refreshed and ended', async () => {
    const two = await twoUes(ACCEPTS);
    const { caller: watcher, callee: agent, clock } = two;
    const subscription = watcher.subscribe({ uri: CALLEE_URI, event: 'presence', expiresS: 600 });
    expect(await clock.until(subscription.response)).toMatchObject({ response: { status: 200 } });
    const [served] = agent.peer.notifier.open;
    if (served === undefined) throw new Error('no subscription');
    await clock.advance(100_000);
    const body = { contentType: 'application/pidf+xml', body: '<presence/>' };
    const notified = agent.peer.notifier.notify(served, { state: 'active', ...body });
    expect(await clock.until(notified)).toMatchObject({ response: { status: 200 } });
    expect(subscription.notifications[0]).toMatchObject({
      state: { value: 'active', expiresS: 500 },
      body: '<presence/>',
    });
    expect(await clock.until(subscription.refresh(1200))).toMatchObject({ response: { status: 200 } });
    expect(subscription.grantedS).toBe(1200);
    const last = agent.peer.notifier.notify(served, { state: 'terminated;reason=noresource' });
    expect(await clock.until(last)).toMatchObject({ response: { status: 200 } });
    expect(subscription.phase).toBe('ended');
    expect(agent.peer.notifier.open).toEqual([]);
    expect(headerOf(two.messages.at(-2), 'subscription-state')).toBe('terminated;reason=noresource');
    expect(two.sent.filter((what) => what.endsWith('NOTIFY'))).toHaveLength(4);
  });

  test('without being told it accepts none, and has none to notify', async () => {
    const { caller, callee, clock, messages } = await twoUes();
    const subscription = caller.subscribe({ uri: CALLEE_URI, event: 'presence', expiresS: 600 });
    expect(await clock.until(subscription.response)).toMatchObject({ response: { status: 405 } });
    expect(headerOf(messages.at(-1), 'contact')).toBeUndefined(); // RFC 3261 12.1.1: only what makes a dialog has one
    expect(callee.peer.notifier.open).toEqual([]);
  });

  test('RFC 6665 8.2.2: a 489 has the packages that there are, unless it is told which', async () => {
    for (const [headers, expected] of [
      [[], 'reg'],
      [[['Allow-Events', 'dialog']], 'dialog'],
    ] as const) {
      const two = await twoUes({ reaction: () => ({ kind: 'answer', status: 489, headers }) });
      const subscription = two.caller.subscribe({ uri: CALLEE_URI, event: 'presence', expiresS: 600 });
      const outcome = await two.clock.until(subscription.response);
      if (outcome.kind !== 'response') throw new Error('no response');
      expect(headerOf(outcome.response, 'allow-events')).toBe(expected);
    }
  });
});

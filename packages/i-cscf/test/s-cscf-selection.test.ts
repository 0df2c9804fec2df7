import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@ims-sim/host';
import { responseTo } from '@ims-sim/sip';
import { selectSCscf } from '../src/s-cscf-selection.js';
import { SilentServers } from '../src/silent-servers.js';
import { ANYTHING, ask, forwarded, icscf, request, ScriptedHss, valuesOf } from './harness.js';

const EQUALS = ['a', 'b', 'c'].map((name) => ({ name: `${name}.home2.net`, capabilities: [1] }));
const SERVED = { kind: 'served', serverName: 'sip:a.home2.net' } as const;
const ELSEWHERE = { kind: 'unregistered-service', capabilities: ANYTHING } as const;
const REGISTERED = { kind: 'subsequent-registration', serverName: 'sip:a.home2.net' } as const;
const FREE = { kind: 'first-registration', capabilities: ANYTHING } as const;

function clocked() {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  return { clock, silent: new SilentServers(clock) };
}

describe('TS 24.229 5.3.1.2: S-CSCF selection', () => {
  const chosen = (seed: number) => {
    const { silent } = clocked();
    const among = { sCscfs: EQUALS, silent, random: seededRandom(seed) };
    return Array.from({ length: 300 }, () => selectSCscf(ANYTHING, among));
  };

  test('users spread over equals, in the same way with the same seed', () => {
    for (const { name } of EQUALS) expect(chosen(1).filter((one) => one === name).length).toBeGreaterThan(60);
    expect(chosen(1)).toEqual(chosen(1));
    expect(chosen(1)).not.toEqual(chosen(2));
  });

  test('chance has no part where one has more, or the HSS names one', () => {
    const { silent } = clocked();
    const random = {
      uint32: (): number => {
        throw new Error('chance was asked');
      },
    };
    const sCscfs = [...EQUALS, { name: 'd.home2.net', capabilities: [1, 2] }];
    const among = { sCscfs, silent, random };
    expect(selectSCscf({ mandatory: [1], optional: [2], serverNames: [] }, among)).toBe('d.home2.net');
    expect(selectSCscf({ ...ANYTHING, serverNames: ['sip:b.home2.net'] }, among)).toBe('sip:b.home2.net');
  });

  test('one that did not answer lately comes last, also where the HSS names it', () => {
    const { silent } = clocked();
    silent.add('b.home2.net:');
    silent.add('c.home2.net:');
    const among = { sCscfs: EQUALS, silent, random: seededRandom(1) };
    expect(selectSCscf({ ...ANYTHING, serverNames: ['sip:b.home2.net'] }, among)).toBe('a.home2.net');
    expect(selectSCscf(ANYTHING, among, new Set(['a.home2.net:', 'c.home2.net:']))).toBe('b.home2.net');
    expect(selectSCscf({ ...ANYTHING, mandatory: [9] }, among)).toBeUndefined();
  });
});

describe('TS 24.229 5.3.1.3, 5.3.2.2: an S-CSCF that did not answer is not waited for again', () => {
  test('an initial request goes to another at once for 30 s, then to the one that the HSS names', async () => {
    const { clock, silent } = clocked();
    const hss = new ScriptedHss([SERVED, ELSEWHERE, SERVED, ELSEWHERE, SERVED]);
    const element = icscf(hss, { sCscfs: EQUALS, silent });
    const first = forwarded(await ask(request('subscribe'), element));
    expect(valuesOf(first.request, 'route')).toEqual(['<sip:a.home2.net;lr>']);
    await first.onFailure?.({ kind: 'timeout' });
    const second = forwarded(await ask(request('subscribe'), element));
    expect(valuesOf(second.request, 'route')[0]).toMatch(/<sip:[bc]\.home2\.net;lr>/);
    expect(hss.asked).toHaveLength(4);
    clock.nowMs = 30_000;
    const third = forwarded(await ask(request('subscribe'), element));
    expect(valuesOf(third.request, 'route')).toEqual(['<sip:a.home2.net;lr>']);
    expect(silent.size).toBe(0);
  });

  test('where nobody else is to be had it is tried all the same; its answer makes it one that answers', async () => {
    const { silent } = clocked();
    silent.add('a.home2.net:');
    const alone = icscf(new ScriptedHss([SERVED]), { sCscfs: EQUALS.slice(0, 1), silent });
    expect(valuesOf(forwarded(await ask(request('subscribe'), alone)).request, 'route')).toEqual([
      '<sip:a.home2.net;lr>',
    ]);
    const hss = new ScriptedHss([SERVED, SERVED]);
    const forward = forwarded(await ask(request('subscribe'), icscf(hss, { sCscfs: EQUALS, silent })));
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:a.home2.net;lr>']);
    expect(silent.has('a.home2.net:')).toBe(true);
    const response = responseTo(forward.request, 200);
    expect(forward.onResponse?.(response)).toBe(response);
    expect(silent.has('a.home2.net:')).toBe(false);
  });

  test('a REGISTER, too; not a de-registration, and an answer is no silence', async () => {
    const { silent } = clocked();
    const hss = new ScriptedHss([], [REGISTERED, REGISTERED, FREE, REGISTERED, FREE, REGISTERED]);
    const element = icscf(hss, { domain: 'home1.net', sCscfs: EQUALS, silent });
    const first = forwarded(await ask(request('register'), element));
    await first.onFailure?.({ kind: 'response', response: responseTo(first.request, 500) });
    expect(silent.size).toBe(0);
    const again = forwarded(await ask(request('register'), element));
    await again.onFailure?.({ kind: 'timeout' });
    expect(silent.has('a.home2.net:')).toBe(true);
    const second = forwarded(await ask(request('register'), element));
    expect(second.request.uri).toMatch(/sip:[bc]\.home2\.net/);
    const gone = forwarded(await ask(request('register', [';expires=600000', ';expires=0']), element));
    expect(gone.request.uri).toBe('sip:a.home2.net');
  });

  test('an application server that the HSS names is none of the S-CSCFs: it is asked each time', async () => {
    const { silent } = clocked();
    silent.add('as1.home2.net:');
    const hss = new ScriptedHss([{ kind: 'served', serverName: 'sip:as1.home2.net' }]);
    const forward = forwarded(await ask(request('subscribe'), icscf(hss, { sCscfs: EQUALS, silent })));
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:as1.home2.net;lr>']);
  });

  test('what is remembered has a bound', () => {
    const { silent } = clocked();
    for (let i = 0; i < 2000; i++) silent.add(String(i));
    expect([silent.size, silent.has('1999'), silent.has('0')]).toEqual([1000, false, true]);
  });
});

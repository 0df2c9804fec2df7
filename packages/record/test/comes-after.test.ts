import { describe, expect, test } from '@jest/globals';
import type { CapturedMessage } from '@ims-sim/trace';
import { flowFrom, named, type RecordedStep } from '../src/index.js';
import { captured } from './call.js';

const AT = { ue: '10.0.0.1:5061', pcscf: '10.0.0.2:5060', scscf: '10.0.0.3:5060' } as const;
type Name = keyof typeof AT;
const VIA = { ue: '10.0.0.1:5061', pcscf: 'pcscf1.home1.net', scscf: 'scscf1.home1.net' } as const;

let now = 0;
interface Heads {
  readonly call: string;
  readonly cseq: string;
  readonly user?: string;
  /** Further headers and the body. */
  readonly rest?: string;
}

/** One message, 1 ms after the one before. */
function sip(
  from: Name,
  to: Name,
  start: string,
  { call, cseq, user = 'alice', rest = '' }: Heads,
): CapturedMessage {
  const by = start.startsWith('SIP/') ? to : from;
  return captured(
    (now += 1),
    AT[from],
    AT[to],
    `${start}
     Via: SIP/2.0/UDP ${VIA[by]};branch=z9hG4bK${call}${cseq.replace(' ', '')}
     Max-Forwards: 70
     From: <sip:${user}@home1.net>;tag=f
     To: <sip:${user}@home1.net>;tag=t
     Call-ID: ${call}
     CSeq: ${cseq}${rest}`,
  );
}

function follows(messages: readonly CapturedMessage[]): RecordedStep['follows'][] {
  const known = new Map([
    [AT.pcscf, 'pcscf1.home1.net'],
    [AT.scscf, 'scscf1.home1.net'],
  ]);
  const { records } = named(messages, known);
  return flowFrom(records, { actors: ['UE1'] }).steps.map((step) => step.follows);
}

const notify = (call: string, number = 1, user = 'alice'): CapturedMessage =>
  sip('scscf', 'pcscf', `NOTIFY sip:${call}@10.0.0.9 SIP/2.0`, { call, cseq: `${number} NOTIFY`, user });
const ok = (from: Name, to: Name, call: string, cseq: string): CapturedMessage =>
  sip(from, to, 'SIP/2.0 200 OK', { call, cseq });
const subscribe = (from: Name, to: Name, call: string, user = 'alice'): CapturedMessage =>
  sip(from, to, `SUBSCRIBE sip:${user}@home1.net SIP/2.0`, { call, cseq: '1 SUBSCRIBE', user });

describe('what a recorded request comes after', () => {
  test('two that an element begins in one turn come after none, and not after each other', () => {
    expect(follows([notify('a'), notify('b')])).toEqual([undefined, 'none']);
  });

  test('of two subscriptions each is told after its own SUBSCRIBE', () => {
    const steps = [
      subscribe('pcscf', 'scscf', 'a'),
      subscribe('pcscf', 'scscf', 'b'),
      notify('a'),
      notify('b'),
    ];
    expect(follows(steps).slice(2)).toEqual([1, 2]);
  });

  test('the end of what an element began by itself brings about nothing in another call', () => {
    const steps = [
      sip('pcscf', 'scscf', 'REGISTER sip:home1.net SIP/2.0', { call: 'r', cseq: '1 REGISTER' }),
      notify('a'),
      ok('pcscf', 'scscf', 'a', '1 NOTIFY'),
      notify('b'),
    ];
    expect(follows(steps)).toEqual([undefined, undefined, undefined, 1]);
  });

  test('another user’s request brings about nothing', () => {
    const steps = [subscribe('pcscf', 'scscf', 'a'), subscribe('pcscf', 'scscf', 'c', 'carol'), notify('b')];
    expect(follows(steps)[2]).toBe(1);
  });

  test('what a UE begins comes after what it began before, not after what it was told meanwhile', () => {
    const steps = [
      subscribe('ue', 'pcscf', 'a'),
      ok('pcscf', 'ue', 'a', '1 SUBSCRIBE'),
      sip('pcscf', 'ue', 'NOTIFY sip:10.0.0.1 SIP/2.0', { call: 'a', cseq: '1 NOTIFY' }),
      subscribe('ue', 'pcscf', 'b'),
    ];
    expect(follows(steps)[3]).toBe(2);
  });

  test('TS 24.229 5.1.1.5A: a REGISTER that the network asked for comes after the NOTIFY that said so, and only that one', () => {
    const contact =
      '<contact id="1" state="active" event="EVENT" expires="60"><uri>sip:10.0.0.1</uri></contact>';
    const tell = (number: number, event: string): CapturedMessage =>
      sip('pcscf', 'ue', 'NOTIFY sip:10.0.0.1 SIP/2.0', {
        call: 'a',
        cseq: `${number} NOTIFY`,
        rest: `\nEvent: reg\nContent-Type: application/reginfo+xml\n\n<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="${number}" state="full"><registration aor="sip:alice@home1.net" id="r" state="active">${contact.replace('EVENT', event)}</registration></reginfo>`,
      });
    const register = (number: number): CapturedMessage =>
      sip('ue', 'pcscf', 'REGISTER sip:home1.net SIP/2.0', { call: 'r', cseq: `${number} REGISTER` });
    const steps = [
      subscribe('ue', 'pcscf', 'a'),
      ok('pcscf', 'ue', 'a', '1 SUBSCRIBE'),
      tell(1, 'registered'),
      tell(2, 'shortened'),
      ok('ue', 'pcscf', 'a', '2 NOTIFY'),
      register(2),
      ok('pcscf', 'ue', 'r', '2 REGISTER'),
      register(3),
    ];
    const found = follows(steps);
    expect(found[5]).toBe(4);
    expect(found[7]).toBe(undefined); // after the end of the one before, and not again after step 4

    const unasked = [...steps.slice(0, 3), register(2)];
    expect(follows(unasked)[3]).toBe(2);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { CapturedMessage } from '@ims-sim/trace';
import { flowFrom, named, playFrom } from '../src/index.js';
import { captured, subscription } from './call.js';

const [PCSCF, SCSCF] = ['10.0.0.2:5060', '10.0.0.3:5060'];

/** The P-CSCF's subscription to the registration state of `user`, `atMs`. */
function regEvent(atMs: number, user: string): CapturedMessage {
  return captured(
    atMs,
    PCSCF,
    SCSCF,
    `SUBSCRIBE sip:${user}@home1.net SIP/2.0
     Via: SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bKreg${atMs}
     Max-Forwards: 70
     From: <sip:pcscf1.home1.net>;tag=p
     To: <sip:${user}@home1.net>
     Call-ID: reg-${atMs}
     CSeq: 1 SUBSCRIBE
     Event: reg
     Expires: 600`,
  );
}

function titles(messages: readonly CapturedMessage[]): string[] {
  const { records, actors } = named(messages, new Map());
  const { firstId } = playFrom(records, actors, 'ts-24.141');
  return flowFrom(records, { actors, firstId }).steps.map(({ title }) => title);
}

describe('what belongs to a flow', () => {
  test('what a registration before it brings about meanwhile is no step', () => {
    const [register, ok, ...rest] = subscription();
    const first = [register, ok].flatMap((one) => one ?? []);
    const plain = titles(subscription());
    expect(titles([...first, ...rest.slice(0, 1), regEvent(1000, 'alice'), ...rest.slice(1)])).toEqual(plain);
  });

  test('what has no registration before it is one', () => {
    const all = [...subscription(), regEvent(1004, 'carol')];
    expect(titles(all)).toContain('SUBSCRIBE: P-CSCF#1 to S-CSCF#1');
    expect(titles(all)).toHaveLength(titles(subscription()).length + 1);
  });
});

describe('pauses', () => {
  test('a time without messages between two actions, or before what came last, is waited for', () => {
    const later = subscription()
      .slice(2)
      .map((message) => ({
        ...message,
        atUs: message.atUs + 2_000_000,
        bytes: Buffer.from(message.bytes.toString('latin1').replaceAll('c1@', 'c2@'), 'latin1'),
      }));
    const end = regEvent(6003, 'carol');
    const { records, actors } = named([...subscription(), ...later, end], new Map());
    const sentences = playFrom(records, actors, 'ts-24.141').play.map(({ sentence }) => sentence);
    const subscribes = 'UE1 subscribes to sip:bob@home2.net for presence, 3600 s and gets 403';
    expect(sentences).toEqual([subscribes, 'wait 2 s', subscribes, 'wait 4 s']);
  });
});

describe('what another UE writes otherwise', () => {
  test('its Contact is an address, its credentials name the Request-URI', () => {
    const register = captured(
      0,
      '10.0.0.1:5061',
      PCSCF,
      `REGISTER sip:home1.net SIP/2.0
       Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bKr1
       Max-Forwards: 70
       From: <sip:alice@home1.net>;tag=r1
       To: <sip:alice@home1.net>
       Call-ID: r1
       CSeq: 9 REGISTER
       Contact: "Alice" <sip:alice@10.0.0.1:5061;transport=UDP>;q=0.5
       Expires: 600
       Authorization: Digest username="alice", realm="home1.net", nonce="abc", uri="sip:10.0.0.2:5060", response="def"
       Supported: path`,
    );
    const { records, actors } = named([register], new Map());
    const play = playFrom(records, actors, 'ts-24.141');
    expect(play.play).toEqual([
      { sentence: 'UE1 registers, 600 s', options: { headers: { Expires: '600' } } },
    ]);
    const [step] = flowFrom(records, { actors }).steps;
    expect(step).toMatchObject({ headers: { CSeq: { matches: '^\\d+ REGISTER$' }, Contact: 'any' } });
    expect(step?.kind === 'message' ? step.table : '').toContain(
      'Contact: <sip:[2001:db8::1]>\nExpires: 600\nAuthorization: Digest username="alice", realm="home1.net", nonce="abc", uri="sip:home1.net", ',
    );
  });
});

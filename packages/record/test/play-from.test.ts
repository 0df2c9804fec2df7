import { describe, expect, test } from '@jest/globals';
import type { CapturedMessage } from '@ims-sim/trace';
import { flowFrom, named, playFrom, type RecordedPlay } from '../src/index.js';
import { captured, subscription } from './call.js';

const ELEMENTS = new Set(['pcscf1.home1.net', 'scscf1.home1.net']);
const [UE, PCSCF, SCSCF, AS] = ['10.0.0.1:5061', '10.0.0.2:5060', '10.0.0.3:5060', '10.0.0.4:5060'];

function played(messages: readonly CapturedMessage[]): RecordedPlay {
  const { records, actors, servers } = named(messages, new Map(), new Map(), ELEMENTS);
  return playFrom(records, actors, 'ts-24.141', servers);
}

const sentences = (messages: readonly CapturedMessage[]): string[] =>
  played(messages).play.map(({ sentence }) => sentence);

describe('what was not seen from its beginning', () => {
  test('a UE that is served without a registration had one before: it registers, and that is said', () => {
    const served = subscription()
      .slice(2)
      .map((one) => ({
        ...one,
        bytes: Buffer.from(one.bytes.toString('latin1').replace('403 Forbidden', '489 Bad Event'), 'latin1'),
      }));
    const play = played(served);
    expect(play.before.map(({ sentence }) => sentence)).toEqual(['UE1 registers']);
    expect(play.complaints).toEqual([
      expect.stringContaining('UE1: it was registered before the capture began'),
    ]);
  });

  test('one that is forbidden everything may have none (TS 24.229 5.2.6.3.2A)', () => {
    const play = played(subscription().slice(2));
    expect(play.before).toEqual([]);
    expect(play.complaints).toEqual([]);
  });
});

describe('what came again', () => {
  test('is one complaint, and no second action or step', () => {
    const all = subscription();
    const again = [...all.slice(0, 3), ...all.slice(2, 3), ...all.slice(2)];
    const play = played(again);
    expect(play.play).toEqual(played(all).play);
    expect(play.complaints).toEqual([
      expect.stringContaining('2 messages that came again (SUBSCRIBE from UE1 to P-CSCF#1)'),
    ]);
  });

  test('a 100 that came late is optional, one that came at once is not', () => {
    const trying = (atMs: number): CapturedMessage =>
      captured(
        atMs,
        PCSCF,
        UE,
        `SIP/2.0 100 Trying
         Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bKs1
         From: <sip:alice@home1.net>;tag=a1
         To: <sip:bob@home2.net>
         Call-ID: c1@10.0.0.1
         CSeq: 7 SUBSCRIBE`,
      );
    for (const [atMs, optional] of [
      [1001, undefined],
      [1300, true],
    ] as const) {
      const messages = [...subscription(), trying(atMs)].sort((a, b) => a.atUs - b.atUs);
      const { records, actors } = named(messages, new Map());
      const step = flowFrom(records, { actors }).steps.find(({ title }) => title.startsWith('100'));
      expect(step).toBeDefined();
      expect(step?.kind === 'message' ? step.optional : null).toBe(optional);
    }
  });
});

describe('a server that is no element of the network', () => {
  const request = (method: string, id: string): CapturedMessage =>
    captured(
      2000,
      SCSCF,
      AS,
      `${method} sip:bob@home2.net SIP/2.0
       Via: SIP/2.0/UDP scscf1.home1.net;branch=z9hG4bK${id}, SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bK${id}0
       Max-Forwards: 68
       Route: <sip:as1.home1.net;lr>
       From: <sip:alice@home1.net>;tag=${id}
       To: <sip:bob@home2.net>
       Call-ID: ${id}
       CSeq: 1 ${method}`,
    );
  const answer = (method: string, id: string, status: string): CapturedMessage =>
    captured(
      2001,
      AS,
      SCSCF,
      `SIP/2.0 ${status}
       Via: SIP/2.0/UDP scscf1.home1.net;branch=z9hG4bK${id}, SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bK${id}0
       From: <sip:alice@home1.net>;tag=${id}
       To: <sip:bob@home2.net>;tag=as
       Call-ID: ${id}
       CSeq: 1 ${method}`,
    );

  test('is an actor by the host name that leads to it: what it answered, and what it never did', () => {
    const { actors } = played([
      ...subscription(),
      request('MESSAGE', 'm1'),
      answer('MESSAGE', 'm1', '486 Busy Here'),
      request('PUBLISH', 'p1'),
    ]);
    const server = actors.find(({ host }) => host !== undefined);
    expect(server).toMatchObject({ name: 'as1', host: 'as1.home1.net' });
    expect(server?.on).toEqual(
      new Map<string, number | 'silent'>([
        ['MESSAGE', 486],
        ['PUBLISH', 'silent'],
      ]),
    );
  });

  test('an element of the network is none, whatever it does', () => {
    expect(played(subscription()).actors.map(({ name }) => name)).toEqual(['UE1']);
  });
});

describe('a UE by TCP', () => {
  test('is played by UDP: the Vias say so, and a complaint does', () => {
    const byTcp = subscription().map((one): CapturedMessage => ({
      ...one,
      transport: 'tcp',
      bytes: Buffer.from(
        one.bytes
          .toString('latin1')
          .replaceAll('UDP 10.0.0.1:5061', 'TCP 10.0.0.1:5061')
          .replace('<sip:10.0.0.1:5061>', '<sip:10.0.0.1:5061;transport=tcp>'),
        'latin1',
      ),
    }));
    const { records, actors } = named(byTcp, new Map());
    const plain = named(subscription(), new Map());
    expect(flowFrom(records, { actors }).steps).toEqual(
      flowFrom(plain.records, { actors: plain.actors }).steps,
    );
    expect(played(byTcp).complaints).toEqual([
      'UE1: it came by TCP; the test UE that takes its place uses UDP',
    ]);
    expect(sentences(byTcp)).toEqual(sentences(subscription()));
  });
});

describe('what elements begin while nobody does anything', () => {
  const late = (atMs: number, start: string, cseq: string, call = 'late'): CapturedMessage =>
    captured(
      atMs,
      PCSCF,
      UE,
      `${start}
       Via: SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bK${call}${atMs}
       Max-Forwards: 70
       From: <sip:bob@home2.net>;tag=b
       To: <sip:alice@home1.net>;tag=a
       Call-ID: ${call}
       CSeq: ${cseq}`,
    );

  test('a UE waits for its request, however late it comes on a busy machine', () => {
    const said = sentences([...subscription(), late(3500, 'BYE sip:10.0.0.1:5061 SIP/2.0', '1 BYE')]);
    expect(said.slice(1)).toEqual(['UE1 receives BYE within 11 s']);
  });

  test('then time passes, and what it got of that method a second time is not waited for', () => {
    const all = [2000, 2500, 3000].map((atMs, index) =>
      late(atMs, 'MESSAGE sip:10.0.0.1:5061 SIP/2.0', '1 MESSAGE', `late-${index}`),
    );
    const said = sentences([...subscription(), ...all]);
    expect(said.slice(1)).toEqual(['UE1 receives MESSAGE within 7 s', 'wait 2 s']);
  });

  const notify = (atMs: number, number: number, state = 'active'): CapturedMessage =>
    late(
      atMs,
      'NOTIFY sip:10.0.0.1:5061 SIP/2.0',
      `${number} NOTIFY\n       Subscription-State: ${state}`,
      'c1@10.0.0.1',
    );

  test('the first NOTIFY of a subscription is waited for by who subscribes, each further one by itself', () => {
    expect(sentences([...subscription(), notify(1010, 1)]).slice(1)).toEqual([]);
    const said = sentences([...subscription(), notify(1010, 1), notify(3500, 2)]);
    expect(said.slice(1)).toEqual(Array(2).fill('UE1 receives NOTIFY within 11 s'));
  });

  test('what is done after a NOTIFY waits for it, though it came at once; the last one is waited for by who unsubscribes', () => {
    const ends = captured(
      1020,
      UE,
      PCSCF,
      `SUBSCRIBE sip:bob@home2.net SIP/2.0
       Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bKs2
       Max-Forwards: 70
       From: <sip:alice@home1.net>;tag=a1
       To: <sip:bob@home2.net>;tag=b1
       Call-ID: c1@10.0.0.1
       CSeq: 8 SUBSCRIBE
       Event: presence
       Expires: 0`,
    );
    const all = [...subscription(), notify(1010, 1), notify(1015, 2), ends, notify(1030, 3, 'terminated')];
    expect(sentences(all).slice(1)).toEqual([
      'UE1 receives NOTIFY within 7 s',
      'UE1 receives NOTIFY within 7 s',
      'UE1 unsubscribes',
    ]);
  });

  test('one that came at once needs no waiting', () => {
    const said = sentences([...subscription(), late(1010, 'BYE sip:10.0.0.1:5061 SIP/2.0', '1 BYE')]);
    expect(said.slice(1)).toEqual([]);
  });
});

describe('how long a caller waits', () => {
  const hop = (atMs: number, from: string, to: string, start: string, cseq: string): CapturedMessage =>
    captured(
      atMs,
      from,
      to,
      `${start}
       Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9hG4bK${cseq.replace(' ', '')}
       Max-Forwards: 70
       From: <sip:alice@home1.net>;tag=a
       To: <sip:clock@home2.net>${start.startsWith('INVITE') ? '' : ';tag=b'}
       Call-ID: call
       CSeq: ${cseq}`,
    );
  const invite = hop(2000, UE, PCSCF, 'INVITE sip:clock@home2.net SIP/2.0', '1 INVITE');
  const ok = hop(2020, PCSCF, UE, 'SIP/2.0 200 OK', '1 INVITE');
  const rest = [
    hop(2030, UE, PCSCF, 'ACK sip:clock@home2.net SIP/2.0', '1 ACK'),
    hop(2600, UE, PCSCF, 'BYE sip:clock@home2.net SIP/2.0', '2 BYE'),
    hop(2610, PCSCF, UE, 'SIP/2.0 200 OK', '2 BYE'),
  ];
  const ofCall = (messages: readonly CapturedMessage[]): [string, unknown][] =>
    played([...subscription(), ...messages])
      .play.slice(2) // what it did before, and a pause
      .map(({ sentence, options }) => [sentence, options['until']]);

  test('until it is answered, where an element answers', () => {
    expect(ofCall([invite, ok, ...rest])).toEqual([
      ['UE1 invites sip:clock@home2.net', 'answered'],
      ['wait 0.6 s', undefined],
      ['UE1 hangs up', undefined],
    ]);
  });

  test('not where it does something before it is answered, or is refused', () => {
    const options = hop(2010, UE, PCSCF, 'OPTIONS sip:home1.net SIP/2.0', '2 OPTIONS');
    expect(ofCall([invite, options, ok, ...rest])[0]).toEqual(['UE1 invites sip:clock@home2.net', undefined]);
    const busy = hop(2020, PCSCF, UE, 'SIP/2.0 486 Busy Here', '1 INVITE');
    expect(ofCall([invite, busy])[0]).toEqual(['UE1 invites sip:clock@home2.net', undefined]);
  });
});

test('a registration right after another one waits until what that brought about is over, and only then', () => {
  const registration = subscription().slice(0, 2);
  const again = registration.map((one) => ({
    ...one,
    atUs: one.atUs + 50_000,
    bytes: Buffer.from(one.bytes.toString('latin1').replace('CSeq: 1 ', 'CSeq: 2 '), 'latin1'),
  }));
  const behind = captured(
    20,
    PCSCF,
    SCSCF,
    `SUBSCRIBE sip:alice@home1.net SIP/2.0
     Via: SIP/2.0/UDP pcscf1.home1.net;branch=z9hG4bKreg
     Max-Forwards: 70
     From: <sip:pcscf1.home1.net>;tag=p
     To: <sip:alice@home1.net>
     Call-ID: reg
     CSeq: 1 SUBSCRIBE
     Event: reg`,
  );
  const registers = 'UE1 registers, 600 s';
  expect(sentences([...registration, behind, ...again])).toEqual([registers, 'wait 2 s', registers]);
  expect(sentences([...registration, ...again])).toEqual([registers, registers]);
});

import { describe, expect, test } from '@jest/globals';
import { playFromSipp, type RecordedEntry, withPartner, type WithPartner } from '../../src/index.js';

const send = (message: string): string => `<send><![CDATA[
${message}
]]></send>`;
const INVITE = send(
  'INVITE sip:[service]@[remote_ip] SIP/2.0\nCSeq: 1 INVITE\nContent-Type: application/sdp\n\nv=0',
);
const EMPTY_INVITE = send('INVITE sip:[service]@[remote_ip] SIP/2.0\nCSeq: 1 INVITE');
const OK = send('SIP/2.0 200 OK\n[last_CSeq:]');
const BYE = send('BYE sip:x SIP/2.0\nCSeq: 2 BYE');

function completed(...commands: readonly string[]): WithPartner {
  const taken = playFromSipp(`<scenario name="one">${commands.join('\n')}</scenario>`);
  if (typeof taken === 'string') {
    throw new Error(taken);
  }
  return withPartner(taken, { name: 'UE2', actorIdentity: 'sip:one@home1.net' });
}

/** Sentences; what is parallel as lists. */
function sentences(entries: readonly RecordedEntry[]): unknown[] {
  return entries.map(({ sentence, parallel }) => parallel?.map(sentences) ?? sentence);
}

describe('the other side of a SIPp scenario', () => {
  test('a caller is answered: rung where SIPp waits for that, and then as SIPp waits for it', () => {
    const { play, isNeeded, files } = completed(
      INVITE,
      '<recv response="180" optional="true"/><recv response="200"/>',
      send('ACK sip:x SIP/2.0'),
      BYE,
      '<recv response="200"/>',
    );
    expect(sentences(play)).toEqual([
      [
        ['UE1 invites ${target} with body-1.sdp until answered'],
        ['UE2 rings', 'UE2 answers with body-1.sdp'],
      ],
      'UE1 hangs up',
    ]);
    expect(isNeeded).toBe(true);
    expect(files.size).toBe(0);
  });

  test('a caller who is to be refused is', () => {
    const { play } = completed(INVITE, '<recv response="180" optional="true"/><recv response="486"/>');
    expect(sentences(play)).toEqual([
      [['UE1 invites ${target} with body-1.sdp and gets 486'], ['UE2 rejects with 486']],
    ]);
  });

  test('RFC 3261 13.2.1: to an INVITE without an offer he makes one', () => {
    const { play, files } = completed(EMPTY_INVITE, '<recv response="200"/>');
    expect(sentences(play)).toEqual([
      [['UE1 invites ${target} until answered'], ['UE2 answers with offer.sdp']],
    ]);
    expect([...files.keys()]).toEqual(['offer.sdp']);
  });

  test('a callee is called, and hung up on where SIPp waits for that', () => {
    const { play } = completed(
      '<recv request="INVITE"/>',
      send('SIP/2.0 180 Ringing\n[last_CSeq:]'),
      '<pause milliseconds="500"/>',
      OK,
      '<recv request="ACK"/><recv request="BYE"/>',
      OK,
    );
    expect(sentences(play)).toEqual([
      [
        ['UE2 invites sip:one@home1.net until answered', 'UE2 hangs up'],
        ['UE1 rings', 'wait 0.5 s', 'UE1 answers', 'UE1 receives BYE'],
      ],
    ]);
  });

  test('a callee who hangs up himself is not hung up on', () => {
    const { play } = completed(
      '<recv request="INVITE"/>',
      OK,
      '<recv request="ACK"/>',
      BYE,
      '<recv response="200"/>',
    );
    expect(sentences(play)).toEqual([
      [['UE2 invites sip:one@home1.net until answered'], ['UE1 answers', 'UE1 hangs up']],
    ]);
  });

  test('a callee who refuses: the caller gets that', () => {
    const { play } = completed('<recv request="INVITE"/>', send('SIP/2.0 603 Decline\n[last_CSeq:]'));
    expect(sentences(play)).toEqual([
      [['UE2 invites sip:one@home1.net and gets 603'], ['UE1 rejects with 603']],
    ]);
  });

  test('a request that nobody can be made to send is a complaint with its line, and the rest stays', () => {
    const { play, complaints } = completed('<recv request="INFO"/>', OK);
    expect(sentences(play)).toEqual(['UE1 receives INFO']);
    expect(complaints).toEqual([{ line: 2, text: expect.stringContaining('nobody sends UE1 the INFO') }]);
  });

  test('who only registers has nobody at the other side', () => {
    const { isNeeded } = completed(
      send('REGISTER sip:home1.net SIP/2.0\nCSeq: 1 REGISTER'),
      '<recv response="200"/>',
    );
    expect(isNeeded).toBe(false);
  });
});

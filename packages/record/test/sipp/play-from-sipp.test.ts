import { describe, expect, test } from '@jest/globals';
import { playFromSipp, type SippPlay } from '../../src/index.js';

const REGISTER = `REGISTER sip:home1.net SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[field0]@home1.net>;tag=[call_number]
      To: <sip:[field0]@home1.net>
      Call-ID: [call_id]
      CSeq: 1 REGISTER
      Contact: <sip:[local_ip]:[local_port]>
      Expires: 600
      X-Load: [field1]
      X-Own: [tdmmap]
      Content-Length: 0`;
const INVITE = `INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      To: <sip:[service]@home2.net>
      CSeq: 1 INVITE
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      c=IN IP[media_ip_type] [media_ip]
      m=audio [media_port] RTP/AVP 0`;

const send = (message: string): string => `<send><![CDATA[

      ${message}

]]></send>`;
const scenario = (...commands: string[]): string =>
  `<?xml version="1.0" encoding="ISO-8859-1" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<!-- <send> in a comment is none -->
<scenario name="a call">
${commands.join('\n')}
  <ResponseTimeRepartition value="10, 20"/>
</scenario>`;
/** A request that has these of SIPp's variables in it. */
const using = (...names: string[]): string =>
  send(
    `OPTIONS sip:a@home1.net SIP/2.0\nCSeq: 9 OPTIONS\nX-Used: ${names.map((name) => `[$${name}]`).join(' ')}`,
  );
const taken = (...commands: string[]): SippPlay => {
  const play = playFromSipp(scenario(...commands));
  if (typeof play === 'string') {
    throw new Error(play);
  }
  return play;
};
const sentences = (...commands: string[]): string[] =>
  taken(...commands).play.map(({ sentence }) => sentence);

describe('a SIPp scenario taken over', () => {
  test('a registration with its challenge is one action, a header of its own stays, a keyword unknown here is told by its line', () => {
    const play = taken(
      send(REGISTER),
      '<recv response="401" auth="true"/>',
      send(REGISTER),
      '<recv response="200"/>',
    );
    expect(play.play).toMatchObject([
      { sentence: 'UE1 registers, 600 s', options: { headers: { 'X-Load': '${field1}' } } },
    ]);
    expect(play.variables).toEqual(new Map([['field1', 'field1']]));
    expect(play.complaints).toEqual([{ line: 5, text: expect.stringContaining('X-Own') }]);
  });

  test('a call: INVITE to its answer, the pause, BYE; ACK goes by itself', () => {
    const play = taken(
      send(INVITE),
      '<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="200"/>',
      send('ACK sip:x SIP/2.0\nCSeq: 1 ACK'),
      '<pause milliseconds="1500"/>',
      send('BYE sip:x SIP/2.0\nCSeq: 2 BYE'),
      '<recv response="200"/>',
    );
    expect(play.play.map(({ sentence }) => sentence)).toEqual([
      'UE1 invites ${target} with body-1.sdp until answered',
      'wait 1.5 s',
      'UE1 hangs up',
    ]);
    expect(play.files.get('body-1.sdp')).toBe('v=0\nc=IN IP4 127.0.0.1\nm=audio 6000 RTP/AVP 0\n');
    expect(play.complaints).toEqual([]);
  });

  test('a refused call says with what', () => {
    expect(sentences(send(INVITE), '<recv response="486"/>', send('ACK sip:x SIP/2.0\nCSeq: 1 ACK'))).toEqual(
      ['UE1 invites ${target} with body-1.sdp and gets 486'],
    );
  });

  test('the part of a callee: rings, answers, is hung up on', () => {
    expect(
      sentences(
        '<recv request="INVITE"/>',
        send('SIP/2.0 180 Ringing\n[last_Via:]'),
        send('SIP/2.0 200 OK\n[last_Via:]'),
        '<recv request="ACK"/><recv request="BYE"/>',
        send('SIP/2.0 200 OK\n[last_Via:]'),
      ),
    ).toEqual(['UE1 rings', 'UE1 answers', 'UE1 receives BYE']);
  });

  test('a value out of an answer belongs to the action that got it', () => {
    const ereg = '<action><ereg regexp="tag=(.*)" search_in="hdr" header="To:" assign_to="7"/></action>';
    const { play } = taken(send(REGISTER), `<recv response="200">${ereg}</recv>`, using('7'));
    expect(play[0]?.options['take']).toEqual({ var_7: { header: 'To', pattern: '(tag=(?:.*))|$' } });
  });

  test('several variables get the match and its groups, as POSIX has them; what must match must', () => {
    const ereg =
      '<action><ereg regexp="o=([[:alnum:]]*) (\\(x) [(]" search_in="body" check_it="true" assign_to="3,4,5"/></action>';
    const { play } = taken(send(REGISTER), `<recv response="200">${ereg}</recv>`, using('3', '4', '5'));
    expect(play[0]?.options['take']).toEqual({
      var_3: { from: 'body', pattern: '(o=(?:[A-Za-z0-9]*) (?:\\(x) [(])' },
      var_4: { from: 'body', pattern: 'o=([A-Za-z0-9]*) (?:\\(x) [(]' },
      var_5: { from: 'body', pattern: 'o=(?:[A-Za-z0-9]*) (\\(x) [(]' },
    });
  });

  test('a branch at a response that the request waits for is told by its line', () => {
    const { complaints } = taken(
      send(REGISTER),
      '<recv response="403" optional="true" next="1"/><label id="1"/>',
    );
    expect(complaints).toContainEqual({ line: 20, text: expect.stringContaining('a branch') });
  });

  test.each([
    ['a branch', '<recv request="INVITE" next="1"/>', 'a branch'],
    ['a command of the shell', '<nop><action><exec command="ls"/></action></nop>', '<nop>'],
    ['a message of a method that is no action', send('REFER sip:x SIP/2.0\nCSeq: 1 REFER'), 'REFER'],
  ])('%s is told', (_, command, text) => {
    expect(taken(command).complaints[0]?.text).toContain(text);
  });

  test.each([
    [
      'with a condition, as if it did not hold',
      [
        '<recv request="INVITE" test="busy" next="end"/>',
        send('SIP/2.0 200 OK\n[last_CSeq:]'),
        '<label id="end"/>',
      ],
      ['UE1 answers'],
      [],
    ],
    [
      'with one without which it is refused, as if it held',
      [
        '<recv request="INVITE"/>',
        send('SIP/2.0 180 Ringing\n[last_CSeq:]').replace('<send>', '<send test="1" next="ok">'),
        send('SIP/2.0 403 No\n[last_CSeq:]').replace('<send>', '<send next="end">'),
        '<label id="ok"/>',
        send('SIP/2.0 200 OK\n[last_CSeq:]'),
        '<label id="end"/>',
      ],
      ['UE1 rings', 'UE1 answers'],
      ['<send> SIP/2.0 403 No'],
    ],
    [
      'with a response that need not come, as if it did not',
      [
        send(REGISTER),
        '<recv response="403" optional="true" next="end"/><recv response="200"/>',
        '<pause milliseconds="5"/><label id="end"/>',
      ],
      ['UE1 registers, 600 s', 'wait 0.005 s'],
      ['<recv response="403">'],
    ],
    [
      'with a response that need not come, and without which it is refused, as if it did',
      [
        send(REGISTER),
        '<recv response="200" optional="true" next="ok"/><recv response="403"/>',
        '<pause milliseconds="5"/><label id="ok"/>',
      ],
      ['UE1 registers, 600 s'],
      ['<recv response="403">', '<pause milliseconds="5">'],
    ],
    [
      'in a circle, once round',
      ['<label id="1"/><pause milliseconds="5" next="1"/>', '<pause milliseconds="6"/>'],
      ['wait 0.005 s'],
      ['<pause milliseconds="6">'],
    ],
  ])('a way through it %s', (_, commands, sentences, leftOut) => {
    const { play, leftOut: others } = taken(...commands);
    expect(play.map(({ sentence }) => sentence)).toEqual(sentences);
    expect(others.map(({ text }) => text)).toEqual(leftOut);
  });

  test('a value that is taken and never used is not written', () => {
    const { play } = taken(
      send(REGISTER),
      '<recv response="200"><action><ereg regexp="a" search_in="hdr" header="To:" assign_to="1"/></action></recv>',
    );
    expect(play[0]?.options).not.toHaveProperty('take');
  });

  test('a flaw of an <ereg> is told by its own line; of the whole message what names a line of it is taken', () => {
    const play = taken(
      send(REGISTER),
      `<recv response="200">
  <action>
    <ereg regexp="[0-9]+" search_in="msg" assign_to="1"/>
    <ereg regexp="o=([a-z]*)" search_in="msg" check_it="true" assign_to="2"/>
    <ereg regexp="Contact: (.*)" search_in="msg" check_it="true" assign_to="3"/>
  </action>
</recv>`,
      using('2', '3'),
    );
    const { complaints } = play;
    expect(complaints.filter(({ text }) => text.includes('<ereg>'))).toEqual([
      { line: 22, text: expect.stringContaining('over the whole message') },
    ]);
    expect(play.play[0]?.options['take']).toEqual({
      var_2: { from: 'body', pattern: '(o=(?:[a-z]*))' },
      var_3: { header: 'Contact', pattern: '((?:.*))' },
    });
  });

  test('a line is that of the command, not of one whose name begins alike', () => {
    const { complaints } = taken('<recvCmd/>', '<recv request="INVITE" next="1"/>');
    expect(complaints.map(({ line }) => line)).toEqual([5, 6]);
  });

  test('what a UE is never sent, or no method, is told and left out', () => {
    const { play, complaints } = taken(
      '<recv request="REGISTER"/>',
      send('SIP/2.0 200 OK\n[last_CSeq:]'),
      '<recv request=".*" regexp_match="true"/>',
    );
    expect(play).toEqual([]);
    expect(complaints.map(({ text }) => text)).toEqual([
      expect.stringContaining('nobody sends a UE a REGISTER'),
      expect.stringContaining('any request at all (`.*`)'),
    ]);
  });

  test.each([
    ['no XML', 'INVITE sip:x SIP/2.0', 'not a SIPp scenario'],
    ['another document', '<html/>', 'its first element is html'],
  ])('%s is none', (_, text, why) => {
    expect(playFromSipp(text)).toContain(why);
  });
});

import { describe, expect, test } from '@jest/globals';
import { createRequest, responseTo, withBody } from '../../src/message/build.js';
import { reasonPhrase } from '../../src/message/reason-phrase.js';
import { header } from '../../src/message/header.js';
import type { SipRequest } from '../../src/message/message.js';
import { parseMessage } from '../../src/message/parse.js';
import { serialize } from '../../src/message/serialize.js';
import { check } from '../../src/message/validate.js';

function request(to: string): SipRequest {
  const parsed = parseMessage(
    'INVITE sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP b;branch=2,SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP z\r\nMax-Forwards: 70\r\n' +
      `Record-Route: <sip:p;lr>\r\nf:<sip:a@b>;tag=1\r\n${to}\r\nCall-ID: x\r\nTimestamp: 54\r\nCSeq: 1 INVITE\r\n\r\n`,
  );
  if (parsed.kind !== 'message' || parsed.message.kind !== 'request') {
    throw new Error('not a request');
  }
  return parsed.message;
}

describe('RFC 3261 8.2.6: responses', () => {
  test('copies line for line, adds the tag', () => {
    const response = responseTo(request('To: <sip:c@d>'), 200, undefined, {
      toTag: 't1',
      recordRoute: true,
      headers: [header('Expires', '60')],
    });
    expect(serialize(response)).toBe(
      'SIP/2.0 200 OK\r\nv: SIP/2.0/UDP b;branch=2,SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP z\r\nRecord-Route: <sip:p;lr>\r\n' +
        'f:<sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=t1\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nExpires: 60\r\nContent-Length: 0\r\n\r\n',
    );
    expect(check(response)).toBeUndefined();
  });

  test('a tag that is there stays; 100 gets none, and the Timestamp (8.2.6.1)', () => {
    expect(serialize(responseTo(request('t: <sip:c@d>;tag=old'), 486, undefined, { toTag: 't1' }))).toContain(
      '\r\nt: <sip:c@d>;tag=old\r\n',
    );
    const trying = serialize(responseTo(request('To: <sip:c@d>'), 100, undefined, { toTag: 't1' }));
    expect(trying).toContain('\r\nTo: <sip:c@d>\r\n');
    expect(trying).toContain('\r\nTimestamp: 54\r\n');
    expect(trying).not.toContain('Record-Route');
  });

  test('even to a To that cannot be parsed', () => {
    expect(serialize(responseTo(request('To: "x'), 400, 'Bad To', { toTag: 't1' }))).toContain(
      '\r\nTo: "x;tag=t1\r\n',
    );
  });

  test.each([
    [423, 'Interval Too Brief'],
    [489, 'Bad Event'],
    [499, 'Request Failure'],
    [299, 'Success'],
  ])('%d %s', (status, phrase) => {
    expect(reasonPhrase(status)).toBe(phrase);
  });
});

describe('requests and bodies', () => {
  test('Content-Length is that of the body, in bytes', () => {
    const built = createRequest({
      method: 'PUBLISH',
      uri: 'sip:a@b',
      headers: [header('l', '99'), header('Event', 'presence')],
      body: 'héé',
    });
    expect(serialize(built)).toBe(
      'PUBLISH sip:a@b SIP/2.0\r\nEvent: presence\r\nContent-Length: 3\r\n\r\nhéé',
    );
    expect(serialize(withBody(built, 'text/plain', 'x'))).toBe(
      'PUBLISH sip:a@b SIP/2.0\r\nEvent: presence\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx',
    );
  });
});

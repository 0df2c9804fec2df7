import { describe, expect, test } from '@jest/globals';
import { headerKey } from '../../src/message/header-names.js';
import { header } from '../../src/message/header.js';
import { valueOf } from '../../src/message/headers.js';
import { LIMITS, type Parsed, parseMessage } from '../../src/message/parse.js';
import { serialize } from '../../src/message/serialize.js';
import { fromUtf8, toUtf8 } from '../../src/message/text.js';

const REST =
  'Via: SIP/2.0/UDP a\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n';

function parse(startLine: string, headers = REST, body = ''): Parsed {
  return parseMessage(`${startLine}\r\n${headers}\r\n${body}`);
}

function outcome(parsed: Parsed): string {
  return parsed.kind === 'invalid' ? parsed.reason : parsed.kind;
}

describe('RFC 3261 7.1, 7.2: start lines', () => {
  test.each([
    ['OPTIONS sip:a@b SIP/2.0', 'message'],
    ['OPTIONS sip:a@b sip/2.0', 'message'],
    ['SIP/2.0 200 OK', 'message'],
    ['sip/2.0 200 OK', 'message'],
    ['SIP/2.0 200 ', 'message'],
    ['SIP/2.0 200', 'message'],
    ['SIP/2.0 699 x', 'message'],
    ['SIP/2.0 700 x', 'Bad status'],
    ['SIP/2.0 099 x', 'Bad status'],
    ['SIP/2.0 20 x', 'Bad status'],
    ['SIP/2.0 2000 x', 'Bad status'],
    ['SIP/2.0 abc x', 'Bad status'],
    ['SIP/2.0 200OK', 'Bad status'],
    ['SIP/3.0 200 OK', 'Bad status line: not SIP/2.0'],
    ['OPTIONS sip:a@b SIP/2.0 ', 'Bad request line: not method, URI and version'],
    ['OPTIONS\tsip:a@b SIP/2.0', 'Bad request line: not method, URI and version'],
    ['OPTIONS SIP/2.0', 'Bad request line: not method, URI and version'],
    ['OPTIONS sip:a@b  SIP/2.0', 'Bad Request-URI: white space'],
    ['OPT@IONS sip:a@b SIP/2.0', 'Bad method: not a token'],
    ['OPTIONS sip:a@b SIP/2.1', 'Version not supported'],
    ['GET / HTTP/1.1', 'not-sip'],
    ['NOTIFY sip:[5555::aaa]SIP/2.0', 'not-sip'],
    ['', 'not-sip'],
    ['nonsense', 'not-sip'],
  ])('%j: %s', (line, expected) => {
    expect(outcome(parse(line))).toBe(expected);
  });

  test('a wrong response is nothing to answer; another version is, with 505, whatever else is wrong', () => {
    expect(parse('SIP/2.0 700 x')).toEqual({ kind: 'invalid', reason: 'Bad status' });
    expect(parse('OPTIONS sip:a@b SIP/9.0', `${REST}junk\r\n`)).toMatchObject({
      status: 505,
      message: { method: 'OPTIONS' },
    });
  });

  test.each(['', '\r\n\r\n', '\0\0\0\0', 'OPTIONS sip:a@b SIP/2.0', 'OPTIONS sip:a@b SIP/2.0\r'])(
    '%j is no SIP',
    (text) => {
      expect(parseMessage(text)).toEqual({ kind: 'not-sip' });
    },
  );

  test('7.5: empty lines in front are skipped', () => {
    expect(parseMessage(`\r\n\r\nOPTIONS sip:a@b SIP/2.0\r\n${REST}\r\n`).kind).toBe('message');
  });
});

describe('RFC 3261 7.3: header lines', () => {
  const OPTIONS = 'OPTIONS sip:a@b SIP/2.0';

  test.each([
    ['no colon', `${REST}junk\r\n`, 'Bad header line: no name before a colon'],
    ['a colon only in the next line', `junk\r\n${REST}`, 'Bad header line: no name before a colon'],
    ['no name', `${REST}: x\r\n`, 'Bad header line: no name before a colon'],
    ['a space in the name', `${REST}X Y: x\r\n`, 'Bad header line: name is not a token'],
    ['folded at the very start', ` X: x\r\n${REST}`, 'Bad header line: name is not a token'],
    ['a lone LF', REST.replace('\r\nTo', '\nTo'), 'Bad line end: LF without CR'],
    ['a lone CR', `${REST}X: a\rb\r\n`, 'Bad line end: CR without LF'],
    ['a line too long', `${REST}X: ${'a'.repeat(LIMITS.lineBytes)}\r\n`, 'Header line too long'],
    ['too many', REST + 'X: 1\r\n'.repeat(LIMITS.headers), 'Too many headers'],
  ])('%s', (_, headers, reason) => {
    const parsed = parse(OPTIONS, headers);
    expect(outcome(parsed)).toBe(reason);
    expect(parsed).toMatchObject({ message: { kind: 'request', method: 'OPTIONS' } });
  });

  test('LF throughout: refused with what is wrong, and enough to say so', () => {
    const parsed = parseMessage(`OPTIONS sip:a@b SIP/2.0\r\n${REST}\r\n`.replaceAll('\r', ''));
    expect(parsed).toMatchObject({
      kind: 'invalid',
      reason: 'Bad line end: LF without CR',
      message: { uri: 'sip:a@b' },
    });
  });

  test('no empty line', () => {
    expect(outcome(parseMessage(`${OPTIONS}\r\n${REST}`))).toBe('No empty line after the headers');
  });

  test('nothing to answer with: no message', () => {
    expect(parse(OPTIONS, 'junk\r\n')).toMatchObject({ kind: 'invalid', message: undefined });
  });

  test('above the bound: 513', () => {
    expect(parse(OPTIONS, REST, 'x'.repeat(LIMITS.messageBytes))).toMatchObject({
      kind: 'invalid',
      status: 513,
    });
  });

  test('folding with any white space; unknown headers survive in order, byte for byte', () => {
    const text = `${OPTIONS}\r\n${REST}X-b :  1 \r\n \t\r\n\t2 \r\nx-A:\r\nX-b:3\r\n\r\n`;
    const parsed = parseMessage(text);
    if (parsed.kind !== 'message') {
      throw new Error(outcome(parsed));
    }
    expect(valueOf(parsed.message.headers, 'x-b')).toBe('1  2');
    expect(valueOf(parsed.message.headers, 'x-a')).toBe('');
    expect(serialize(parsed.message)).toBe(text);
  });

  test('UTF-8 stays its bytes: no byte of it is white space', () => {
    const subject = toUtf8('voilà'); // ends in the byte A0
    const parsed = parse(OPTIONS, `${REST}Subject: ${subject}\r\n`);
    expect(parsed.kind === 'message' && fromUtf8(valueOf(parsed.message.headers, 'subject') ?? '')).toBe(
      'voilà',
    );
  });

  test.each([
    ['v', 'via'],
    ['VIA', 'via'],
    ['Call-Id', 'call-id'],
    ['O', 'event'],
    ['constructor', 'constructor'],
    ['__proto__', '__proto__'],
  ])('key of %s: %s', (name, key) => {
    expect(headerKey(name)).toBe(key);
    expect(headerKey(name)).toBe(key);
  });

  test('a header to send cannot bring a line of its own', () => {
    expect(header('Subject', 'a\r\nX: b').line).toBe('Subject: a X: b');
  });
});

describe('RFC 3261 18.3, 20.14: Content-Length', () => {
  test.each([
    ['none: to the end of the datagram', '', 'hello', 'hello'],
    ['exact', 'Content-Length: 5\r\n', 'hello', 'hello'],
    ['short: the rest is dropped', 'l: 2\r\n', 'hello', 'he'],
    ['zero', 'Content-Length: 0\r\n', 'hello', ''],
    ['folded', 'Content-Length:\r\n  5\r\n', 'hello', 'hello'],
    ['leading zeros', 'Content-Length: 0005\r\n', 'hello', 'hello'],
  ])('%s', (_, line, body, expected) => {
    const parsed = parse('SIP/2.0 200 OK', REST + line, body);
    expect(parsed.kind === 'message' && parsed.message.body).toBe(expected);
  });

  test.each([
    ['Content-Length: 6\r\n', 'Bad Content-Length: more than the body has'],
    ['Content-Length: -1\r\n', 'Bad Content-Length: not a number'],
    ['Content-Length: 5 5\r\n', 'Bad Content-Length: not a number'],
    ['Content-Length:\r\n', 'Bad Content-Length: not a number'],
    ['Content-Length: 99999999999999999999\r\n', 'Bad Content-Length: not a number'],
    ['Content-Length: 5\r\nl: 4\r\n', 'Bad Content-Length: two that differ'],
  ])('%j: %s', (line, reason) => {
    expect(outcome(parse('SIP/2.0 200 OK', REST + line, 'hello'))).toBe(reason);
  });
});

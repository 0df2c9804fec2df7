import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Framed, StreamFramer } from '../../src/message/framer.js';
import { LIMITS } from '../../src/message/parse.js';

const HEAD = 'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n';
const A = `${HEAD}Content-Length: 5\r\n\r\nhello`;
const B = `${HEAD}l :\r\n 0\r\n\r\n`;
const C = `${HEAD}CONTENT-LENGTH:4\r\nX: content-length\r\n\r\n\r\n\r\n`;

function frame(text: string): readonly Framed[] {
  return new StreamFramer().push(Buffer.from(text, 'latin1'));
}

describe('RFC 3261 18.3: framing by Content-Length', () => {
  test('messages, pings and empty lines', () => {
    expect(frame(`\r\n${A}${B}\r\n\r\n${C}\r\n`)).toEqual([
      { kind: 'message', text: A },
      { kind: 'message', text: B },
      { kind: 'ping' },
      { kind: 'message', text: C },
    ]);
  });

  test.each([
    [`${HEAD}\r\n`, 'Missing Content-Length'],
    [`${HEAD}Content-Length: five\r\n\r\n`, 'Bad Content-Length: not a number'],
    [`${HEAD}Content-Length: -1\r\n\r\n`, 'Bad Content-Length: not a number'],
    [`${HEAD}Content-Length: 1\r\nl: 2\r\n\r\n`, 'Bad Content-Length: two that differ'],
    [`${HEAD}Content-Length: ${LIMITS.messageBytes}\r\n\r\n`, 'Message too large'],
  ])('%j: %s, with the head to answer', (text, reason) => {
    expect(frame(text)).toEqual([{ kind: 'error', reason, text }]);
  });

  test('a head without an end is bounded, and after an error nothing comes', () => {
    const framer = new StreamFramer();
    const chunk = Buffer.alloc(1024, 'x');
    const out = Array.from({ length: 70 }, () => framer.push(chunk)).flat();
    expect(out).toEqual([{ kind: 'error', reason: 'Message too large', text: undefined }]);
    expect(framer.push(Buffer.from(A))).toEqual([]);
  });

  test('the bytes may be used again after the call', () => {
    const framer = new StreamFramer();
    const bytes = Buffer.from(A.slice(0, 40), 'latin1');
    framer.push(bytes);
    bytes.fill(0);
    expect(framer.push(Buffer.from(A.slice(40), 'latin1'))).toEqual([{ kind: 'message', text: A }]);
  });

  test('the same however the bytes are cut', () => {
    const piece = fc.constantFrom(A, B, C, '\r\n', '\r\n\r\n');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 50 }),
        (pieces, sizes) => {
          const stream = Buffer.from(`${pieces.join('')}${A}`, 'latin1');
          const framer = new StreamFramer();
          const out: Framed[] = [];
          for (let at = 0, i = 0; at < stream.length; i++) {
            const size = 1 + (sizes[i % sizes.length] ?? 0);
            out.push(...framer.push(stream.subarray(at, at + size)));
            at += size;
          }
          expect(out).toEqual(new StreamFramer().push(stream));
          expect(out.filter((f) => f.kind === 'message')).toHaveLength(
            pieces.filter((p) => p.length > 4).length + 1,
          );
        },
      ),
    );
  });

  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), (chunks) => {
        const framer = new StreamFramer();
        for (const chunk of chunks) {
          framer.push(chunk);
        }
      }),
    );
  });
});

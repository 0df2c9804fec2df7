import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { avpOf, base, createFramer, encodeMessage } from '../src/index.js';

const message = (text: string): Buffer =>
  encodeMessage({
    flags: 0x80,
    command: 280,
    application: 0,
    hopByHop: 1,
    endToEnd: 2,
    avps: [avpOf(base.userName, text)],
  });

function frame(chunks: readonly Buffer[], maxMessageBytes = 1000) {
  const messages: Buffer[] = [];
  const broken: number[] = [];
  const push = createFramer(maxMessageBytes, {
    onMessage: (bytes) => messages.push(bytes),
    onBroken: (code) => broken.push(code),
  });
  for (const chunk of chunks) push(chunk);
  return { messages: messages.map((bytes) => bytes.toString('hex')), broken };
}

describe('RFC 6733 3: messages out of a stream', () => {
  test('cut anywhere, the same messages come out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 30 }), { maxLength: 5 }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 10 }),
        (texts, cuts) => {
          const messages = texts.map(message);
          const stream = Buffer.concat(messages);
          const edges = [
            0,
            ...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b),
            stream.length,
          ];
          const chunks = edges.slice(1).map((edge, i) => stream.subarray(edges[i], edge));
          expect(frame(chunks)).toEqual({
            messages: messages.map((bytes) => bytes.toString('hex')),
            broken: [],
          });
        },
      ),
    );
  });

  test.each([
    ['version 2: DIAMETER_UNSUPPORTED_VERSION', '02000014', 5011],
    ['shorter than a header: DIAMETER_INVALID_MESSAGE_LENGTH', '01000010', 5015],
    ['not a multiple of four', '01000016', 5015],
    ['longer than the bound', '01100000', 5015],
  ])('7.1.5 %s, once, and nothing after it', (_, start, resultCode) => {
    const good = message('good');
    const bad = Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(16)]);
    expect(frame([Buffer.concat([good, bad, good]), bad])).toEqual({
      messages: [good.toString('hex')],
      broken: [resultCode],
    });
  });

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), (chunks) => {
        frame(chunks.map((chunk) => Buffer.from(chunk)));
      }),
    );
  });
});

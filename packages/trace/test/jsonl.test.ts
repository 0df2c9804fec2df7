import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromJsonLine, toJsonLine, type TraceRecord } from '../src/index.js';
import { mainFlow, sip } from './flow.js';

const record: TraceRecord = {
  kind: 'message',
  id: 1,
  atUs: 1_700_000_000_000_001,
  from: 'ue1',
  to: 'pcscf1.home1.net',
  source: { address: '5555::aaa:bbb:ccc:ddd', port: 5060 },
  destination: { address: '::1', port: 5061 },
  protocol: 'sip',
  transport: 'udp',
  bytes: sip('SUBSCRIBE tel:+1-212-555-2222 SIP/2.0', 'SUBSCRIBE', 'é\u0000'),
};

describe('trace.jsonl', () => {
  test('records are what they were after writing and reading', () => {
    for (const written of [...mainFlow().records, record]) {
      expect(fromJsonLine(toJsonLine(written))).toEqual(written);
    }
  });

  test('any bytes survive, also in SIP', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.constantFrom('sip', 'diameter', 'dns', 'http'),
        (bytes, protocol) => {
          const written = { ...record, protocol, bytes: Buffer.from(bytes) };
          expect(fromJsonLine(toJsonLine(written))).toEqual(written);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a reader finds the time, a summary, and SIP as text', () => {
    const line = JSON.parse(toJsonLine(record)) as Record<string, unknown>;
    expect(line).toMatchObject({
      time: '2023-11-14T22:13:20.000Z',
      source: '[5555::aaa:bbb:ccc:ddd]:5060',
      summary: 'SUBSCRIBE',
      text: expect.stringContaining('Event: presence'),
    });
  });

  test.each([
    ['', 'not JSON'],
    ['[]', '`id`'],
    ['null', 'not a JSON object'],
    ['{"kind":"message","id":1,"atUs":1e300}', '`atUs`'],
    ['{"kind":"other","id":1,"atUs":1}', '`kind`'],
    ['{"kind":"decision","id":1,"atUs":1}', '`clause`'],
    ['{"kind":"message","id":1,"atUs":1,"source":"x"}', '`source`'],
  ])('%j is no record, and the reason is said', (line, reason) => {
    expect(fromJsonLine(line)).toMatchObject({ kind: 'invalid', reason: expect.stringContaining(reason) });
  });

  test('no line makes the reader throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void fromJsonLine(line)));
  });
});

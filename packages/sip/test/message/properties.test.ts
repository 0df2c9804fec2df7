import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addresses,
  callId,
  cseq,
  event,
  expires,
  from,
  maxForwards,
  to,
  topVia,
  values,
  vias,
} from '../../src/message/access.js';
import { responseTo } from '../../src/message/build.js';
import { header } from '../../src/message/header.js';
import type { SipMessage } from '../../src/message/message.js';
import { parseNameAddr } from '../../src/message/name-addr.js';
import { type Parsed, parseMessage } from '../../src/message/parse.js';
import { serialize } from '../../src/message/serialize.js';
import { uriEquals } from '../../src/message/uri-compare.js';
import { formatUri, parseUri } from '../../src/message/uri-parse.js';
import { check } from '../../src/message/validate.js';
import { parseVia } from '../../src/message/via.js';

const TORTURE = new URL('../../../test/message/torture/', import.meta.url);
const SAMPLES = readdirSync(TORTURE).map((name) => readFileSync(new URL(name, TORTURE), 'latin1'));

const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,12}$/);
/** Latin1 text without line breaks or white space at its ends. */
const text = fc
  .array(fc.integer({ min: 32, max: 255 }), { maxLength: 30 })
  .map((codes) => String.fromCharCode(...codes).replace(/^ +| +$/g, ''));
const body = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes));
const headers = fc.array(fc.tuple(token, text), { maxLength: 8 });

const message: fc.Arbitrary<SipMessage> = fc
  .tuple(
    fc.boolean(),
    token,
    fc.stringMatching(/^[!-~]{1,20}$/),
    fc.integer({ min: 100, max: 699 }),
    text,
    headers,
    body,
  )
  .map(([isRequest, method, uri, status, reason, lines, content]) => {
    const list = lines
      .filter(([name]) => !/^(l|content-length)$/i.test(name))
      .map(([name, value]) => header(name, value))
      .concat(header('Content-Length', String(content.length)));
    return isRequest
      ? { kind: 'request', method, uri, headers: list, body: content }
      : { kind: 'response', status, reason, headers: list, body: content };
  });

/** Asks everything that there is to ask. */
function exercise(parsed: Parsed): void {
  if (parsed.kind === 'not-sip' || parsed.message === undefined) {
    return;
  }
  const { message: m } = parsed;
  check(m);
  for (const read of [topVia, vias, from, to, callId, cseq, maxForwards, event, expires]) {
    read(m);
  }
  for (const h of m.headers) {
    addresses(m, h.key);
    values(m, h.key);
  }
  if (m.kind === 'request') {
    serialize(responseTo(m, 400, 'Bad', { toTag: 'x' }));
  }
}

describe('properties of the message', () => {
  test('parse(serialize(m)) is m', () => {
    fc.assert(
      fc.property(message, (m) => {
        const parsed = parseMessage(serialize(m));
        if (parsed.kind !== 'message') {
          throw new Error(JSON.stringify(parsed));
        }
        const shown = (one: SipMessage): unknown => ({
          ...one,
          headers: one.headers.map((h) => [h.key, h.line, h.value]),
        });
        expect(shown(parsed.message)).toEqual(shown(m));
        expect(serialize(parsed.message)).toBe(serialize(m));
      }),
    );
  });

  test('no text makes a parser throw', () => {
    const anything = fc.oneof(body, fc.string());
    fc.assert(
      fc.property(anything, (input) => {
        exercise(parseMessage(input));
        exercise(parseMessage(`OPTIONS sip:a@b SIP/2.0\r\n${input}`));
        exercise(
          parseMessage(
            `OPTIONS sip:a@b SIP/2.0\r\nVia: ${input}\r\nFrom: ${input}\r\nTo: ${input}\r\nRoute: ${input}\r\n\r\n`,
          ),
        );
        parseUri(input);
        parseUri(`sip:${input}`);
        parseUri(`tel:${input}`);
        parseVia(`SIP/2.0/UDP ${input}`);
        parseNameAddr(input);
      }),
      { numRuns: 500 },
    );
  });

  test('no damage to a message makes a parser throw', () => {
    const edit = fc.tuple(fc.nat(2000), fc.nat(20), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(fc.constantFrom(...SAMPLES), fc.array(edit, { maxLength: 4 }), (sample, edits) => {
        let damaged = sample;
        for (const [at, length, put] of edits) {
          damaged = damaged.slice(0, at) + put + damaged.slice(at + length);
        }
        exercise(parseMessage(damaged));
      }),
      { numRuns: 500 },
    );
  });

  test('a URI that parses is itself again, and equal to itself', () => {
    const uri = fc.tuple(
      fc.constantFrom('sip:', 'sips:', 'SIP:', 'tel:+1', 'pres:'),
      fc.stringMatching(/^[a-z0-9@:;=?&%.[\]-]{0,30}$/),
    );
    fc.assert(
      fc.property(uri, ([scheme, rest]) => {
        const parsed = parseUri(scheme + rest);
        if (parsed !== undefined) {
          const again = parseUri(formatUri(parsed));
          expect(again).toEqual(parsed);
          expect(again !== undefined && uriEquals(parsed, again)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

import { type SipMessage, valueOf } from '@ims-sim/sip';
import { xmlDifference } from '@ims-sim/presence';
import type { CompareOptions, Difference } from './compare-message.js';
import { compareSdp } from './compare-sdp.js';
import { compareLines, compareSipfrag } from './compare-text-body.js';
import { compareBodyText } from './compare-uri.js';
import { IN_REGINFO, withTimesOf } from './running-time.js';

/** The body of a table and that of a message, by what the media type says of it; symbols are those of the headers. */
export function compareBody(expected: string, actual: SipMessage, options: CompareOptions): Difference[] {
  if (expected === '') {
    return actual.body === ''
      ? []
      : [{ where: 'body', expected: '', got: actual.body, why: 'none in the table' }];
  }
  const got = Buffer.from(actual.body, 'latin1').toString('utf8');
  const why = got === '' ? 'missing' : difference(expected, got, actual, options);
  return why === undefined ? [] : [{ where: 'body', expected, got, why }];
}

function difference(
  expected: string,
  got: string,
  actual: SipMessage,
  options: CompareOptions,
): string | undefined {
  const type = (valueOf(actual.headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/sdp') {
    return compareSdp(expected, got, options.before?.body, options);
  }
  if (type === 'message/sipfrag') {
    return compareSipfrag(expected, got, options);
  }
  if (!expected.startsWith('<')) {
    return compareLines(expected, got, options);
  }
  const settled = withTimesOf(expected, got, IN_REGINFO, options.lastedS ?? 0);
  const differs = xmlDifference(expected, settled, (e, a) => compareBodyText(e, a, options) === undefined);
  return differs && [differs.path, differs.what].filter((text) => text !== '').join(': ');
}

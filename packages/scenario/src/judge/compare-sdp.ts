import { type BodyDifference, compareLines, linesOf } from './compare-text-body.js';
import { compareBodyText, type Context, isAddressSymbol } from './compare-uri.js';

/**
 * Session descriptions (RFC 4566) line by line. The address of a UE is a symbol, and so is, with it, a port that it takes media on;
 * a line without a value (`c=`) is that of the message before (TS 24.228's way to write it). Undefined: they say the same.
 */
export function compareSdp(
  expected: string,
  actual: string,
  before: string | undefined,
  context: Context,
): BodyDifference | undefined {
  const [wanted, got] = [linesOf(expected), linesOf(actual)];
  const earlier = before === undefined ? [] : linesOf(Buffer.from(before, 'latin1').toString('utf8'));
  let index = -1;
  return compareLines(expected, actual, context, (e, a) => {
    index += 1;
    const [line, other] = [e.trimEnd(), a.trimEnd()];
    if (/^[a-z]=$/.test(line)) {
      return other === (earlier[index] ?? '').trimEnd() ? undefined : 'not as in the message before';
    }
    switch (line.slice(0, 2)) {
      case 'o=':
      case 'c=':
        return words(line, other, (one, two, at) =>
          at > 0 && isAddressSymbol(one, context)
            ? addressOf(context, one, two)
            : compareBodyText(one, two, context),
        );
      case 'm=':
        return words(line, other, (one, two, at) =>
          at === 1
            ? port(context, [one, connection(wanted, index)], [two, connection(got, index)])
            : compareBodyText(one, two, context),
        );
      default:
        return compareBodyText(line, other, context);
    }
  });
}

/** RFC 4566 5.7: the `c=` of the medium at `index`, or of the session. */
function connection(lines: readonly string[], index: number): string {
  const media = lines.findIndex((line, at) => at > index && line.startsWith('m='));
  const own = lines.slice(index + 1, media < 0 ? undefined : media).find((line) => line.startsWith('c='));
  const session = lines
    .slice(
      0,
      lines.findIndex((line) => line.startsWith('m=')),
    )
    .find((line) => line.startsWith('c='));
  return (own ?? session ?? '').trimEnd().split(' ')[2] ?? '';
}

function words(
  expected: string,
  actual: string,
  compare: (expected: string, actual: string, at: number) => string | undefined,
): string | undefined {
  const [e, a] = [expected.split(/ +/), actual.split(/ +/)];
  if (e.length !== a.length) {
    return `${a.length} words, expected ${e.length}`;
  }
  for (const [at, word] of e.entries()) {
    const why = compare(word, a[at] ?? '', at);
    if (why !== undefined) {
      return why;
    }
  }
  return undefined;
}

/** Two UEs may share an address: it is one value for each symbol, not another one for another. */
function addressOf({ symbols }: Context, symbol: string, value: string): string | undefined {
  return /^[\da-f.:]+$/i.test(value)
    ? symbols.agree('media address', symbol, `${symbol} ${value}`) &&
        `another address than ${symbol} stands for elsewhere`
    : 'not an address';
}

/** Port 0 refuses a medium (RFC 3264 6): no symbol. A port of an address that is none is as written. */
function port(
  context: Context,
  [symbol, at]: readonly [string, string],
  [value, atValue]: readonly [string, string],
): string | undefined {
  if (symbol === '0' || value === '0' || !isAddressSymbol(at, context)) {
    return compareBodyText(symbol, value, context);
  }
  return /^\d+(?:\/\d+)?$/.test(value)
    ? context.symbols.agree('media address', `${at} ${symbol}`, `${at} ${atValue} ${value}`) &&
        `another port than ${symbol} of ${at} stands for elsewhere, or another one's`
    : 'not a port';
}

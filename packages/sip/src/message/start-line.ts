import { TOKEN, decimal, isSpace, spanEnd } from './chars.js';

/** What a start line says, and what is wrong with it where it is SIP's but wrong (then the rest is a best guess). */
export type StartLine =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly uri: string;
      readonly flaw: string | undefined;
      /** Of the answer to a flaw, where it is not 400. */
      readonly status: number | undefined;
    }
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly reason: string;
      readonly flaw: string | undefined;
    };

/**
 * Request-Line or Status-Line (RFC 3261 7.1, 7.2); undefined where it is no SIP at all: neither begins nor ends in
 * `SIP/n.n`.
 */
export function parseStartLine(line: string): StartLine | undefined {
  return isVersion(line, 0) ? statusLine(line) : requestLine(line);
}

/**
 * The status is 100 to 699. A line that ends after the status is let in, though the grammar wants a space there: there is
 * no doubt about what it means.
 */
function statusLine(line: string): StartLine {
  const is20 = line.startsWith('2.0 ', 4);
  const status = is20 ? decimal(line, 8, Math.min(11, line.length), 999) : -1;
  const isWhole = line.length === 11 || line.charCodeAt(11) === 32;
  const flaw =
    status < 100 || status > 699 || !isWhole
      ? is20
        ? 'Bad status'
        : 'Bad status line: not SIP/2.0'
      : undefined;
  return { kind: 'response', status, reason: line.slice(12), flaw };
}

function requestLine(line: string): StartLine | undefined {
  const space = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  if (space > 0 && last > space + 1 && last === line.length - 8 && isVersion(line, last + 1)) {
    const method = line.slice(0, space);
    const uri = line.slice(space + 1, last);
    if (line.endsWith('2.0')) {
      const isMethod = spanEnd(line, 0, space, TOKEN) === space;
      const flaw = !isMethod
        ? 'Bad method: not a token'
        : hasSpace(uri)
          ? 'Bad Request-URI: white space'
          : undefined;
      return { kind: 'request', method, uri, flaw, status: undefined };
    }
  }
  return oddRequestLine(line);
}

/** One that ends in `SIP/n.n` all the same: another version, or white space where none may be. */
function oddRequestLine(line: string): StartLine | undefined {
  const words = line.trim().split(/[ \t]+/);
  const [method = '', ...rest] = words;
  const version = rest.pop() ?? '';
  if (!/^SIP\/\d+\.\d+$/i.test(version)) {
    return undefined;
  }
  const uri = rest.join(' ');
  if (!version.endsWith('/2.0')) {
    return { kind: 'request', method, uri, flaw: 'Version not supported', status: 505 };
  }
  return {
    kind: 'request',
    method,
    uri,
    flaw: 'Bad request line: not method, URI and version',
    status: undefined,
  };
}

/** `SIP/` and a digit, in any case (7.1). */
function isVersion(line: string, at: number): boolean {
  const code = line.charCodeAt(at + 4);
  return (
    (line.charCodeAt(at) | 32) === 115 &&
    (line.charCodeAt(at + 1) | 32) === 105 &&
    (line.charCodeAt(at + 2) | 32) === 112 &&
    line.charCodeAt(at + 3) === 47 &&
    code >= 48 &&
    code <= 57
  );
}

function hasSpace(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (isSpace(text.charCodeAt(i))) {
      return true;
    }
  }
  return false;
}

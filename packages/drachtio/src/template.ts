/**
 * A header that the application gave: its name as it spelled it (drachtio-srf writes most in lower case), and in
 * lower case.
 */
export interface Field {
  readonly name: string;
  readonly key: string;
  readonly value: string;
}

/**
 * A SIP message as the application sends it: not whole (no Via, often no From, To, Call-ID, CSeq), lines of one name
 * joined by commas, Content-Length in characters. The endpoint makes a message of it.
 */
export type Template = RequestTemplate | ResponseTemplate;

export interface RequestTemplate {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly fields: readonly Field[];
  readonly body: string;
}

export interface ResponseTemplate {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
  readonly body: string;
}

/** Reads a template out of `text`, from `at` on; undefined where there is no SIP start line or a line is no header. */
export function parseTemplate(text: string, at: number): Template | undefined {
  const startEnd = text.indexOf('\r\n', at);
  if (startEnd < 0) return undefined;
  const fields: Field[] = [];
  let lineAt = startEnd + 2;
  for (;;) {
    let end = text.indexOf('\r\n', lineAt);
    if (end === lineAt) break;
    while (end >= 0 && (text.charCodeAt(end + 2) === 32 || text.charCodeAt(end + 2) === 9)) {
      end = text.indexOf('\r\n', end + 2);
    }
    const colon = text.indexOf(':', lineAt);
    if (end < 0 || colon <= lineAt || colon > end) return undefined;
    const name = text.slice(lineAt, colon);
    fields.push({ name, key: lowerCase(name), value: text.slice(colon + 1, end).trim() });
    lineAt = end + 2;
  }
  return fromStartLine(text.slice(at, startEnd), fields, text.slice(lineAt + 2));
}

export function fieldValue(fields: readonly Field[], key: string): string | undefined {
  for (const field of fields) {
    if (field.key === key) return field.value;
  }
  return undefined;
}

function fromStartLine(line: string, fields: Field[], body: string): Template | undefined {
  if (line.startsWith('SIP/2.0 ')) {
    const status = Number(line.slice(8, 11));
    if (!(status >= 100 && status <= 699)) return undefined;
    return { kind: 'response', status, reason: line.slice(12), fields, body };
  }
  const space = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  if (space <= 0 || last <= space || line.slice(last + 1) !== 'SIP/2.0') return undefined;
  return { kind: 'request', method: line.slice(0, space), uri: line.slice(space + 1, last), fields, body };
}

function lowerCase(name: string): string {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 65 && code <= 90) return name.toLowerCase();
  }
  return name;
}

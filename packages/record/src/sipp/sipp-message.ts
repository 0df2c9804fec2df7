/** The message of a `send`, keywords as they stand. */
export interface SippMessage {
  /** Of a request. */
  readonly method: string | undefined;
  readonly uri: string;
  /** Of a response. */
  readonly status: number | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export function sippMessage(text: string): SippMessage {
  const [head = '', ...rest] = text.split(/\n\s*\n/);
  const [start = '', ...lines] = head.split('\n');
  const [, status] = /^SIP\/2\.0\s+(\d{3})/.exec(start) ?? [];
  const [, method, uri = ''] = /^([A-Z]+)\s+(\S+)\s+SIP\/2\.0/.exec(start) ?? [];
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon > 0 && !line.startsWith('[')
      ? [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]]
      : [];
  });
  const body = rest.join('\n\n').trim();
  return {
    method,
    uri,
    status: status === undefined ? undefined : Number(status),
    headers,
    body: body === '' ? '' : `${body}\n`,
  };
}

/** The value of a header, by its long or short name. */
export function headerOf({ headers }: SippMessage, ...names: readonly string[]): string | undefined {
  return headers.find(([name]) => names.includes(name.toLowerCase()))?.[1];
}

/** What SIPp would put in the place of a keyword in a body: of a media description on this machine. */
const IN_BODIES: Readonly<Record<string, string>> = {
  local_ip: '127.0.0.1',
  local_ip_type: '4',
  media_ip: '127.0.0.1',
  media_ip_type: '4',
  media_port: '6000',
  auto_media_port: '6000',
  remote_ip: '127.0.0.1',
  call_number: '1',
  pid: '1',
  service: 'service',
};

/** A body without keywords, or undefined where one cannot be said here. */
export function plainBody(body: string): string | undefined {
  const plain = body.replace(/\[(\w+)(?:[+-]\d+)?\]/g, (found, name: string) => IN_BODIES[name] ?? found);
  return /\[[\w$]+\]/.test(plain) ? undefined : plain;
}

/** A text with variables in the place of SIPp's (`[$1]`, `[field0]`); undefined where another keyword is left. */
export function withVariables(text: string): string | undefined {
  const said = text.replace(/\[\$(\w+)\]/g, '${var_$1}').replace(/\[field(\d+)[^\]]*\]/g, '${field$1}');
  return /\[\w/.test(said.replace(/\$\{[^}]*\}/g, '')) ? undefined : said;
}

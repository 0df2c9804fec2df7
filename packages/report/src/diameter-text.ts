import {
  AVP_MANDATORY,
  AVP_PROTECTED,
  decodeMessage,
  definitionOf,
  FLAG_ERROR,
  FLAG_PROXIABLE,
  FLAG_REQUEST,
  FLAG_RETRANSMITTED,
  HEADER_BYTES,
  indexAvps,
  type RawAvp,
  valueOf,
} from '@ims-sim/diameter';
import { summarize } from '@ims-sim/trace';
import { meaningOf, resultMeaning } from './diameter-values.js';
import { hexText } from './hex-text.js';

const APPLICATIONS: ReadonlyMap<number, string> = new Map([
  [0, 'Diameter base'],
  [16777216, 'Cx'],
  [16777217, 'Sh'],
  [0xffffffff, 'relay'],
]);
const MAX_AVPS = 2000;
const MAX_DEPTH = 8;

/** A Diameter message in lines, an AVP each by its name, those of a group under it; never throws. */
export function diameterText(bytes: Buffer): string {
  if (bytes.length < HEADER_BYTES) {
    return `Diameter message cut short\n${hexText(bytes)}`;
  }
  const decoding = decodeMessage(bytes, MAX_AVPS);
  const isWhole = decoding.kind === 'message';
  const header = isWhole ? decoding.message : decoding.header;
  const avps = isWhole ? decoding.message.avps : decoding.avps;
  const flags = [
    [FLAG_REQUEST, 'request'],
    [FLAG_PROXIABLE, 'proxiable'],
    [FLAG_ERROR, 'error'],
    [FLAG_RETRANSMITTED, 'retransmitted'],
  ] as const;
  const set = flags.filter(([flag]) => (header.flags & flag) !== 0).map(([, name]) => name);
  const application = APPLICATIONS.get(header.application);
  const lines = [
    summarize('diameter', bytes).label,
    `Command-Code: ${header.command}`,
    `Flags: ${set.length === 0 ? 'none' : set.join(', ')}`,
    `Application-Id: ${header.application}${application === undefined ? '' : ` (${application})`}`,
    `Hop-by-Hop: 0x${header.hopByHop.toString(16).padStart(8, '0')}`,
    `End-to-End: 0x${header.endToEnd.toString(16).padStart(8, '0')}`,
    '',
  ];
  for (const avp of avps) {
    putAvp(avp, 0, lines);
  }
  return (isWhole ? lines : [...lines, '(what follows is malformed)']).join('\n');
}

function putAvp(avp: RawAvp, depth: number, lines: string[]): void {
  const definition = definitionOf(avp.code, avp.vendorId);
  const indent = '  '.repeat(depth);
  const vendor = avp.vendorId === 0 ? '' : ` vendor ${avp.vendorId}`;
  const flags = `${(avp.flags & AVP_MANDATORY) !== 0 ? 'M' : ''}${(avp.flags & AVP_PROTECTED) !== 0 ? 'P' : ''}`;
  const name = definition?.name ?? `AVP ${avp.code}${vendor}`;
  const head = `${indent}${name}${flags.includes('M') ? '' : ' [not mandatory]'}:`;
  if (definition?.type === 'grouped' && depth < MAX_DEPTH) {
    const index = indexAvps(avp.bytes, avp.start, avp.end, MAX_AVPS);
    lines.push(head);
    if (index.kind === 'avps') {
      index.avps.forEach((inner) => putAvp(inner, depth + 1, lines));
    } else {
      lines.push(`${indent}  (malformed) ${hexText(avp.bytes.subarray(avp.start, avp.end))}`);
    }
    return;
  }
  const [first = '', ...more] = valueText(avp).split(/\r?\n/);
  lines.push(`${head} ${first}`, ...more.map((line) => `${indent}  ${line}`));
}

function valueText(avp: RawAvp): string {
  const definition = definitionOf(avp.code, avp.vendorId);
  const bytes = avp.bytes.subarray(avp.start, avp.end);
  const value = definition && valueOf(avp, definition);
  if (definition === undefined || value === undefined) {
    return bytesText(bytes);
  }
  switch (definition.type) {
    case 'time':
      return typeof value === 'number' ? new Date(value).toISOString() : bytesText(bytes);
    case 'octets':
    case 'grouped':
      return bytesText(bytes);
    default: {
      const text = String(value as string | number | bigint);
      const meaning =
        typeof value === 'number'
          ? (resultMeaning(definition.name, value) ?? meaningOf(definition.name, value))
          : undefined;
      return meaning === undefined ? text : `${text} (${meaning})`;
    }
  }
}

/** Text where the bytes are some (a user profile, Sh data), else hexadecimal. */
function bytesText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // eslint-disable-next-line no-control-regex
  return text.length > 0 && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/.test(text)
    ? text
    : hexText(bytes);
}

import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '@ims-sim/element';
import type { EditOptions, ExportOptions } from './command.js';
import { read } from './edit.js';
import { Refused, type AskOptions } from './hss-client.js';
import { atHss } from './say.js';

const LINES = 'application/jsonl';
const XML = 'application/xml';

interface Report {
  readonly stored: number;
  readonly refused: number;
  readonly problems: readonly { readonly line: number; readonly pointer: string; readonly detail: string }[];
  readonly done: readonly string[];
}

/** `ims subscribers import` */
export function importFile(file: string, options: EditOptions): Promise<void> {
  return atHss(options, async (hss) => {
    const text = await (await hss.ask('POST', '/import', bodyOf(file))).text();
    const report = JSON.parse(text) as Report;
    if (options.json) console.log(text);
    else {
      for (const line of report.done) console.log(line);
      console.log(`${String(report.stored)} stored`);
    }
    if (report.refused === 0 && report.stored === 0) throw new UserError(`${file}: no subscriber is in it`);
    if (report.refused > 0) throw new Refused(200, refusals(file, report));
  });
}

/** As a compiler tells them. */
function refusals(file: string, { refused, problems }: Report): string {
  const lines = problems.map(
    ({ line, pointer, detail }) =>
      `\n  ${file}:${String(line)}: ${pointer === '#' ? '' : `${pointer}: `}${detail}`,
  );
  const rest = refused > problems.length ? '\n  …' : '';
  return `${String(refused)} of the file are not stored${lines.join('')}${rest}`;
}

function bodyOf(file: string): AskOptions<string | ReadableStream> {
  if (/\.(?:jsonl|ndjson|xml)$/.test(file)) {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
      throw new UserError(`${file}: no such file`);
    // As a stream: a million of them need not be in memory.
    const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
    return { body, type: file.endsWith('xml') ? XML : LINES };
  }
  const text = read(file);
  return text.trimStart().startsWith('<')
    ? { body: text, type: XML }
    : { body: linesOf(file, text), type: LINES };
}

/** A JSON array, one JSON document, or one a line already. */
function linesOf(file: string, text: string): string {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch (cause) {
    if (!file.endsWith('.json')) return text; // One a line; the HSS says of each what is wrong with it.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${file}: not JSON: ${why} (one subscriber a line? Name it .jsonl)`, { cause });
  }
  const all: unknown[] = Array.isArray(whole) ? whole : [whole];
  return all.map((one) => `${JSON.stringify(one)}\n`).join('');
}

/** `ims subscribers export` */
export function exportAll({ format, secrets, ...options }: ExportOptions): Promise<void> {
  return atHss(options, async (hss) => {
    const response = await hss.ask('GET', `/export${secrets ? '?secrets=true' : ''}`, {
      accept: format === 'xml' ? XML : LINES,
    });
    if (response.body === null) return;
    try {
      await pipeline(Readable.fromWeb(response.body as never), process.stdout, { end: false });
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'EPIPE') return; // Whoever read it has enough: `head`.
      throw new UserError(`the HSS at ${hss.url} broke off: what was written is not all of it`, { cause });
    }
  });
}

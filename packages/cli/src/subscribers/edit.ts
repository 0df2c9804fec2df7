import { readFileSync } from 'node:fs';
import { UserError, whyUnreadable } from '@ims-sim/element';
import type { DeregisterOptions, EditOptions } from './command.js';
import { setFields } from './fields.js';
import { subscriberPath } from './hss-client.js';
import { atHss } from './say.js';

const JSON_TYPE = 'application/json';

interface Answer {
  readonly privateIdentity: string;
  readonly result: string;
  readonly done: string;
}

/** `ims subscribers add` */
export function add(file: string, options: EditOptions): Promise<void> {
  return atHss(options, async (hss) => {
    await tell(await hss.ask('POST', '/subscribers', documentIn(file)), options);
  });
}

/** `ims subscribers change` */
export function change(impi: string, changes: readonly string[], options: EditOptions): Promise<void> {
  return atHss(options, async (hss) => {
    const path = subscriberPath(impi);
    const [file = '', ...more] = changes;
    if (!/^[\w.]+=/.test(file)) {
      if (more.length > 0)
        throw new UserError(`expected one file, or field=value: not ${file} ${more[0] ?? ''}`);
      await tell(await hss.ask('PUT', path, documentIn(file)), options);
      return;
    }
    const document: unknown = await (await hss.ask('GET', `${path}?secrets=true`)).json();
    const body = JSON.stringify(setFields(document, impi, changes));
    await tell(await hss.ask('PUT', path, { body, type: JSON_TYPE }), options);
  });
}

/** `ims subscribers remove` */
export function remove(impi: string, options: EditOptions): Promise<void> {
  return atHss(options, async (hss) => {
    await tell(await hss.ask('DELETE', subscriberPath(impi)), options);
  });
}

/** `ims subscribers deregister` */
export function deregister(
  impi: string,
  impus: readonly string[],
  options: DeregisterOptions,
): Promise<void> {
  return atHss(options, async (hss) => {
    const { reason, info } = options;
    const body = JSON.stringify({
      reason,
      publicIdentities: impus,
      ...(info !== undefined && { reasonInfo: info }),
    });
    await tell(
      await hss.ask('POST', `${subscriberPath(impi)}/deregister`, { body, type: JSON_TYPE }),
      options,
    );
  });
}

async function tell(response: Response, { json }: EditOptions): Promise<void> {
  const text = await response.text();
  if (json) {
    console.log(text);
    return;
  }
  const { privateIdentity, result, done } = JSON.parse(text) as Answer;
  console.log(`${privateIdentity}: ${result}; ${done}`);
}

function documentIn(file: string): { body: string; type: string } {
  const body = read(file);
  if (body.trim() === '')
    throw new UserError(`${file === '-' ? 'standard input' : file}: there is nothing in it`);
  if (body.trimStart().startsWith('<')) return { body, type: 'application/xml' };
  checkJson(file, body);
  return { body, type: JSON_TYPE };
}

/** The HSS would say it in HTTP's words, and without the file. @throws UserError */
function checkJson(file: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${file === '-' ? 'standard input' : file}: not JSON: ${why}`, { cause });
  }
}

/** A whole file, or standard input. @throws UserError where it cannot be read. */
export function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new UserError(`${file}: ${whyUnreadable(cause)}`, { cause });
  }
}

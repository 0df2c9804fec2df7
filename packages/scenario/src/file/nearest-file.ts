import { readdirSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { didYouMean, NotUtf8 } from '@ims-sim/element/files';
import { errorCode } from '@ims-sim/element';

const MAX_ENTRIES = 10_000;
const MAX_NAMED = 5;

/** Why a file that a scenario names, from its folder on, cannot be read; of one that is not there, which it could be. */
export function whyUnread(file: string, folder: string, error: unknown): string {
  if (error instanceof NotUtf8) {
    return `${file}:${error.line}:${error.column}: ${error.message}`;
  }
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `there is no file ${file} beside the scenario${insteadOf(file, folder)}`;
    case 'EISDIR':
      return `${file} is a folder, not a file`;
    default:
      return `the file ${file} cannot be read: ${errorCode(error) ?? String(error)}`;
  }
}

/** The nearest name of the same folder; where none is near, those of the same kind. */
function insteadOf(file: string, folder: string): string {
  const within = dirname(file);
  const names = entriesOf(resolve(folder, within));
  if (names === undefined) {
    return `: there is no folder ${within}`;
  }
  const near = didYouMean(basename(file), names);
  if (near !== '') {
    return didYouMean(
      file,
      names.map((name) => join(within, name)),
    );
  }
  const alike = names.filter((name) => extname(name) === extname(file)).sort();
  const more = alike.length > MAX_NAMED ? ` and ${alike.length - MAX_NAMED} more` : '';
  const shown = alike.slice(0, MAX_NAMED).map((name) => join(within, name));
  return shown.length === 0 ? '' : `; there are: ${shown.join(', ')}${more}`;
}

function entriesOf(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder).slice(0, MAX_ENTRIES);
  } catch {
    return undefined; // the file's own error says the same
  }
}

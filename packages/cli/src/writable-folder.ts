import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '@ims-sim/element';

/**
 * Makes sure, before anything starts, that files can be written into `folder`, which is made where it is not there. `option` is
 * what the user gave it by, for the complaint. Level by level: Node's recursive `mkdirSync` never ends in some places (/proc).
 */
export function writableFolder(option: string, folder: string): void {
  try {
    for (const level of missingLevels(resolve(folder))) {
      mkdirSync(level);
    }
    if (!statSync(folder).isDirectory()) {
      throw new Error('it is a file, not a folder');
    }
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`${option} ${folder}: cannot be written to: ${why}`, { cause: error });
  }
}

/** The folders on the way to `folder` that are not there, outermost first. */
function missingLevels(folder: string): string[] {
  const missing: string[] = [];
  for (let level = folder; !existsSync(level) && level !== dirname(level); level = dirname(level)) {
    missing.unshift(level);
  }
  return missing;
}

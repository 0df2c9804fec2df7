import { z } from 'zod';
import { UserError } from '@ims-sim/element';
import { readYaml } from '@ims-sim/element/files';

export interface InFileOptions {
  /** The key that the path ends with is what is wrong, not its value. */
  readonly ofKey?: boolean | undefined;
}

/**
 * `FILE:LINE:COLUMN` of what stands in a YAML file at a path of keys and indexes, or of the nearest part of it that is there: for what is
 * found wrong once the file has been read. The file alone where it cannot be read any more.
 */
export function placeInFile(
  file: string,
  path: readonly string[],
  { ofKey = false }: InFileOptions = {},
): string {
  try {
    return readYaml(file, z.unknown(), (_, places) => {
      const { line, column } = ofKey ? places.ofKey(path) : places.at(path);
      return { value: `${file}:${line}:${column}`, complaints: [] };
    });
  } catch (error) {
    if (error instanceof UserError) {
      return file; // it has changed meanwhile
    }
    throw error;
  }
}

import { basename, join, relative, resolve, sep } from 'node:path';

export interface OutFolderOptions {
  /** How often each is played. */
  readonly repeat: number;
}

/**
 * The folder of each file's round below `out`: `out` itself for a single run, else one for each, named after the file, and by its way
 * there where two have the same name. No two are the same.
 */
export function outFolders(out: string, files: readonly string[], { repeat }: OutFolderOptions): string[][] {
  if (files.length === 1 && repeat === 1) {
    return [[out]];
  }
  const names = files.map((file) => withoutEnding(basename(file)));
  const counts = new Map<string, number>();
  for (const name of names) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const top = commonFolder(files);
  const taken = new Set<string>();
  const free = (name: string): string => {
    let wanted = name;
    for (let number = 2; taken.has(wanted); number++) {
      wanted = `${name}.${number}`;
    }
    taken.add(wanted);
    return join(out, wanted);
  };
  return files.map((file, index) => {
    const name = names[index] ?? '';
    const path = withoutEnding(relative(top, resolve(file)))
      .split(sep)
      .join('-');
    const unique = (counts.get(name) ?? 0) > 1 ? path : name;
    return Array.from({ length: repeat }, (_, round) =>
      free(repeat === 1 ? unique : `${unique}.${round + 1}`),
    );
  });
}

function withoutEnding(name: string): string {
  return name.replace(/\.ya?ml$/, '');
}

function commonFolder(files: readonly string[]): string {
  const ways = files.map((file) => resolve(file).split(sep).slice(0, -1));
  const [first = []] = ways;
  const length = first.findIndex((part, index) => ways.some((way) => way[index] !== part));
  return first.slice(0, length < 0 ? first.length : length).join(sep) || sep;
}

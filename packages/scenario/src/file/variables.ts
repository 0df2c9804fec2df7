import { type Complaint, didYouMean } from '@ims-sim/element/files';

/** The names of a scenario's variables. */
export interface Scope {
  /** Given in the file, or taken by an action so far. */
  readonly known: ReadonlySet<string>;
  /** Names of actors: `${gateway.address}` and `${gateway.port}` are where one listens. */
  readonly actors: ReadonlySet<string>;
}

/**
 * Complaints of `${name}` that nobody has given a value by then: the file's `variables`, a `take` of an action before, in a `repeat` the
 * round. Branches of `parallel` may use each other's.
 */
export function unknownVariables(
  lists: Readonly<Record<'before' | 'play', readonly unknown[]>>,
  variables: readonly string[],
  actors: readonly string[],
): Complaint[] {
  const complaints: Complaint[] = [];
  let scope: Scope = { known: new Set(variables), actors: new Set(actors) };
  for (const list of ['before', 'play'] as const) {
    for (const [index, entry] of lists[list].entries()) {
      scope = inAction(entry, [list, String(index)], scope, complaints);
    }
  }
  return complaints;
}

function inAction(entry: unknown, path: readonly string[], scope: Scope, complaints: Complaint[]): Scope {
  const { known } = scope;
  if (path.length > MAX_PATH) {
    return scope; // what is nested so deep is complained of where actions are read
  }
  if (typeof entry === 'object' && entry !== null && 'parallel' in entry) {
    const { parallel } = entry;
    const within = { ...scope, known: new Set([...known, ...taken(parallel)]) };
    for (const [branch, actions] of (Array.isArray(parallel) ? (parallel as unknown[]) : []).entries()) {
      for (const [index, action] of (Array.isArray(actions) ? (actions as unknown[]) : []).entries()) {
        inAction(action, [...path, 'parallel', String(branch), String(index)], within, complaints);
      }
    }
    return within;
  }
  if (typeof entry === 'object' && entry !== null && 'repeat' in entry && 'steps' in entry) {
    let within: Scope = { ...scope, known: new Set([...known, 'round']) };
    for (const [index, action] of (Array.isArray(entry.steps) ? (entry.steps as unknown[]) : []).entries()) {
      within = inAction(action, [...path, 'steps', String(index)], within, complaints);
    }
    return {
      ...scope,
      known: new Set([...within.known].filter((name) => name !== 'round' || known.has(name))),
    };
  }
  inValue(entry, path, scope, complaints, 0);
  const more = taken(entry);
  return more.length === 0 ? scope : { ...scope, known: new Set([...known, ...more]) };
}

/** That of the deepest action there may be: eight `parallel`, of three parts each, within a list. */
const MAX_PATH = 26;
/** Deeper than any action is. */
const MAX_DEPTH = 32;

function inValue(
  value: unknown,
  path: readonly string[],
  scope: Scope,
  complaints: Complaint[],
  depth: number,
): void {
  if (typeof value === 'string') {
    inText(value, path, scope, complaints);
  } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
    for (const [key, one] of Object.entries(value)) {
      // what a value is taken by is a regular expression, and may say $ and { itself
      if (key !== 'take') {
        inText(key, [...path, key], scope, complaints);
        inValue(one, [...path, key], scope, complaints, depth + 1);
      }
    }
  }
}

function inText(text: string, path: readonly string[], scope: Scope, complaints: Complaint[]): void {
  if (!text.includes('${')) {
    return;
  }
  const { known, actors } = scope;
  const ofKey = path.at(-1) === text;
  for (const [, name = '', end] of text.matchAll(/\$\{([^{}$\n]*)(\}?)/g)) {
    if (end === '') {
      complaints.push({
        path,
        text: `\`\${${name.slice(0, 40)}\` has no end: expected \`}\` behind the name`,
        ofKey,
      });
    } else if (!known.has(name) && !isPlaceOf(actors, name)) {
      const there = known.size === 0 ? 'there are none' : `there are: ${[...known].join(', ')}`;
      complaints.push({
        path,
        text: `there is no variable ${name}; ${there}${didYouMean(name, known)}`,
        ofKey,
      });
    }
  }
}

function isPlaceOf(actors: ReadonlySet<string>, name: string): boolean {
  const [, actor] = /^(.*)\.(?:address|port)$/.exec(name) ?? [];
  return actor !== undefined && actors.has(actor);
}

/** Complaints of the text of a file that an action sends: of what nobody gives a value, be it earlier or later. */
export function unknownInFile(file: string, text: string, ever: Scope, path: readonly string[]): Complaint[] {
  const complaints: Complaint[] = [];
  inText(text, path, ever, complaints);
  return complaints.map((one) => ({ ...one, text: `${file}: ${one.text}`, ofKey: undefined }));
}

/** All that a scenario ever gives a value, and the round of a `repeat`. */
export function everyVariable(
  lists: Readonly<Record<'before' | 'play', readonly unknown[]>>,
  variables: Readonly<Record<string, unknown>>,
  actors: readonly string[],
): Scope {
  return {
    known: new Set([...Object.keys(variables), ...taken(lists.before), ...taken(lists.play), 'round']),
    actors: new Set(actors),
  };
}

/** A value is put in as it is: a variable within it would never be looked for. */
export function variablesInVariables(variables: Readonly<Record<string, string | number>>): Complaint[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    typeof value === 'string' && value.includes('${')
      ? [
          {
            path: ['variables', name],
            text: 'a value has no variables in it: write out what `${...}` stands for',
          },
        ]
      : [],
  );
}

/** The variables that an action, or those within it, take. */
function taken(value: unknown, depth = 0): string[] {
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) {
    return [];
  }
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) =>
    key === 'take' && typeof one === 'object' && one !== null ? Object.keys(one) : taken(one, depth + 1),
  );
}

import type { Complaint } from '@ims-sim/element/files';

/** What stands for a value that must be there and is not, so that the rest of the file can be looked at. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  title: '',
  profile: 'ts-24.141',
  network: '',
  play: [{ wait: 0 }],
};
const ACTOR = { ue: '', privateIdentity: '', proxy: '' };

type Mapping = Record<string, unknown>;

/**
 * A scenario file's content without what the schema complains of: misspelt keys are those that were meant, wrong values are left out or stand
 * for nothing. Undefined where the rest says nothing without them: no actors, or headers of one's own that are not known.
 */
export function mended(content: unknown, wrong: readonly Complaint[]): unknown {
  const copy: unknown = structuredClone(content);
  if (!isMapping(copy)) {
    return undefined;
  }
  for (const complaint of wrong) {
    if (!mend(copy, complaint)) {
      return undefined;
    }
  }
  return copy;
}

function mend(content: Mapping, { path, ofKey, meant }: Complaint): boolean {
  const [top = '', name, ...within] = path;
  const parent = mappingAt(content, path.slice(0, -1));
  const key = path.at(-1) ?? '';
  if (ofKey === true && parent !== undefined) {
    const value = parent[key];
    Reflect.deleteProperty(parent, key);
    if (meant !== undefined && !(meant in parent)) {
      parent[meant] = value;
    }
    return true;
  }
  if (name === undefined || top === 'network') {
    Reflect.deleteProperty(content, top);
    const standIn = STAND_INS[top];
    if (standIn !== undefined) {
      content[top] = standIn;
    }
    return top !== 'actors' && top !== 'ownHeaders';
  }
  switch (top) {
    case 'ownHeaders':
      return false;
    case 'actors':
      return mendActor(content, name, within, parent);
    case 'variables': {
      const variables = mappingAt(content, [top]);
      if (variables !== undefined) {
        variables[name] = '';
      }
      return variables !== undefined;
    }
    default:
      // an entry of a list stays in its place only with all of them
      Reflect.deleteProperty(content, top);
      return true;
  }
}

/** A key of it that need not be there is left out; one that must be says nothing. */
function mendActor(
  { actors }: Mapping,
  name: string,
  [key]: readonly string[],
  parent: Mapping | undefined,
): boolean {
  if (!isMapping(actors)) {
    return false;
  }
  const actor = actors[name];
  if (key === undefined || parent === undefined || !isMapping(actor)) {
    actors[name] = serverOf(actor) ?? ACTOR;
  } else if (key in ACTOR) {
    actor[key] = '';
  } else if (key in actor) {
    Reflect.deleteProperty(actor, key);
  } else {
    actors[name] = ACTOR;
  }
  return true;
}

/** Its host is named elsewhere. */
function serverOf(actor: unknown): Mapping | undefined {
  const key = ['as', 'agent'].find((one) => isMapping(actor) && typeof actor[one] === 'string');
  return key === undefined || !isMapping(actor) ? undefined : { [key]: actor[key] };
}

function mappingAt(content: unknown, path: readonly string[]): Mapping | undefined {
  let value = content;
  for (const key of path) {
    value = isMapping(value) ? value[key] : undefined;
  }
  return isMapping(value) ? value : undefined;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

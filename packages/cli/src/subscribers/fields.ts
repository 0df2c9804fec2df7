import { UserError } from '@ims-sim/element';

type Json = Record<string, unknown>;

const AKA = ['k', 'opc', 'amf'];

/**
 * The document with `field=value` put in, for the private identity `impi` of it. What is wrong with a value the HSS says.
 * @throws UserError where a path leads nowhere.
 */
export function setFields(document: unknown, impi: string, changes: readonly string[]): unknown {
  const changed = structuredClone(document) as Json;
  for (const change of changes) {
    const [field = '', value] = parted(change);
    if (value === undefined) throw new UserError(`expected field=value, not ${change}`);
    const path = pathOf(field, indexOf(changed, impi));
    // A password takes the place of what was made of the old one.
    if (field === 'password') delete (at(changed, path.slice(0, -1), change) as Json)['ha1'];
    set(changed, path, path.length === 1 || !isSecret(field) ? jsonOr(value) : value, change);
  }
  return changed;
}

function parted(change: string): [string, string | undefined] {
  const equals = change.indexOf('=');
  return equals < 0 ? [change, undefined] : [change.slice(0, equals), change.slice(equals + 1)];
}

function indexOf(document: Json, impi: string): number {
  const identities = document['privateIdentities'] as readonly { readonly identity: string }[];
  return Math.max(
    0,
    identities.findIndex(({ identity }) => identity === impi),
  );
}

function pathOf(field: string, index: number): string[] {
  if (!isSecret(field)) return field.split('.');
  return ['privateIdentities', String(index), AKA.includes(field) ? 'aka' : 'digest', field];
}

/** Those are texts, whatever they look like: a key of digits is no number. */
function isSecret(field: string): boolean {
  return AKA.includes(field) || field === 'password';
}

function set(document: Json, path: readonly string[], value: unknown, change: string): void {
  const parent = at(document, path.slice(0, -1), change);
  const last = path.at(-1) ?? '';
  if (value !== '') (parent as Json)[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent as Json, last);
}

/** What the path leads to; objects on it are made where they are missing. */
function at(document: Json, path: readonly string[], change: string): unknown {
  let current: unknown = document;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || part === '__proto__') {
      throw new UserError(`${change}: the subscription has nothing at ${part}`);
    }
    if (Array.isArray(current) && !(/^\d+$/.test(part) && Number(part) <= current.length)) {
      throw new UserError(`${change}: expected the place in a list, from 0, not ${part}`);
    }
    const parent = current as Json;
    current = parent[part] ??= {};
  }
  if (typeof current !== 'object' || current === null) {
    throw new UserError(`${change}: what is at ${path.join('.')} has no fields`);
  }
  return current;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // A text, then.
  }
}

import { base, cx, digest, sh, type AvpDefinition } from '@ims-sim/diameter';
import { type Complaint, didYouMean } from '@ims-sim/element/files';
import type { AvpExpectation } from '../flow.js';

const MAX_DEPTH = 8;
const MAX_LIST = 1000;

/** By name; grouped where one of the name is. */
const isGrouped = new Map<string, boolean>();
for (const dictionary of [base, digest, cx, sh]) {
  for (const definition of Object.values(dictionary) as AvpDefinition[]) {
    know(definition);
    definition.rules?.forEach(({ avp }) => know(avp));
  }
}

function know({ name, type }: AvpDefinition): void {
  isGrouped.set(name, isGrouped.get(name) === true || type === 'grouped');
}

/** What a step's `avps` say, by name; what they cannot say, and names that no AVP has, are complaints. */
export function avpExpectations(
  avps: Readonly<Record<string, unknown>>,
  path: readonly string[],
  complaints: Complaint[],
): ReadonlyMap<string, AvpExpectation> {
  return new Map(
    Object.entries(avps).flatMap(([name, one]): [string, AvpExpectation][] => {
      const at = [...path, name];
      const grouped = isGrouped.get(name);
      if (grouped === undefined) {
        const text = `there is no AVP ${name}${didYouMean(name, isGrouped.keys())}`;
        complaints.push({ path: at, text, ofKey: true });
        return [];
      }
      const expectation = toExpectation(one, grouped, at, complaints);
      return expectation === undefined ? [] : [[name, expectation]];
    }),
  );
}

function toExpectation(
  one: unknown,
  grouped: boolean,
  path: readonly string[],
  complaints: Complaint[],
): AvpExpectation | undefined {
  if (one === 'absent') {
    return { kind: 'absent' };
  }
  if (one === 'any' || one === 'present') {
    return { kind: 'any' };
  }
  if (Array.isArray(one) && one.length > 0 && one.length <= MAX_LIST && path.length < MAX_DEPTH * 2) {
    const values = one.flatMap((each: unknown, index) => {
      const expectation = Array.isArray(each)
        ? undefined
        : toExpectation(each, grouped, [...path, String(index)], complaints);
      return expectation ?? [];
    });
    return { kind: 'all', values };
  }
  if (!grouped && (typeof one === 'string' || typeof one === 'number')) {
    return { kind: 'is', value: String(one).trim() };
  }
  if (typeof one === 'object' && one !== null && !Array.isArray(one) && path.length < MAX_DEPTH * 2) {
    if (grouped) {
      return { kind: 'group', avps: avpExpectations(one as Record<string, unknown>, path, complaints) };
    }
    if ('matches' in one && typeof one.matches === 'string' && Object.keys(one).length === 1) {
      return pattern(one.matches, path, complaints);
    }
  }
  const value = grouped ? 'a mapping of AVPs' : 'a value, { matches: REGULAR EXPRESSION }';
  complaints.push({ path, text: `expected ${value}, a list of them, \`any\` or \`absent\`` });
  return undefined;
}

function pattern(
  source: string,
  path: readonly string[],
  complaints: Complaint[],
): AvpExpectation | undefined {
  try {
    new RegExp(source);
    return { kind: 'matches', pattern: source };
  } catch {
    complaints.push({ path: [...path, 'matches'], text: 'expected a regular expression' });
    return undefined;
  }
}

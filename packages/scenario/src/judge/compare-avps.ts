import { type AvpGroup, type AvpType, type Decoded, definitionOf, valueOf } from '@ims-sim/diameter';
import type { AvpExpectation } from '../flow.js';
import { compareXml } from './compare-body.js';
import type { Difference } from './compare-message.js';
import { compareBodyText, type Context } from './compare-uri.js';
import { matchPattern } from './user-pattern.js';

type AvpValue = Decoded[AvpType];

/**
 * Every difference between the AVPs that a step names and those of a message or of a grouped AVP; `where` begins each one's place. Text,
 * and octets as UTF-8, are compared with the flow's symbols, documents as XML; what the step does not name may be there.
 */
export function compareAvps(
  expected: ReadonlyMap<string, AvpExpectation>,
  group: AvpGroup,
  where: string,
  context: Context,
): Difference[] {
  return [...expected].flatMap(([name, expectation]) => {
    const values = group.avps.flatMap((raw): AvpValue[] => {
      const definition = definitionOf(raw.code, raw.vendorId);
      const value = definition?.name === name ? valueOf(raw, definition) : undefined;
      return value === undefined ? [] : [value];
    });
    return compareValues(expectation, values, `${where} ${name}`, context);
  });
}

function compareValues(
  expected: AvpExpectation,
  values: readonly AvpValue[],
  where: string,
  context: Context,
): Difference[] {
  const got = values.map(shown).join(', ');
  switch (expected.kind) {
    case 'absent':
      return values.length === 0 ? [] : [{ where, expected: '(absent)', got, why: 'must not be there' }];
    case 'any':
      return values.length > 0 ? [] : [{ where, expected: '(any value)', got, why: 'missing' }];
    case 'all':
      return expected.values.length === values.length
        ? expected.values.flatMap((one, at) => compareValues(one, values.slice(at, at + 1), where, context))
        : [
            {
              where,
              expected: `${expected.values.length} of it`,
              got,
              why: `there are ${values.length}`,
            },
          ];
    case 'matches':
    case 'is':
    case 'group': {
      const [value] = values;
      if (value === undefined || values.length > 1) {
        const why = value === undefined ? 'missing' : `there are ${values.length}, expected one`;
        return [{ where, expected: wanted(expected), got, why }];
      }
      if (expected.kind === 'group') {
        return isGroup(value)
          ? compareAvps(expected.avps, value, where, context)
          : [{ where, expected: wanted(expected), got, why: 'not a grouped AVP' }];
      }
      const why = isGroup(value) ? 'a grouped AVP' : compareOne(expected, shown(value), context);
      return why === undefined ? [] : [{ where, expected: wanted(expected), got, why }];
    }
  }
}

function compareOne(
  expected: Extract<AvpExpectation, { kind: 'matches' | 'is' }>,
  got: string,
  context: Context,
): string | undefined {
  if (expected.kind === 'is') {
    const { value } = expected;
    return value.startsWith('<')
      ? compareXml(value, got, context)?.why
      : compareBodyText(value, got, context);
  }
  const result = matchPattern(expected.pattern, got);
  switch (result.kind) {
    case 'matches':
      return undefined;
    case 'differs':
      return 'does not match the pattern';
    case 'unusable':
      return result.why;
  }
}

function wanted(expected: Extract<AvpExpectation, { kind: 'matches' | 'is' | 'group' }>): string {
  switch (expected.kind) {
    case 'is':
      return expected.value;
    case 'matches':
      return `/${expected.pattern}/`;
    case 'group':
      return `{ ${[...expected.avps.keys()].join(', ')} }`;
  }
}

function isGroup(value: AvpValue): value is AvpGroup {
  return typeof value === 'object' && 'avps' in value;
}

function shown(value: AvpValue): string {
  return isGroup(value)
    ? `{ ${value.avps.map(({ code, vendorId }) => definitionOf(code, vendorId)?.name ?? String(code)).join(', ')} }`
    : typeof value === 'object'
      ? value.toString('utf8')
      : String(value);
}

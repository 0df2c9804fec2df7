import type { z } from 'zod';

/** What zod says of a schema, as far as it is looked at here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
}

/** The keys that a schema knows at a path; none where it is no object there, or one of several. */
export function keysAt(schema: z.core.$ZodType, path: readonly string[]): string[] {
  const [first, ...rest] = path;
  const definition = definitionOf(schema);
  if (first === undefined) {
    return Object.keys(definition.shape ?? {});
  }
  const next = definition.shape?.[first] ?? definition.valueType ?? definition.element;
  return next === undefined ? [] : keysAt(next, rest);
}

/** Of what is within defaults, optional values and refinements. */
function definitionOf(schema: z.core.$ZodType): Definition {
  const definition = schema._zod.def as Definition;
  const within = definition.innerType ?? (definition.type === 'pipe' ? definition.in : undefined);
  return within === undefined ? definition : definitionOf(within);
}

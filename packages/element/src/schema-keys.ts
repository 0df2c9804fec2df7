import type { z } from 'zod';

/** What zod says of a schema, as far as it is looked at here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly in?: z.core.$ZodType;
}

/** The keys that a schema knows at a path, of each alternative that has an object there. */
export function keysAt(schema: z.core.$ZodType, path: readonly string[]): string[][] {
  const { shape, valueType, element, options } = definitionOf(schema);
  if (options !== undefined) {
    return options.flatMap((option) => keysAt(option, path));
  }
  const [first, ...rest] = path;
  if (first === undefined) {
    return shape === undefined ? [] : [Object.keys(shape)];
  }
  const next = shape?.[first] ?? valueType ?? element;
  return next === undefined ? [] : keysAt(next, rest);
}

/** The schema of what stands at a path, through the first alternative that has it. */
export function schemaAt(schema: z.core.$ZodType, path: readonly string[]): z.core.$ZodType | undefined {
  const [first, ...rest] = path;
  if (first === undefined) {
    return schema;
  }
  const { shape, valueType, element, options = [] } = definitionOf(schema);
  for (const option of options) {
    const found = schemaAt(option, path);
    if (found !== undefined) {
      return found;
    }
  }
  const next = shape?.[first] ?? valueType ?? element;
  return next === undefined ? undefined : schemaAt(next, rest);
}

/** Of what is within defaults, optional values and refinements. */
export function definitionOf(schema: z.core.$ZodType): Definition {
  const definition = schema._zod.def as Definition;
  const within = definition.innerType ?? (definition.type === 'pipe' ? definition.in : undefined);
  return within === undefined ? definition : definitionOf(within);
}

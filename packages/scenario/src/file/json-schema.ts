import { networkSchema } from '@ims-sim/element/files';
import { z } from 'zod';
import { actionKinds, type ActionKind } from './action-kinds.js';
import { actionGrammar } from './action-sentences.js';
import { faultGrammar } from './fault-sentences.js';
import { parallelSchema, repeatSchema, scenarioSchema } from './scenario-schema.js';
import type { Grammar } from './sentence.js';
import { anyOrderSchema, stepSchemas } from './step-schema.js';
import { faultOptionsSchema } from './to-fault.js';

export type JsonSchema = Record<string, unknown>;

/** The JSON Schema of a scenario file, for editors: what `readScenarioFile` takes, as far as a schema can say it. */
export function scenarioJsonSchema(): JsonSchema {
  const schema = jsonOf(scenarioSchema);
  const { $schema, ...rest } = schema;
  return {
    $schema,
    title: 'A scenario of ims-sim',
    ...rest,
    $defs: {
      ...(rest.$defs as JsonSchema | undefined),
      ...optionsByKind(),
      action: action(),
      fault: fault(),
      step: {
        anyOf: [...Object.values(stepSchemas).map(innerOf), innerOf(anyOrderSchema)],
      },
    },
  };
}

/** The JSON Schema of a network file. */
export function networkJsonSchema(): JsonSchema {
  const { $schema, ...rest } = jsonOf(networkSchema);
  return { $schema, title: 'A network of ims-sim', ...rest };
}

function jsonOf(schema: z.ZodType, reused: 'ref' | 'inline' = 'ref'): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused }) as JsonSchema;
}

/** A part: what it refers to is that of the whole. */
function innerOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, $defs: __, ...rest } = jsonOf(schema, 'inline');
  return rest;
}

function action(): JsonSchema {
  const optionsOf = (said: object): JsonSchema => {
    const kind = actionKinds.find(({ keys }) => keys.every((key) => key in said));
    return kind === undefined ? {} : { $ref: `#/$defs/${nameOf(kind)}` };
  };
  return {
    anyOf: [
      ...sentences(actionGrammar, (form) => optionsOf(form)),
      ...actionKinds.map(({ schema }) => innerOf(schema)),
      innerOf(parallelSchema),
      innerOf(repeatSchema),
    ],
  };
}

function fault(): JsonSchema {
  return {
    anyOf: [
      ...sentences(faultGrammar, () => innerOf(faultOptionsSchema)),
      {
        description: 'a sentence with a colon in it is a key and a value to YAML',
        type: 'object',
        minProperties: 1,
        maxProperties: 1,
        patternProperties: { '^(sets|replaces) ': { type: ['string', 'number'] } },
        additionalProperties: false,
      },
    ],
  };
}

/** A sentence, and one with options below its colon. */
function sentences<Said extends object>(
  { forms }: Grammar<Said>,
  optionsOf: (said: Said) => JsonSchema,
): JsonSchema[] {
  return [
    {
      description: 'a sentence',
      type: 'string',
      examples: forms.map(({ example }) => example),
      anyOf: forms.map(({ about, jsonPattern }) => ({ description: about, pattern: jsonPattern })),
    },
    {
      description: 'a sentence, and more that is to be said below its colon',
      type: 'object',
      minProperties: 1,
      maxProperties: 1,
      patternProperties: Object.fromEntries(
        forms.map((form) => {
          const found = form.regex.exec(form.example);
          const options = optionsOf(form.to(found?.groups ?? {}));
          // several sentences begin alike: what is said of one of them must not be refused by another
          return [form.jsonPattern, { description: form.about, anyOf: [options, { type: ['null', 'string', 'number'] }] }];
        }),
      ),
      additionalProperties: false,
    },
  ];
}

function optionsByKind(): JsonSchema {
  return Object.fromEntries(actionKinds.map((kind) => [nameOf(kind), optionsAsSchema(kind)]));
}

function nameOf({ keys }: ActionKind): string {
  return `options-${keys.join('-')}`;
}

/** What a kind's mapping has beside the keys that a sentence says; the rest of what it must have may stand in the sentence. */
function optionsAsSchema({ keys, schema }: ActionKind): JsonSchema {
  const { properties, required: _, ...rest } = innerOf(schema) as { properties: JsonSchema; required?: unknown };
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key))),
  };
}

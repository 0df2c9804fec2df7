import { networkSchema } from '@ims-sim/element/files';
import { z } from 'zod';
import type { ActionKind } from './action-kind.js';
import { actionKinds } from './action-kinds.js';
import { actionGrammar } from './action-sentences.js';
import { type FaultKind, faultKinds } from './fault-kinds.js';
import { faultGrammar } from './fault-sentences.js';
import { parallelSchema, repeatSchema, scenarioSchema } from './scenario-schema.js';
import type { Grammar } from './sentence.js';
import { anyOrderSchema, stepSchemas } from './step-schema.js';
import { faultOptionsSchema } from './to-fault.js';

export type JsonSchema = Record<string, unknown>;

/** The JSON Schema of a scenario file, for editors: what `readScenarioFile` takes, as far as a schema can say it. */
export function scenarioJsonSchema(): JsonSchema {
  // all at once, so that what many parts have stands there once
  const parts = z.object({
    scenario: scenarioSchema,
    faultOptions: faultOptionsSchema,
    parallel: parallelSchema,
    repeat: repeatSchema,
    ...Object.fromEntries(actionKinds.map((kind) => [nameOf(kind), kind.schema])),
    ...Object.fromEntries(faultKinds.map((kind) => [nameOfFault(kind), kind.schema])),
    anyOrder: anyOrderSchema,
    ...Object.fromEntries(Object.entries(stepSchemas).map(([key, schema]) => [`step-${key}`, schema])),
  });
  const { $schema, $defs, properties } = jsonOf(parts) as {
    $schema: string;
    $defs: JsonSchema;
    properties: Record<string, JsonSchema>;
  };
  const { scenario, ...others } = properties;
  const options = actionKinds.map(
    (kind) => [`options-${nameOf(kind)}`, optionsOf(kind, properties)] as const,
  );
  return {
    $schema,
    title: 'A scenario of ims-sim',
    ...scenario,
    $defs: {
      ...$defs,
      ...others,
      ...Object.fromEntries(options),
      action: action(),
      fault: fault(),
      step: { anyOf: [...Object.keys(stepSchemas).map((key) => ref(`step-${key}`)), ref('anyOrder')] },
    },
  };
}

/** The JSON Schema of a network file. */
export function networkJsonSchema(): JsonSchema {
  const { $schema, ...rest } = jsonOf(networkSchema);
  return { $schema, title: 'A network of ims-sim', ...rest };
}

function jsonOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'ref' }) as JsonSchema;
}

function ref(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

function nameOf({ keys }: ActionKind): string {
  return keys.join('-');
}

function nameOfFault({ keys }: FaultKind): string {
  return ['fault', ...keys].join('-');
}

/** What a kind's mapping has beside the keys that a sentence says; the rest of what it must have may stand in the sentence. */
function optionsOf(kind: ActionKind, schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const whole = schemas[nameOf(kind)] as { properties: JsonSchema };
  const options = Object.entries(whole.properties).filter(([key]) => !kind.keys.includes(key));
  return { ...whole, properties: Object.fromEntries(options), required: [] };
}

function action(): JsonSchema {
  const optionsOfSaid = (said: object): JsonSchema => {
    const kind = actionKinds.find(({ keys }) => keys.every((key) => key in said));
    return kind === undefined ? {} : ref(`options-${nameOf(kind)}`);
  };
  const kinds = actionKinds.map((kind) => ref(nameOf(kind)));
  return { anyOf: [...sentences(actionGrammar, optionsOfSaid), ...kinds, ref('parallel'), ref('repeat')] };
}

function fault(): JsonSchema {
  return {
    anyOf: [
      ...sentences(faultGrammar, () => ref('faultOptions')),
      {
        description: 'a sentence with a colon in it is a key and a value to YAML',
        type: 'object',
        minProperties: 1,
        maxProperties: 1,
        patternProperties: { '^(sets|replaces) ': { type: ['string', 'number'] } },
        additionalProperties: false,
      },
      ...faultKinds.map((kind) => ref(nameOfFault(kind))),
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
          return [
            form.jsonPattern,
            { description: form.about, anyOf: [options, { type: ['null', 'string', 'number'] }] },
          ];
        }),
      ),
      additionalProperties: false,
    },
  ];
}

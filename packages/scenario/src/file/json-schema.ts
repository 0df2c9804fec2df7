import { networkSchema } from '@ims-sim/element/files';
import { z } from 'zod';
import type { ActionKind } from './action-kind.js';
import { actionKinds } from './action-kinds.js';
import { actionGrammar } from './action-sentences.js';
import { type FaultKind, faultKinds } from './fault-kinds.js';
import { faultGrammar } from './fault-sentences.js';
import { described } from './key-descriptions.js';
import { parallelSchema, repeatSchema, scenarioSchema } from './scenario-schema.js';
import { optionsSchema, sentenceSchema, type Snippet, snippetsOf } from './sentence-schema.js';
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
  return described({
    $schema,
    title: 'A scenario of ims-sim',
    ...scenario,
    $defs: {
      ...$defs,
      ...titled(others),
      ...Object.fromEntries(options),
      action: action(),
      fault: fault(),
      step: { anyOf: [...Object.keys(stepSchemas).map((key) => ref(`step-${key}`)), ref('anyOrder')] },
    },
  });
}

/** The JSON Schema of a network file. */
export function networkJsonSchema(): JsonSchema {
  const { $schema, ...rest } = jsonOf(networkSchema);
  return described({ $schema, title: 'A network of ims-sim', ...rest }, 'network');
}

function jsonOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'ref' }) as JsonSchema;
}

function ref(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

/** A mapping form is shown by its keys. */
function titled(parts: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [
      name,
      { title: `a mapping: ${name.replace(/^step-/, 'a step with ')}`, ...part },
    ]),
  );
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
  const kindOf = (said: object): ActionKind | undefined =>
    actionKinds.find(({ keys }) => keys.every((key) => key in said));
  const optionsOfSaid = (said: object): JsonSchema => {
    const kind = kindOf(said);
    return kind === undefined ? {} : ref(`options-${nameOf(kind)}`);
  };
  const kinds = actionKinds.map((kind) => ref(nameOf(kind)));
  return {
    defaultSnippets: [...snippetsOf(actionGrammar), ...SNIPPETS_OF_SEVERAL],
    anyOf: [
      sentenceSchema(actionGrammar, 'an action'),
      optionsSchema(actionGrammar, 'an action', optionsOfSaid),
      ...kinds,
      ref('parallel'),
      ref('repeat'),
    ],
  };
}

const SNIPPETS_OF_SEVERAL: readonly Snippet[] = [
  {
    label: 'parallel actions',
    sortText: ' 98',
    description: 'lists of actions that begin at once',
    body: 'parallel:\n    - - ${1:ACTION}\n    - - ${2:ACTION}',
  },
  {
    label: 'repeat actions',
    sortText: ' 99',
    description: 'actions that are done several times; `${round}` counts from 1',
    body: 'repeat: ${1:3}\n  steps:\n    - ${2:ACTION}',
  },
];

function fault(): JsonSchema {
  return {
    defaultSnippets: snippetsOf(faultGrammar),
    anyOf: [
      sentenceSchema(faultGrammar, 'a fault'),
      optionsSchema(faultGrammar, 'a fault', () => ref('faultOptions')),
      {
        title: 'a fault as a sentence with a colon in it',
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

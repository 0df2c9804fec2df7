import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { actionForms, actionGrammar } from '../../src/file/action-sentences.js';
import { faultForms, faultGrammar } from '../../src/file/fault-sentences.js';
import { type JsonSchema, networkJsonSchema, scenarioJsonSchema } from '../../src/file/json-schema.js';
import { type Grammar, understood } from '../../src/file/sentence.js';
import type { Snippet } from '../../src/file/sentence-schema.js';

// What yaml-language-server (VS Code's YAML extension, coc-yaml, Helix) makes of the schema: it offers the `defaultSnippets` of what the
// items of a list are, says the first `errorMessage` or `patternErrorMessage` of what fails, and shows descriptions.

interface Offered {
  readonly defaultSnippets: readonly Snippet[];
  readonly anyOf: readonly JsonSchema[];
}
const schema = scenarioJsonSchema() as {
  readonly properties: Record<string, JsonSchema>;
  readonly $defs: Record<string, JsonSchema>;
};
const { action, fault } = schema.$defs as unknown as Record<'action' | 'fault', Offered>;

/** A place filled in with what an example has there. */
const FILLED: Readonly<Record<string, string>> = {
  ACTOR: 'watcher',
  URI: 'sip:user2_public1@home2.net',
  EVENT: 'presence',
  FILE: 'user2-presence.xml',
  METHOD: 'SUBSCRIBE',
  STATUS: '200',
  WHAT: 'NOTIFY',
  STATE: 'active',
  DURATION: '5 s',
  HSS: 'hss1.home1.net',
  SCSCF: 'scscf1.home1.net',
  IMPI: 'user1_private@home1.net',
  ELEMENT: 'ps.home2.net',
  MESSAGE: 'SUBSCRIBE',
  SIPMESSAGE: 'SUBSCRIBE',
  DELAY: '200 ms',
  ANSWER: 'LIA',
  AVPS: 'Server-Name',
  CODE: '5012',
  TYPE: 'NAPTR',
  DOMAIN: 'a.b',
  HEADER: 'Max-Forwards',
  VALUE: '0',
};
const filled = ({ body }: Snippet): string =>
  body
    .replace(/: \|\n[^]*$/, '')
    .replace(/\$\{\d+\|([^,|]+)[^}]*\}/g, '$1')
    .replace(/\$\{\d+:(\w+)\}/g, (_, name: string) => FILLED[name] ?? name);

describe.each([
  { what: 'an action', offered: action, grammar: actionGrammar, more: 2 },
  { what: 'a fault', offered: fault, grammar: faultGrammar, more: 0 },
])('an editor offers $what', ({ offered, grammar, more }) => {
  test('each form of sentence but those that say the same in another order', () => {
    const said = offered.defaultSnippets
      .map((snippet) => understood(filled(snippet), grammar as Grammar<unknown>)?.form.pattern)
      .filter((pattern) => pattern !== undefined);
    expect(offered.defaultSnippets).toHaveLength(said.length + more);
    const left = grammar.forms.filter(({ pattern }) => !said.includes(pattern)).map(({ about }) => about);
    expect(left.filter((about) => about !== 'the same')).toEqual([]);
  });

  test('with a place to fill in for each name, and a description with the whole form', () => {
    for (const { label, body, description } of offered.defaultSnippets) {
      expect(body).toMatch(/\$\{1[:|]/);
      expect(body.replace(/\$\{[^}]*\}/g, '')).not.toMatch(/\b(?!REGISTER)[A-Z]{3,}\b/);
      expect(description.length).toBeGreaterThan(10);
      expect(label).not.toContain('[');
    }
    expect(new Set(offered.defaultSnippets.map(({ label }) => label)).size).toBe(
      offered.defaultSnippets.length,
    );
  });
});

test('they are offered in `before`, `play`, `faults`, and within `parallel` and `repeat`', () => {
  /** Of these two what the entries of a list are, however many references away. */
  const entries = (part: JsonSchema | undefined): string[] => {
    const refs = [...JSON.stringify(part ?? {}).matchAll(/"#\/\$defs\/([^"]*)"/g)].map(([, ref = '']) => ref);
    return refs.flatMap((ref) => (ref === 'action' || ref === 'fault' ? [ref] : entries(schema.$defs[ref])));
  };
  expect(entries(schema.properties.before)).toEqual(['action']);
  expect(entries(schema.properties.play)).toEqual(['action']);
  expect(entries(schema.properties.faults)).toEqual(['fault']);
  expect(entries(schema.$defs.parallel)).toEqual(['action']);
  expect(entries(schema.$defs.repeat)).toEqual(['action']);
});

describe('an editor says of a misspelt sentence what was expected', () => {
  const sentence = (offered: Offered): JsonSchema => offered.anyOf[0] ?? {};
  const validators = new Map<Offered, ReturnType<Ajv2020['compile']>>();
  const saidOf = (offered: Offered, text: string): unknown => {
    const validate =
      validators.get(offered) ?? new Ajv2020({ strict: false, verbose: true }).compile(sentence(offered));
    validators.set(offered, validate);
    validate(text);
    const failed = (validate.errors ?? []).find(({ keyword }) => keyword === 'pattern');
    return (failed?.parentSchema as JsonSchema | undefined)?.patternErrorMessage;
  };

  test.each([
    [action, 'watcher subscribes to bob', 'expected `ACTOR subscribes to its registration state'],
    [action, 'watcher subscribes to bob', ' or `ACTOR subscribes to URI[ for EVENT]'],
    [action, 'watcher subscibes to sip:a@b', 'says one of: registers, deregisters, subscribes,'],
    [action, 'wait for 2 s', 'expected `wait DURATION`'],
    [fault, 'drops SUBSCRIBE fron a', 'expected `drops MESSAGE[ from FROM][ to TO]'],
    [fault, 'drps SUBSCRIBE', 'says one of: drops, duplicates,'],
  ])('%#: %j', (offered, text, said) => {
    expect(saidOf(offered, text)).toEqual(expect.stringContaining(said));
  });

  test.each([
    ...actionForms.map(({ example }) => [action, example] as const),
    ...faultForms.map(({ example }) => [fault, example] as const),
    [action, 'watcher refreshes, 3600 s'] as const,
  ])('%#: %j is right', (offered, text) => {
    expect(saidOf(offered, text)).toBeUndefined();
  });
});

describe('hovering', () => {
  test.each([
    ['scenario', scenarioJsonSchema()],
    ['network', networkJsonSchema()],
  ])('every key of a %s file has a description', (_, root) => {
    const without: string[] = [];
    keysOf(root, '', (path, part) => {
      if (!isDescribed(part, root)) {
        without.push(path);
      }
    });
    expect(without).toEqual([]);
  });

  test('every form of an action and a step has a title', () => {
    const forms = (name: string) =>
      (schema.$defs[name] as unknown as Offered).anyOf.map((one) => follow(one));
    for (const form of [...forms('action'), ...forms('fault'), ...forms('step')]) {
      expect(form.title).toEqual(expect.stringMatching(/\S/));
    }
  });
});

function follow(part: JsonSchema | undefined, root: JsonSchema = schema): JsonSchema {
  const { $ref } = part ?? {};
  const name = typeof $ref === 'string' ? $ref.replace('#/$defs/', '') : '';
  const defs = root.$defs as Record<string, JsonSchema>;
  return name === '' || name === 'action' ? (part ?? {}) : follow(defs[name], root);
}

/** By itself, or by what it refers to. */
function isDescribed(part: JsonSchema, root: JsonSchema): boolean {
  const { $ref, description } = part;
  const defs = root.$defs as Record<string, JsonSchema>;
  const next = typeof $ref === 'string' ? defs[$ref.replace('#/$defs/', '')] : undefined;
  return typeof description === 'string' || (next !== undefined && isDescribed(next, root));
}

function keysOf(part: unknown, path: string, see: (path: string, part: JsonSchema) => void): void {
  if (typeof part !== 'object' || part === null) {
    return;
  }
  for (const [key, value] of Object.entries(part)) {
    if (key === 'properties') {
      for (const [name, one] of Object.entries(value as Record<string, JsonSchema>)) {
        see(`${path}.${name}`, one);
        keysOf(one, `${path}.${name}`, see);
      }
    } else if (key !== 'default' && key !== 'defaultSnippets') {
      keysOf(value, key === '$defs' || /^\d+$/.test(key) ? path : `${path}/${key}`, see);
    }
  }
}

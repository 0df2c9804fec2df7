import { actionForms } from './action-sentences.js';
import { actionSlots } from './action-slots.js';
import { faultForms, faultSlots } from './fault-sentences.js';
import { type JsonSchema, networkJsonSchema, scenarioJsonSchema } from './json-schema.js';
import type { SentenceForm, SlotKind } from './sentence.js';

/** The files that ship and are made of the grammar and the schemas, from the root of the project: path, and the text that it is to have. */
export function shippedSchemas(): readonly (readonly [path: string, text: string])[] {
  const written = (schema: JsonSchema): string => `${JSON.stringify(schema, undefined, 1)}\n`;
  return [
    ['scenarios/scenario.schema.json', written(scenarioJsonSchema())],
    ['scenarios/network.schema.json', written(networkJsonSchema())],
  ];
}

export const REFERENCE = 'docs/scenario-file.md';

/** The reference with its tables as the grammar has them: each stands between two marks of its name. */
export function withTables(reference: string): string {
  return [
    ['actions', tableOf(actionForms, actionSlots)],
    ['faults', tableOf(faultForms, faultSlots)],
  ].reduce((text, [name = '', table = '']) => {
    const marks = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
    return text.replace(marks, (_, begin: string, end: string) => `${begin}${table}${end}`);
  }, reference);
}

function tableOf<Said>(
  forms: readonly SentenceForm<Said>[],
  slots: Readonly<Record<string, SlotKind>>,
): string {
  const rows = forms.map(
    ({ pattern, example, about }) => `| \`${inTable(pattern)}\` | \`${example}\` | ${about} |`,
  );
  const used = Object.entries(slots).filter(([name]) =>
    forms.some(({ pattern }) => new RegExp(`\\b${name}\\b`).test(pattern)),
  );
  return [
    '',
    '| Sentence | Example | What is done |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...used.map(([name, { name: what }]) => `- \`${name}\`: ${what}`),
    '',
    '',
  ].join('\n');
}

/** A bar would end the cell. */
function inTable(pattern: string): string {
  return pattern.replaceAll('|', '\\|');
}

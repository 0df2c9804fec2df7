import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { networkJsonSchema, scenarioJsonSchema } from '../../src/file/json-schema.js';
import { REFERENCE, shippedSchemas, withTables } from '../../src/file/shipped.js';
import { readScenarioFile } from '../../src/files.js';

const ROOT = new URL('../../../../../', import.meta.url);
const root = (path: string): string => fileURLToPath(new URL(path, ROOT));
const files = readdirSync(root('scenarios')).filter((name) => name.endsWith('.yaml'));
const networks = files.filter((name) => name.endsWith('network.yaml'));
const scenarios = files.filter((name) => !networks.includes(name));

const ajv = new Ajv2020({ strict: false });
const isScenario = ajv.compile(scenarioJsonSchema());
const isNetwork = ajv.compile(networkJsonSchema());

describe('what ships and is made of the grammar', () => {
  test.each(shippedSchemas())(
    '%s is what the code makes (else: node packages/scenario/dist/src/write-schema.js)',
    (path, text) => {
      expect(readFileSync(root(path), 'utf8') === text).toBe(true);
    },
  );

  test('the reference has the tables of the grammar', () => {
    const reference = readFileSync(root(REFERENCE), 'utf8');
    expect(reference).toContain('| `wait DURATION` | `wait 2 s` |');
    expect(withTables(reference) === reference).toBe(true);
  });

  test.each(scenarios)('%s names its schema, is valid by it, and is read', (name) => {
    const text = readFileSync(root(`scenarios/${name}`), 'utf8');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=scenario.schema.json');
    isScenario(parse(text));
    expect(isScenario.errors ?? []).toEqual([]);
    expect(readScenarioFile(root(`scenarios/${name}`)).title).not.toBe('');
  });

  test.each(networks)('%s names its schema and is valid by it', (name) => {
    const text = readFileSync(root(`scenarios/${name}`), 'utf8');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=network.schema.json');
    isNetwork(parse(text));
    expect(isNetwork.errors ?? []).toEqual([]);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { REFERENCE, shippedSchemas, withTables } from './file/shipped.js';

// Writes what is made of the grammar and the schemas: node packages/scenario/dist/src/write-schema.js
const root = new URL('../../../../', import.meta.url);
for (const [path, text] of shippedSchemas()) {
  writeFileSync(new URL(path, root), text);
}
const reference = fileURLToPath(new URL(REFERENCE, root));
writeFileSync(reference, withTables(readFileSync(reference, 'utf8')));

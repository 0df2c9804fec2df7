// What reads and checks the user's files, apart: it loads a YAML parser and a schema library that an element does without.
export * from './known-names.js';
export * from './network-file.js';
export { networkSchema } from './network-schema.js';
export { credentialsSchema } from './subscriber-schema.js';
export * from './schema-complaints.js';
export { externalSchema, hostName } from './schema-parts.js';
export { NotUtf8 } from './utf8-text.js';
export * from './yaml-file.js';
export type { Places, Position } from './yaml-places.js';

// What reads and checks the user's files, apart: it loads a YAML parser and a schema library that an element does without.
export * from './network-file.js';
export * from './yaml-file.js';

// What reads and checks scenario files, apart: it loads a YAML parser and a schema library.
export { networkOf } from './file/network-of.js';
export { readScenarioFile } from './file/scenario-file.js';

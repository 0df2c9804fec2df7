// What reads and checks scenario files, apart: it loads a YAML parser and a schema library.
export { meantHeader } from './file/header-names.js';
export { networkJsonSchema, scenarioJsonSchema } from './file/json-schema.js';
export { networkOf } from './file/network-of.js';
export { placeInFile } from './file/place-in-file.js';
export { MAX_SCENARIO_BYTES, readScenarioFile } from './file/scenario-file.js';
export { MAX_STEPS } from './file/step-schema.js';

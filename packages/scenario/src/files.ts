export * from './scenario-file.js';

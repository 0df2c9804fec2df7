export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/packages/*/dist/test/**/*.test.js'],
  transform: {},
  maxWorkers: 2,
  testTimeout: 30_000, // virtual time takes what the machine takes: it may be busy
};

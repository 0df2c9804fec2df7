export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/packages/*/dist/test/**/*.test.js'],
  transform: {},
  maxWorkers: 2,
};

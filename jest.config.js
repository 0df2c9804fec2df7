export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/packages/*/dist/test/**/*.test.js'],
  transform: {},
  maxWorkers: 2,
  testTimeout: 180_000, // only what hangs takes so long, however busy the machine is: no test says by it how fast something is
};

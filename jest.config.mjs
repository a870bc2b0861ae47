// Tests that need nothing but this repository: no network, no other software, no clock.
/** @type {import('@jest/types').Config.InitialOptions} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/scripts/jest-strip-types.mjs' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // test/peers talks to software that others wrote and that may be absent: npm run test:peers.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/peers/'],
  // Folders that the build makes hold copies of package.json, which the module map would report as duplicates.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.build-'],
  // Scenario tests start processes of their own, so more workers than cores only make them wait for each other.
  maxWorkers: 2,
  reporters: process.env.TEST_TOTALS_FILE ? ['default', '<rootDir>/scripts/jest-totals.mjs'] : ['default'],
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
};

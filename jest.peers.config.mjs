// Tests against software that others wrote (moto's EC2 server, Chromium, the kernel). Each test skips itself where that software is absent.
import base from './jest.config.mjs';

/** @type {import('@jest/types').Config.InitialOptions} */
export default {
  ...base,
  testMatch: ['<rootDir>/test/peers/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // One server, one world: suites would see each other's machines.
  maxWorkers: 1,
  // Servers of others take seconds to start, and time is not what is tested here.
  testTimeout: 120_000,
  passWithNoTests: true,
};

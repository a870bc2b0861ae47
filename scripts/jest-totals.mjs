// A Jest reporter that leaves the totals of a run as JSON, for scripts that sum up several runs.
// jest.config.mjs adds it where TEST_TOTALS_FILE names a file.
import { writeFileSync } from 'node:fs';

export default class TotalsReporter {
  onRunComplete(_contexts, results) {
    const totals = {
      passed: results.numPassedTests,
      // A suite that could not even be loaded counts no test of its own.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests,
    };
    writeFileSync(process.env.TEST_TOTALS_FILE, `${JSON.stringify(totals)}\n`);
  }
}

'use strict';
// Loaded before the process that is measured: when it ends, it writes what it used.
const { writeFileSync } = require('node:fs');
const { METER_FILE: file } = process.env;
delete process.env.METER_FILE;
// Not for children of that process.
delete process.env.NODE_OPTIONS;
process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  // Microseconds and KiB.
  writeFileSync(file, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: maxRSS * 1024 }));
});

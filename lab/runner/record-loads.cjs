// Preloaded into a child process: writes the files that it loads, one a line, into the file that the environment names.
const { appendFileSync } = require('node:fs');
const { registerHooks } = require('node:module');

const log = process.env['LAB_LOADED_FILES'];
if (log !== undefined) {
  registerHooks({
    load(url, context, nextLoad) {
      appendFileSync(log, `${url}\n`);
      return nextLoad(url, context);
    },
  });
}

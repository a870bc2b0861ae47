'use strict';
// Every npm script starts here, so this file must parse on any Node that a machine may still carry.
var major = Number(process.versions.node.split('.')[0]);
if (major !== 24) {
  console.error(
    'Pod Route Check needs Node 24 for its scripts, this is ' +
      process.version +
      ': run "npm ci" without omitting optional dependencies (it brings Node 24 on Linux and Windows x64) or install Node 24, and start scripts with "npm run".',
  );
  process.exit(1);
}

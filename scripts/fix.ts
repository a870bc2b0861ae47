// npm run fix: writes everything that can be written by a machine, in the order in which one needs the other.
import { runNode } from './run.ts';

const STEPS: readonly (readonly [name: string, file: string, ...args: string[]])[] = [
  ['lint', 'node_modules/eslint/bin/eslint.js', '--quiet', '--fix', '.'],
  ['generated files', 'scripts/generate.ts'],
  ['format', 'node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', '.'],
  ['bundle', 'scripts/build.ts'],
];

for (const [name, file, ...args] of STEPS) {
  const { status, output } = runNode(file, args, ['--disable-warning=DEP0187']);
  console.log(`${status === 0 ? 'ok   ' : 'FAIL '} ${name}`);
  if (status === 0) continue;
  console.log(output);
  process.exitCode = 1;
}

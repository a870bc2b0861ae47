// npm run verify [-- --skip STEP]...
//
// Everything that must hold before a change is merged. It writes nothing in the tree: what it builds goes into an
// ignored folder that is removed again. All steps run, so that one run names all that is wrong.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { lintWorkflows, workflowFiles } from './lint-workflows.ts';
import { ROOT, runNode, type Ended } from './run.ts';

interface Step {
  readonly name: string;
  /** What a person does when it fails. */
  readonly mend: string;
  /** Resolves to what is wrong; an empty text is success. */
  readonly run: () => Promise<string> | string;
}

const STEPS: readonly Step[] = [
  {
    name: 'format',
    mend: 'npm run fix',
    run: () => wrong(runNode('node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])),
  },
  {
    name: 'lint',
    mend: 'npm run fix, then mend the rest by hand',
    run: () => wrong(runNode('node_modules/eslint/bin/eslint.js', ['--quiet', '.'])),
  },
  {
    name: 'types',
    mend: 'mend the types by hand',
    // The page runs in a browser, so it is checked against other globals.
    run: () =>
      ['tsconfig.json', 'src/report/page/ui/tsconfig.json']
        .map((project) => wrong(runNode('node_modules/typescript/bin/tsc', ['--noEmit', '-p', project])))
        .join('\n')
        .trim(),
  },
  {
    name: 'generated files',
    mend: 'npm run generate',
    run: () => wrong(runNode('scripts/generate.ts', ['--check'])),
  },
  {
    name: 'workflows',
    mend: 'mend action.yml (by src/inputs/spec.ts and npm run generate) and the workflows by hand',
    run: async () => (await lintWorkflows(workflowFiles())).join('\n'),
  },
  {
    name: 'tests',
    mend: 'npm test',
    run: () => wrong(runNode('node_modules/jest/bin/jest.js', [], ['--experimental-vm-modules', '--no-warnings'])),
  },
  {
    name: 'bundle',
    mend: 'npm run build, and commit dist together with src',
    run: compareBundle,
  },
];

function wrong({ status, output }: Ended): string {
  return status === 0 ? '' : output || `ended with status ${String(status)}`;
}

// Names and bytes: a runner executes what is committed, whatever src says.
async function compareBundle(): Promise<string> {
  const fresh = mkdtempSync(join(ROOT, '.build-'));
  try {
    // Types are a step of their own.
    await build({ out: fresh, checkTypes: false });
    const built = filesBelow(fresh);
    const committed = filesBelow(join(ROOT, 'dist'));
    const differences = [...new Set([...built.keys(), ...committed.keys()])].sort().flatMap((name) => {
      const [now, then] = [built.get(name), committed.get(name)];
      if (now === undefined) return [`dist/${name} is not built any more`];
      if (then === undefined) return [`dist/${name} is missing`];
      return now.equals(then) ? [] : [`dist/${name} is out of date`];
    });
    return differences.join('\n');
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function filesBelow(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path));
  }
  return files;
}

async function verify(skip: ReadonlySet<string>): Promise<boolean> {
  const failed: string[] = [];
  for (const { name, mend, run } of STEPS) {
    if (skip.has(name)) {
      console.log(`skip  ${name}`);
      continue;
    }
    const started = performance.now();
    let trouble: string;
    try {
      trouble = await run();
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (trouble === '') {
      console.log(`ok    ${name} (${seconds} s)`);
      continue;
    }
    failed.push(name);
    console.log(`FAIL  ${name} (${seconds} s). To mend it: ${mend}`);
    console.log(trouble.replaceAll(/^(?=.)/gm, '      '));
  }
  console.log(failed.length === 0 ? 'verify: all well' : `verify: failed in ${failed.join(', ')}`);
  return failed.length === 0;
}

const { values } = parseArgs({ options: { skip: { type: 'string', multiple: true, default: [] } } });
const unknown = values.skip.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. There are: ${STEPS.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 2;
} else if (!(await verify(new Set(values.skip)))) {
  process.exitCode = 1;
}

// The repository's own workflows keep to what its users are told: least permissions, pinned actions, no credentials.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { lintWorkflows, workflowFiles } from '../../scripts/lint-workflows.ts';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps: readonly Step[] }>>;
}

const files = workflowFiles();
const workflows = [...files].filter(([path]) => path.startsWith('.github/'));

describe.each(workflows)('%s', (_, text) => {
  const { permissions, jobs } = parse(text) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test('gives nothing to all jobs, and to each job what it needs', () => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) expect(job.permissions).toBeDefined();
  });

  test('names every action of others by its commit, with the version beside it', () => {
    const used = text.split('\n').filter((line) => /^[\s-]*uses:/.test(line));
    expect(used.length).toBeGreaterThan(0);
    for (const line of used) expect(line).toMatch(/uses: (?:\.\/|[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
  });

  test('leaves no token in the checkout', () => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with?.['persist-credentials']).toBe(false);
    }
  });

  test('gives this action only inputs that it has', () => {
    const own = steps.filter(({ uses }) => uses === './').flatMap((step) => Object.keys(step.with ?? {}));
    const action = parse(files.get('action.yml') ?? '{}') as { readonly inputs?: Readonly<Record<string, unknown>> };
    expect(own.filter((name) => !Object.hasOwn(action.inputs ?? {}, name))).toEqual([]);
  });
});

test('one action has one version', () => {
  const versions = new Map<string, Set<string>>();
  for (const [, text] of workflows) {
    for (const [, name = '', version = ''] of text.matchAll(/uses: ([^@\s]+)@(.+)$/gm)) {
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
    }
  }
  for (const [name, pinned] of versions) expect([name, pinned.size]).toEqual([name, 1]);
});

test('the check of the workflows really refuses', async () => {
  const found = await lintWorkflows(
    new Map([
      ['action.yml', 'name: a\ndescription: b\nruns:\n  using: node99\n  main: c.js\n'],
      ['.github/workflows/a.yml', 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: b\n    steps: []\n'],
    ]),
  );
  expect(found).toContainEqual(expect.stringMatching(/^action\.yml:\d+:\d+ .*node99/));
  expect(found).toContainEqual(expect.stringMatching(/^\.github\/workflows\/a\.yml:\d+:\d+ /));
});

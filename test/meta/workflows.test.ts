// The repository's own workflows keep to what its users are told: least permissions, pinned actions, no credentials.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { exampleFiles, lintWorkflows, workflowFiles } from '../../scripts/lint-workflows.ts';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps: readonly Step[] }>>;
}

const files = workflowFiles();
const workflows = [...files].filter(([path]) => path !== 'action.yml');

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

describe.each([...exampleFiles()])('the example %s', (path, text) => {
  const { permissions, jobs } = parse(text) as Workflow;
  const own = Object.values(jobs)
    .flatMap((job) => job.steps)
    .filter(({ uses }) => uses?.startsWith('OWNER/pod-route-check@'));

  test('is a workflow as GitHub reads them', async () => {
    expect(await lintWorkflows(new Map([[path, text]]))).toEqual([]);
  });

  test('gives nothing to all jobs, and to each job what it needs', () => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) expect(job.permissions).toBeDefined();
  });

  test('gives this action only inputs that it has, and asks for a digest wherever a plan is applied', () => {
    const action = parse(files.get('action.yml') ?? '{}') as { readonly inputs?: Readonly<Record<string, unknown>> };
    expect(own.length).toBeGreaterThan(0);
    for (const { with: inputs = {} } of own) {
      expect(Object.keys(inputs).filter((name) => !Object.hasOwn(action.inputs ?? {}, name))).toEqual([]);
      if (inputs['mode'] === 'apply') expect(Object.keys(inputs)).toContain('plan-digest');
    }
  });

  test('keeps what was written down, and runs alone, wherever something is changed', () => {
    if (!own.some(({ with: inputs }) => inputs?.['mode'] === 'apply')) return;
    expect(text).toMatch(/concurrency:\n {2}group: pod-route-check-my-cluster\n {2}cancel-in-progress: false\n/);
    expect(text).toMatch(/upload-artifact@\w+\n {8}if: always\(\)/);
    expect(text).toMatch(/environment: network/);
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

// The pull request comment and a week of nightly runs, by the bundle against GitHub's API.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { BASE_SHA, EVENTS, plain, pullRequest, type LabEvent } from '../../lab/runner/events.ts';
import { runAction, type RunResult } from '../../lab/runner/run-action.ts';
import { startLab, type Lab, type LabOptions } from '../../lab/servers/index.ts';
import { ec2Cluster } from '../../lab/world/ec2-cluster.ts';
import { ACTIONS_BOT, addComment, githubRepository, OCTOCAT, type GitHubWorld } from '../../lab/world/github.ts';
import { interfaceOf, nodeOf } from '../../lab/world/look.ts';
import { atMoment } from '../../lab/world/moment.ts';
import { BUNDLE, readReport, type Report } from '../support/bundle.ts';

jest.setTimeout(120_000);

interface Setup {
  readonly lab: Lab;
  readonly repository: GitHubWorld;
  /** For files that outlive a run. */
  readonly folder: string;
  /** A fault that is there until it is taken away. */
  readonly setCheck: (node: number, on: boolean) => void;
  readonly run: (event: LabEvent, inputs?: Record<string, string>, cwd?: string) => Promise<RunResult>;
}

const leave: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const undo of leave.splice(0)) await undo();
});

async function setUp(parts: Partial<GitHubWorld> = {}, options: LabOptions = {}): Promise<Setup> {
  const repository = githubRepository(parts);
  const cluster = atMoment(ec2Cluster({ name: 'nightly', mode: 'host-gw', nodes: 4 }), new Date());
  const lab = await startLab({ ...cluster, github: repository }, options);
  const folder = await mkdtemp(join(tmpdir(), 'pod-route-check-nightly-'));
  leave.push(
    () => lab.stop(),
    async () => rm(folder, { recursive: true, force: true }),
  );
  return {
    lab,
    repository,
    folder,
    setCheck: (node, on) => {
      interfaceOf(lab.world, nodeOf(lab.world, node)).sourceDestCheck = on;
    },
    run: async (event, inputs = {}, cwd) => {
      const { env, kubeconfig } = lab;
      const result = await runAction({
        bundle: BUNDLE,
        env,
        event,
        inputs: { kubeconfig, ...lab.inputs, ...inputs },
        ...(cwd === undefined ? {} : { cwd }),
      });
      leave.push(() => result.remove());
      return result;
    },
  };
}

const ours = ({ comments }: GitHubWorld): string[] =>
  comments.filter(({ author }) => author.login === ACTIONS_BOT.login).map(({ body }) => body);

describe('a pull request', () => {
  test('gets one comment, which follows what is found; strangers’ are left alone', async () => {
    const { repository, lab, run, setCheck } = await setUp();
    for (let index = 0; index < 250; index += 1)
      addComment(repository, { issue: 7, author: OCTOCAT, body: `words ${String(index)}` });
    const quiet = await run(pullRequest());
    expect([quiet.exitCode, ours(repository)]).toEqual([0, []]);
    setCheck(1, true);
    const red = await run(pullRequest());
    const [comment = ''] = ours(repository);
    expect(red.exitCode).toBe(1);
    expect(red.outputs['comment-url']).toMatch(/#issuecomment-\d+$/);
    expect(comment).toMatch(/^<!-- pod-route-check comment \S+ -->\n\*\*Fail\*\* — /);
    const quoted = addComment(repository, { issue: 7, author: OCTOCAT, body: comment });
    const other = addComment(repository, {
      issue: 7,
      author: ACTIONS_BOT,
      body: comment.replace(/comment \S+ -->/, 'comment other -->'),
    });
    const before = lab.requests().filter(({ write }) => write).length;
    await run(pullRequest());
    expect(lab.requests().filter(({ write }) => write)).toHaveLength(before);
    setCheck(1, false);
    await run(pullRequest());
    expect(ours(repository).filter((body) => body !== other.body)).toEqual([
      expect.stringMatching(/\n\*\*Pass\*\* — /),
    ]);
    expect(repository.comments).toContain(quoted);
    expect(quoted.body).toBe(comment);
  });

  test.each(['pull_request from a fork', 'pull_request by Dependabot'])(
    '%s: the report is in the summary, and nothing is written',
    async (name) => {
      const event = EVENTS[name];
      if (event === undefined) throw new Error(`no event ${name}: ${Object.keys(EVENTS).join(', ')}`);
      const { lab, run, setCheck } = await setUp();
      setCheck(1, true);
      const result = await run(event);
      expect(result.exitCode).toBe(1);
      expect(result.summary).toMatch(/^\*\*Fail\*\*/);
      expect(result.stdout).toContain('No pull request comment');
      expect(lab.requests().filter(({ write }) => write)).toEqual([]);
    },
  );

  test('a token that may not write is a warning with the permission, and the run goes on', async () => {
    const { run, setCheck } = await setUp({}, { githubPermissions: { contents: 'read' } });
    setCheck(1, true);
    const result = await run(pullRequest());
    expect(result.stdout).toMatch(/::warning::Pull request comment: .*pull-requests: write/);
    expect(result.summary).toMatch(/^\*\*Fail\*\*/);
    expect(result.outputs['verdict']).toBe('fail');
  });

  test('cannot accept its own fault: the file counts as it is in the base', async () => {
    const accept = 'ignore: [{ rule: cloud-forwarding-off, reason: known }]';
    const path = '.github/pod-route-check.yml';
    // The checkout is that of the pull request, which brings the file.
    const checkOut = async (base: Record<string, string>): Promise<RunResult> => {
      const { folder, setCheck, run } = await setUp({ files: { main: {}, [BASE_SHA]: base } });
      setCheck(1, true);
      await mkdir(join(folder, '.github'));
      await writeFile(join(folder, path), accept);
      return run(pullRequest(), {}, folder);
    };
    expect((await checkOut({})).exitCode).toBe(1);
    const accepted = await checkOut({ [path]: accept });
    expect([accepted.exitCode, accepted.outputs['verdict']]).toEqual([0, 'fail']);
    expect(accepted.summary).toContain('accepted: known');
  });
});

describe('a week of nightly runs', () => {
  test('keeps exactly one issue: opened, updated, left, closed and opened again', async () => {
    const { repository, folder, run, setCheck, lab } = await setUp();
    const baseline = join(folder, 'report.json');
    const night = async (
      inputs: Record<string, string> = {},
    ): Promise<{ exit: number | null; report: Report; result: RunResult }> => {
      const result = await run(plain('schedule'), {
        'drift-issue': 'on-problems',
        baseline,
        'fail-on': 'new',
        ...inputs,
      });
      const report = JSON.parse(await readReport(result)) as Report;
      await copyFile(result.outputs['report-json'] ?? '', baseline);
      return { exit: result.exitCode, report, result };
    };
    const issues = (): [string, string][] =>
      repository.issues
        .filter(({ author }) => author.login === ACTIONS_BOT.login)
        .map(({ state, title }) => [state, title]);
    const writes = (): number => lab.requests().filter(({ write }) => write).length;
    const [broken, well, accepted] = [
      /pods cannot reach each other$/,
      /all is well$/,
      /nothing but what is accepted$/,
    ].map((end) => expect.stringMatching(end) as unknown as string) as [string, string, string];

    // Monday: all is well, and nobody is told.
    expect((await night()).exit).toBe(0);
    expect(issues()).toEqual([]);
    // Tuesday: a check is switched on.
    setCheck(1, true);
    const tuesday = await night();
    expect([tuesday.exit, tuesday.result.outputs['new-findings'] !== '0']).toEqual([1, true]);
    expect(issues()).toEqual([['open', broken]]);
    expect(tuesday.result.outputs['issue-url']).toMatch(/\/issues\/\d+$/);
    // Wednesday: it is known by now, so the step passes, and the issue stays.
    const wednesday = await night();
    expect([wednesday.exit, wednesday.result.outputs['new-findings']]).toEqual([0, '0']);
    expect(issues()).toEqual([['open', broken]]);
    // Thursday: the tables cannot be read. Nothing is resolved, and the issue is not closed.
    const blind = await startLab(lab.world, { deny: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeInstances'] });
    leave.push(() => blind.stop());
    const thursday = await runAction({
      bundle: BUNDLE,
      env: blind.env,
      event: plain('schedule'),
      inputs: {
        kubeconfig: blind.kubeconfig,
        ...blind.inputs,
        'drift-issue': 'on-problems',
        baseline,
        'on-unknown': 'warn',
        'fail-on': 'new',
      },
    });
    leave.push(() => thursday.remove());
    await copyFile(thursday.outputs['report-json'] ?? '', baseline);
    expect([thursday.outputs['verdict'], thursday.outputs['resolved']]).toEqual(['unknown', '0']);
    expect(issues().map(([state]) => state)).toEqual(['open']);
    // Friday: it is accepted, until a day that is long over on Saturday.
    const file = join(folder, 'accepted.yml');
    await writeFile(file, 'ignore: [{ node: "*", reason: maintenance, expires: 2999-01-01 }]');
    const friday = await night({ config: file });
    expect(friday.exit).toBe(0);
    expect(issues()).toEqual([['closed', accepted]]);
    await writeFile(file, 'ignore: [{ node: "*", reason: maintenance, expires: 2020-01-01 }]');
    const saturday = await night({ config: file, baseline: join(folder, 'none.json') });
    expect(saturday.exit).toBe(1);
    expect(saturday.result.stdout).toContain('no longer accepted');
    expect(issues()).toEqual([['open', broken]]);
    // Sunday: it is mended; a second run on the same day writes nothing.
    setCheck(1, false);
    expect((await night()).result.outputs['resolved']).not.toBe('0');
    expect(issues()).toEqual([['closed', well]]);
    const before = writes();
    await night();
    expect(writes()).toBe(before);
  });
});

// The bundle as a command.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../lab/servers/index.ts';
import { ec2Cluster } from '../../lab/world/ec2-cluster.ts';
import { checkOn, inject } from '../../lab/world/faults.ts';
import { atMoment } from '../../lab/world/moment.ts';
import { BUNDLE } from '../support/bundle.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let lab: Lab;
let folder: string;

beforeAll(async () => {
  const world = atMoment(ec2Cluster({ name: 'terminal', mode: 'host-gw', nodes: 4 }), new Date());
  lab = await startLab(inject(world, checkOn(1)).world);
  folder = await mkdtemp(join(tmpdir(), 'pod-route-check-terminal-'));
});

afterAll(async () => {
  await lab.stop();
  await rm(folder, { recursive: true, force: true });
});

function command(...args: string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: folder, ...lab.env };
  return new Promise((resolve) => {
    execFile(process.execPath, [BUNDLE, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('check reads, judges and prints; replay says the same without a network; nothing else is written', async () => {
  const saved = join(folder, 'snapshot.json');
  const checked = await command('check', '--kubeconfig', lab.kubeconfig, '--save-snapshot', saved);
  expect(checked.code).toBe(1);
  expect(checked.stdout).toMatch(/^Fail: 6 of 12 pod paths between nodes are broken;.*\nMend first: /);
  expect(checked.stdout).not.toMatch(/^::/m);
  expect(checked.stderr).toContain('Reading the cluster and its clouds...');
  expect(await readdir(folder)).toEqual(['snapshot.json']);
  const replayed = await command('replay', saved);
  expect([replayed.code, replayed.stdout]).toEqual([1, checked.stdout]);
  const json = await command('replay', saved, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'fail', pairs: { total: 12, fail: 6 } });
  expect((await command('replay', saved, '--fail-on', 'never')).code).toBe(0);
}, 60_000);

test.each([
  [['--help'], 0, /Usage:/],
  [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
])('%p', async (args, code, stdout) => {
  expect(await command(...args)).toMatchObject({ code, stdout: expect.stringMatching(stdout) as unknown as string });
});

test.each([
  [['chek'], 2, /Did you mean check\?/],
  [['check', '--fail-on', 'sometimes'], 2, /^Error: Input fail-on: "sometimes" is not one of its values/],
  [['replay', 'none.json'], 2, /^Error: The file none.json cannot be read/],
  [['check', '--kubeconfig', '/none'], 2, /^Error: .*\/none/],
])('%p says what is wrong', async (args, code, stderr) => {
  const ended = await command(...args);
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toMatch(stderr);
});

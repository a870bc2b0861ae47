// The bundle reads nodes' own kernels by way of their pods, as far as it may and they answer.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { labCluster } from '../../lab/guests/metal-topology.ts';
import { recordedAnswer } from '../../lab/guests/recorded.ts';
import type { ExecAnswer, ExecAsk } from '../../lab/servers/options.ts';
import { atMoment } from '../../lab/world/moment.ts';
import type { World } from '../../lab/world/world.ts';
import { runBundle } from '../support/bundle.ts';

const INPUTS = { cloud: 'none', guests: 'exec' };

const metal = (nodes: number): World => atMoment(labCluster(nodes), new Date());

const CHECKER = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get', 'list'] },
  { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['list'] },
];

/** Everybody's pods but those of one node. */
function roleWithout(world: World, node: string): object {
  const resourceNames = world.cluster.pods.filter(({ nodeName }) => nodeName !== node).map(({ name }) => name);
  const exec = { apiGroups: [''], resources: ['pods/exec'], resourceNames, verbs: ['get', 'create'] };
  return { kind: 'ClusterRole', rules: [...CHECKER, exec] };
}

/** Whether what only the way into pods contains was loaded. */
async function hasLoadedExec(loaded: readonly string[]): Promise<boolean> {
  const chunks = loaded.filter((url) => url.includes('/dist/'));
  const texts = await Promise.all(chunks.map((url) => readFile(new URL(url), 'utf8')));
  return texts.some((text) => text.includes('get and create pods/exec'));
}

test('only who asks for it loads the way into pods', async () => {
  const runs = ['none', 'exec'].map(async (guests) => {
    const { result } = await runBundle(metal(2), {
      exec: recordedAnswer,
      inputs: { ...INPUTS, guests },
      recordLoads: true,
    });
    const isLoaded = await hasLoadedExec(result.loaded);
    await result.remove();
    return isLoaded;
  });
  expect(await Promise.all(runs)).toEqual([false, true]);
}, 60_000);

test('all nodes answer: every pair passes, on the evidence of their kernels', async () => {
  const { result, report, requests } = await runBundle(metal(4), { exec: recordedAnswer, inputs: INPUTS });
  expect(report).toMatchObject({
    verdict: 'pass',
    evidenceLevel: 'guest',
    pairs: { total: 12, pass: 12 },
    roundTrip: { pass: 12 },
    findings: [],
  });
  expect(result.exitCode).toBe(0);
  expect(requests.filter(({ write }) => write)).toEqual([]);
  await result.remove();
}, 60_000);

/** One route has gone, one node's images have no `ip`, and one node never answers. */
function answer(ask: ExecAsk): ExecAnswer {
  if (ask.node === 'worker-06') return 'hang';
  if (ask.node === 'worker-05' && ask.command[0] === 'ip') return 'absent';
  const recorded = recordedAnswer(ask);
  if (ask.node !== 'worker-03' || typeof recorded === 'string' || recorded.stdout === undefined) return recorded;
  return { ...recorded, stdout: recorded.stdout.replace(/\{"dst":"10\.244\.1\.0\/24",[^}]*\},/, '') };
}

test('what one node lacks is found; of those that do not answer it is said why, and nothing else is lost', async () => {
  const world = metal(6);
  const { result, report } = await runBundle(world, {
    exec: answer,
    clusterRole: roleWithout(world, 'worker-04'),
    // The node that hangs is waited for during a part of it.
    inputs: { ...INPUTS, timeout: '15s' },
  });
  expect(report.verdict).toBe('fail');
  expect(report.pairs).toMatchObject({ total: 30, pass: 5, fail: 1, unknown: 24 });
  const errors = report.findings.filter(({ verdict, severity }) => verdict === 'fail' && severity === 'error');
  expect(errors).toMatchObject([
    { rule: 'node-route-missing', subjects: { nodes: ['worker-03'], prefixes: ['10.244.1.0/24'] } },
  ]);
  const gaps = report.gaps.filter(({ facet }) => facet === 'guests');
  const about = (word: string): object | undefined => gaps.find(({ reason }) => reason.includes(word));
  expect(about('HTTP 403')).toMatchObject({ permission: 'get and create pods/exec in kube-flannel' });
  expect(about('nothing more came within')).toMatchObject({ permission: null });
  expect(about('no container there has an ip that speaks JSON')).toBeDefined();
  await result.remove();
}, 60_000);

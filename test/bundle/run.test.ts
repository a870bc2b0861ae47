import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { runAction } from '../../lab/runner/run-action.ts';
import { azureCluster } from '../../lab/world/azure-cluster.ts';
import { gceCluster } from '../../lab/world/gce-cluster.ts';
import { ec2Cluster } from '../../lab/world/ec2-cluster.ts';
import { checkOn, inject, routeMissing } from '../../lab/world/faults.ts';
import { truth } from '../../lab/truth/truth.ts';
import { atMoment } from '../../lab/world/moment.ts';
import type { World } from '../../lab/world/world.ts';
import { BUNDLE, readReport, runBundle } from '../support/bundle.ts';

const now = (): World => atMoment(ec2Cluster({ name: 'run', mode: 'host-gw', nodes: 9, subnets: 3 }), new Date());

const broken = (): World => inject(now(), checkOn(3), routeMissing(2)).world;

test('a saved snapshot gives the same report, byte for byte, without network or credentials', async () => {
  const live = await runBundle(broken(), { inputs: { 'save-snapshot': 'saved/snapshot.json' } });
  const path = live.result.outputs['snapshot-file'] ?? '';
  // An address that nobody answers at: whatever the replay asked of a network would fail.
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', KUBECONFIG: join(live.result.workspace, 'none') };
  const replay = await runAction({ bundle: BUNDLE, env, inputs: { snapshot: path }, recordLoads: true });
  expect(await readReport(replay)).toBe(live.reportText);
  expect(replay.summary).toBe(live.result.summary);
  expect(replay.exitCode).toBe(live.result.exitCode);
  expect(live.reportText).toContain('cloud-forwarding-off');
  await live.result.remove();
  await replay.remove();
}, 60_000);

test('only what a run needs is loaded', async () => {
  const checked = await runBundle(now(), { recordLoads: true });
  const chunks = (loaded: readonly string[]): number => loaded.filter((url) => url.includes('/dist/')).length;
  const bare = await runAction({ bundle: BUNDLE, inputs: { mode: 'nonsense' }, recordLoads: true });
  // Bad input is refused before a client of the cluster or a cloud is even read from disk.
  expect(chunks(bare.loaded)).toBe(1);
  expect(chunks(checked.result.loaded)).toBeGreaterThan(2);
  await checked.result.remove();
  await bare.remove();
}, 60_000);

/** What only the readers of each cloud contain. */
const MARKS = {
  aws: 'DescribeNetworkInterfaces',
  gcp: 'aggregated/instances',
  azure: 'Microsoft.Network/networkInterfaces',
};

test.each([
  ['aws', now()],
  ['gcp', gceCluster({ name: 'run', mode: 'fabric', nodes: 3 })],
  ['azure', azureCluster({ name: 'run', mode: 'fabric', nodes: 3 })],
] as const)(
  'a cluster on %s loads no other cloud’s code',
  async (cloud, made) => {
    const { result, report } = await runBundle(atMoment(made, new Date()), { recordLoads: true });
    const chunks = result.loaded.filter((url) => url.includes('/dist/'));
    const texts = await Promise.all(chunks.map((url) => readFile(new URL(url), 'utf8')));
    const loaded = Object.entries(MARKS).filter(([, mark]) => texts.some((text) => text.includes(mark)));
    expect({ verdict: report.verdict, loaded: loaded.map(([name]) => name) }).toEqual({
      verdict: 'pass',
      loaded: [cloud],
    });
    await result.remove();
  },
  120_000,
);

test('a fault that has gone by the second reading turns nothing red', async () => {
  const world = inject(now(), checkOn(3)).world;
  const { report } = await runBundle(world, {
    onRequest: ({ operation, count }, live) => {
      if (operation !== 'DescribeNetworkInterfaces' || count !== 2) return;
      for (const face of live.aws[0]?.interfaces ?? []) face.sourceDestCheck = false;
    },
  });
  expect({ verdict: report.verdict, findings: report.findings }).toEqual({ verdict: 'pass', findings: [] });
}, 60_000);

test.each([
  ['throttled on every second call', { throttleEvery: 2 }],
  ['with short and empty pages', { sparsePages: true }],
  ['with an expired continue token', { expireContinueAfter: 1, pageSize: { kubernetes: 4 } }],
  ['with connections that break off', { breakOffEvery: 4 }],
])(
  'a server %s changes nothing about the verdict',
  async (_, options) => {
    const world = broken();
    const { report } = await runBundle(world, options);
    expect(report.findings.map(({ rule }) => rule)).toEqual([
      'asymmetric-path',
      'cloud-forwarding-off',
      'fabric-route-missing',
      'node-condition-misleading',
    ]);
    expect(report.pairs).toEqual(truth(world).oneWay);
  },
  120_000,
);

test.each(['DescribeInstances', 'DescribeRouteTables', 'DescribeSubnets'])(
  'without permission for ec2:%s nothing is green, and the permission is named',
  async (action) => {
    const { report, result } = await runBundle(now(), { deny: [`ec2:${action}`] });
    expect(report.verdict).not.toBe('pass');
    expect(report.gate.result).toBe('fail');
    expect(report.gaps.map((gap) => gap.permission)).toContain(`ec2:${action}`);
    expect(result.summary).toContain(`ec2:${action}`);
  },
  60_000,
);

test('the instances tell of their interfaces too, so one denied call of the two costs no verdict', async () => {
  const { report } = await runBundle(now(), { deny: ['ec2:DescribeNetworkInterfaces'] });
  expect(report.verdict).toBe('pass');
  expect(report.gaps.map((gap) => gap.permission)).toEqual(['ec2:DescribeNetworkInterfaces']);
  expect((await runBundle(broken(), { deny: ['ec2:DescribeNetworkInterfaces'] })).report.verdict).toBe('fail');
}, 60_000);

test('bad input is one message with every problem, no stack, and status 1', async () => {
  const inputs = { mode: 'aply', 'fail-on': 'everything', 'pod-cidrs': '10.244.0.0/33', kubeconfig: '/nowhere' };
  const result = await runAction({ bundle: BUNDLE, inputs });
  expect(result.exitCode).toBe(1);
  const text = `${result.stdout}${result.stderr}`;
  for (const name of ['mode', 'fail-on', 'pod-cidrs']) expect(text).toContain(name);
  expect(text).toContain('Use one of: error, warning, new, never');
  expect(text).not.toMatch(/^\s+at /m);
  expect(result.annotations).toHaveLength(1);
  await result.remove();
}, 60_000);

test('a file that is no snapshot is refused with what to do', async () => {
  const result = await runAction({ bundle: BUNDLE, inputs: { snapshot: BUNDLE } });
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toMatch(/snapshot/);
  expect(result.stdout).not.toMatch(/^\s+at /m);
  await result.remove();
}, 60_000);

test('a kubeconfig that does not exist is named before anything else happens', async () => {
  const result = await runAction({ bundle: BUNDLE, inputs: { kubeconfig: 'missing/kube.config' } });
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toContain('missing/kube.config');
  await result.remove();
}, 60_000);

test('names that are markup or workflow commands stay text', async () => {
  const world = broken();
  const node = world.cluster.nodes[3];
  if (node === undefined) throw new Error('the world has nine nodes');
  // A backend that nobody knows is quoted in the reason why the node's paths are unknown.
  node.annotations['flannel.alpha.coreos.com/backend-type'] = '<img src=x>|`@admin`\n::error::gotcha';
  const { result, reportText } = await runBundle(world);
  expect(reportText).toContain('<img src=x>');
  expect(result.stdout).toContain('<img src=x>');
  expect(result.summary).toContain('gotcha');
  expect(result.summary).not.toContain('<img');
  expect(result.stdout).not.toMatch(/^::error::gotcha/m);
  expect(result.annotations.some((annotation) => annotation.message.startsWith('gotcha'))).toBe(false);
  await result.remove();
}, 60_000);

test('the report follows the published schema', async () => {
  const { reportText } = await runBundle(broken());
  const schema = JSON.parse(
    await readFile(new URL('../../docs/schema/report-v1.schema.json', import.meta.url), 'utf8'),
  ) as object;
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);
  validate(JSON.parse(reportText));
  expect(validate.errors).toBeNull();
}, 60_000);

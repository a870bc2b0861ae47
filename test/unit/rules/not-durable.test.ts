import { expect, test } from '@jest/globals';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import { autoScaled, checkOn, newNode } from '../../../lab/world/faults.ts';
import { azureForwardingOff, azureModelWithout } from '../../../lab/world/faults/azure.ts';
import { gceTemplateWithout } from '../../../lab/world/faults/gce.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { judgeDraft, judgeSnapshot } from '../../../src/judge/judge.ts';
import type { MachineFacts, Snapshot } from '../../../src/model/snapshot.ts';
import { AUTO, cluster, judgeWith, withoutEchoes } from '../../support/judging.ts';
import { WITHOUT_INTERFACES, ruleSuite } from '../../support/rule-suite.ts';

const FABRIC = { networkModes: ['fabric'] as const };
const gce = () => gceCluster({ name: 'unit', mode: 'fabric', nodes: 3 });
const azure = (machines: 'scale-set-uniform' | 'scale-set-flexible' = 'scale-set-uniform') =>
  azureCluster({ name: 'unit', mode: 'fabric', nodes: 3, machines });

ruleSuite('not-durable', {
  fails: [
    {
      name: 'an instance template without canIpForward',
      world: gce(),
      faults: [gceTemplateWithout(0), gceTemplateWithout(1)],
      says: /^canIpForward is false in instance template shop-prod\/unit-template, and on for nodes worker-01 and worker-02/,
      advises: /Make a template like .* with canIpForward set/,
      changes: ['set-template-forwarding'],
      severity: 'warning',
    },
    {
      name: 'the model of a scale set without IP forwarding',
      world: azure(),
      config: FABRIC,
      faults: [azureModelWithout()],
      says: /^IP forwarding is off in the model of scale set unit-nodes, and on for nodes worker-01, worker-02 and worker-03/,
      advises: /Switch IP forwarding on in the model/,
      changes: ['set-template-forwarding'],
      severity: 'warning',
    },
    {
      name: 'the model of a Flexible one',
      world: azure('scale-set-flexible'),
      config: FABRIC,
      faults: [azureModelWithout()],
      says: /in the model of scale set unit-nodes/,
      changes: ['set-template-forwarding'],
      severity: 'warning',
    },
    {
      name: 'an Auto Scaling group, once for all its nodes',
      faults: [autoScaled('workers', [0, 1, 2, 3])],
      says: /^Nothing that EC2 shows says that new instances of Auto Scaling group workers .* as nodes worker-01, worker-02, worker-03 and worker-04 have\.$/,
      advises: /Make sure that something does/,
      severity: 'notice',
    },
  ],
  gap: { ...WITHOUT_INTERFACES },
  irrelevant: [autoScaled('workers', [0, 1, 2])],
});

test('where packets are direct inside a subnet only, forwarding matters as well', () => {
  const world = cluster('calico-cross-subnet', { nodes: 6, subnets: 2 });
  const { judgement } = judgeWith(world, [autoScaled('a', [0, 1])]);
  expect(judgement.modes).toEqual(['cross-subnet']);
  expect(judgement.findings.filter(({ rule }) => rule === 'not-durable')).toHaveLength(1);
});

test('says one thing per group', () => {
  const { judgement } = judgeWith(cluster('fabric'), [autoScaled('a', [0, 1, 2]), autoScaled('b', [3, 4])]);
  expect(judgement.findings.map(({ key }) => key.split('/').at(-1))).toEqual(['a', 'b']);
  expect(judgement.verdict).toBe('pass');
});

test('where forwarding is off already, the finding is another one', () => {
  const { judgement } = judgeWith(cluster('host-gw'), [autoScaled('a', [1]), checkOn(1)]);
  expect(withoutEchoes(judgement.findings).map(({ rule }) => rule)).toEqual(['cloud-forwarding-off']);
  const off = judgeWith(azure(), [azureModelWithout(), ...[0, 1, 2].map((ref) => azureForwardingOff(ref))], FABRIC);
  expect(new Set(withoutEchoes(off.judgement.findings).map(({ rule }) => rule))).toEqual(
    new Set(['cloud-forwarding-off']),
  );
});

test('a node that is just starting is no witness', () => {
  expect(judgeWith(cluster('fabric'), [autoScaled('a', [1]), newNode(1)]).judgement.findings).toEqual([]);
});

function withMachines(snapshot: Snapshot, change: (machine: MachineFacts) => MachineFacts): Snapshot {
  const fabrics = snapshot.fabrics.map((fabric) => ({ ...fabric, machines: fabric.machines.map(change) }));
  return { ...snapshot, fabrics };
}

test('a template that could not be read says nothing', () => {
  const { snapshot } = judgeWith(gce(), [gceTemplateWithout(0)]);
  const unread = withMachines(snapshot, (machine) => ({ ...machine, template: { id: 'p/t', forwarding: 'unknown' } }));
  expect(judgeSnapshot(unread, AUTO).findings).toEqual([]);
});

test('instances behind the model lose it at the next upgrade already', () => {
  const { snapshot } = judgeWith(azure(), [azureModelWithout()], FABRIC);
  const [first] = snapshot.fabrics[0]!.machines;
  const behind = withMachines(snapshot, ({ template, ...machine }) => ({
    ...machine,
    template: { ...template!, applied: machine.id !== first!.id },
  }));
  const [finding] = judgeSnapshot(behind, { ...AUTO, ...FABRIC }).findings;
  expect(finding?.why).toContain('1 of them is not at the latest model');
});

test('nodes keep their verdict, and nothing is read a second time for a notice', () => {
  const { judgement, snapshot } = judgeWith(cluster('fabric'), [autoScaled('a', [0, 1])]);
  expect(new Set(judgement.nodes.map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
  expect(judgeDraft(snapshot, AUTO).suspects).toBeUndefined();
  const warned = judgeWith(gce(), [gceTemplateWithout(0)]).judgement;
  expect(new Set(warned.nodes.map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
});

test('a large group is named shortly', () => {
  const refs = Array.from({ length: 40 }, (_, index) => index);
  const { judgement } = judgeWith(cluster('fabric', { nodes: 40 }), [autoScaled('a', refs)]);
  expect(judgement.findings[0]?.what).toContain('worker-03 and 37 more');
  expect(judgement.findings[0]?.evidence).toHaveLength(7);
  expect(judgement.findings[0]?.evidence.at(-1)?.text).toBe('and on for 35 more nodes');
});

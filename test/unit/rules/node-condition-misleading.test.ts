import { describe, expect, test } from '@jest/globals';
import { checkOn, condition, foreignTable, newNode, routeMissing, terminated } from '../../../lab/world/faults.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { FilterFacts } from '../../../src/model/filter.ts';
import { admits } from '../../support/group-rules.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('node-condition-misleading', {
  fails: [
    {
      name: 'flannel’s word about a node whose check is on',
      faults: [checkOn(3)],
      says: /^NetworkUnavailable is False \(FlannelIsUp\) on node worker-04, although/,
      severity: 'notice',
    },
    {
      name: 'the route controller’s word about a node without a route',
      world: cluster('fabric'),
      faults: [routeMissing(2)],
      says: /False \(RouteCreated\) on node worker-03/,
      severity: 'notice',
    },
    {
      name: 'Calico’s word where packets are direct inside a subnet only',
      world: cluster('calico-cross-subnet'),
      faults: [checkOn(3)],
      says: /^NetworkUnavailable is False \(CalicoIsUp\) on node worker-04, although/,
      severity: 'notice',
    },
    {
      name: 'the same word on several nodes',
      faults: [checkOn(1), checkOn(3), checkOn(8)],
      says: /on nodes worker-02, worker-04 and worker-09/,
      severity: 'notice',
    },
    {
      name: 'a shared cause, which hits all nodes of a subnet',
      world: cluster('fabric'),
      faults: [foreignTable(1)],
      says: /on nodes worker-02, worker-05 and worker-08/,
      severity: 'notice',
    },
    {
      name: 'a controller that failed',
      world: cluster('fabric'),
      faults: [routeMissing(2), condition(2, 'True', 'NoRouteCreated')],
      says: /^NetworkUnavailable is True \(NoRouteCreated\) on node worker-03, and pod paths fail there/,
      advises: /events FailedToCreateRoute/,
      severity: 'warning',
    },
    {
      name: 'a complaint about a node that works',
      world: cluster('fabric'),
      faults: [condition(2, 'True', 'NoRouteCreated')],
      says: /True \(NoRouteCreated\) on node worker-03, although no pod path fails because of it/,
      advises: /--configure-cloud-routes=false/,
      severity: 'notice',
    },
  ],
  irrelevant: [checkOn(3), condition(2, 'True', 'NoRouteCreated')],
});

function misleading(...[world, list, config]: Parameters<typeof judgeWith>): string[] {
  const { findings } = judgeWith(world, list, config).judgement;
  return findings.flatMap(({ rule, key }) => (rule === 'node-condition-misleading' ? [key] : []));
}

test('says who wrote it', () => {
  const words = (list: Fault[]): string =>
    judgeWith(cluster('host-gw'), list).judgement.findings.find(({ key }) => key.includes('/lulls/'))?.why ?? '';
  expect(words([checkOn(3)])).toMatch(/flannel writes it when it starts, whether or not/);
  expect(words([checkOn(3), condition(3, 'False', 'RouteCreated')])).toMatch(/compares node and range only/);
  expect(words([checkOn(3), condition(3, 'False', 'CalicoIsUp')])).toMatch(/Calico writes it/);
  expect(words([checkOn(3), condition(3, 'False', 'SomethingElse')])).toMatch(/its writer does not follow packets/);
});

test('each reason is one finding', () => {
  const list = [checkOn(1), checkOn(2), checkOn(3), condition(2, 'False', 'RouteCreated')];
  expect(misleading(cluster('host-gw'), list)).toEqual([
    'node-condition-misleading/cluster/lulls/FlannelIsUp',
    'node-condition-misleading/cluster/lulls/RouteCreated',
  ]);
});

test('of a refusal it is the nodes behind the filter that are named, and not those that they refuse', () => {
  const { snapshot } = judgeWith(cluster('fabric'), []);
  const [late = ''] = snapshot.cluster.nodes[3]?.internalIPs ?? [];
  const bare: FilterFacts = {
    id: 'sg-bare',
    kind: 'security-group',
    rules: [{ ...admits('0.0.0.0/0'), direction: 'out' }],
  };
  const fabrics = snapshot.fabrics.map((fabric) => ({
    ...fabric,
    filters: [bare, ...(fabric.filters === 'unread' ? [] : fabric.filters)],
    interfaces: fabric.interfaces.map((face) =>
      face.addresses.includes(late) ? { ...face, filters: ['sg-bare'] } : face,
    ),
  }));
  const { findings, nodes } = judgeSnapshot({ ...snapshot, fabrics }, AUTO);
  const misled = findings.filter(({ rule }) => rule === 'node-condition-misleading');
  expect(misled.map(({ subjects }) => subjects.nodes)).toEqual([['worker-04']]);
  expect(nodes.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name)).toEqual(['worker-04']);
});

describe('is silent about', () => {
  test('a cluster whose network agent writes no condition', () => {
    const world = cluster('fabric', { routeCreated: false });
    expect(misleading(world, [routeMissing(2)], { networkModes: ['fabric'] })).toEqual([]);
  });

  test('a node whose machine is gone: nothing on it says anything any more', () => {
    expect(misleading(cluster('host-gw', { subnets: 1 }), [terminated(1)])).toEqual([]);
  });

  test('a node whose paths are all in tunnels, because it is alone in its subnet', () => {
    const world = cluster('calico-cross-subnet', { nodes: 3, subnets: 2, placement: [0, 0, 1] });
    expect(misleading(world, [condition(2, 'True', 'CalicoIsDown')])).toEqual([]);
    expect(misleading(world, [condition(1, 'True', 'CalicoIsDown')])).toEqual([
      'node-condition-misleading/cluster/alarms/CalicoIsDown',
    ]);
  });

  test('a new node, whose controller has just not come to it', () => {
    expect(misleading(cluster('fabric'), [newNode(2), condition(2, 'True', 'NoRouteCreated')])).toEqual([]);
  });

  test('nodes of which nothing is known, whatever the condition says', () => {
    const { snapshot } = judgeWith(cluster('fabric'), [condition(2, 'True', 'NoRouteCreated')]);
    const { gap, strip } = WITHOUT_ROUTES;
    const judgement = judgeSnapshot({ ...strip(snapshot), gaps: [gap] }, AUTO);
    expect(judgement.verdict).toBe('unknown');
    expect(judgement.findings.map(({ rule }) => rule)).toEqual(['evidence-incomplete']);
  });
});

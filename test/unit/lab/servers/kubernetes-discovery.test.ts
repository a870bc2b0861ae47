import { expect, test } from '@jest/globals';
import { discover } from '../../../../lab/servers/kube/discovery.ts';
import { ec2Cluster } from '../../../../lab/world/ec2-cluster.ts';

const world = ec2Cluster({ name: 'discovery', mode: 'host-gw' });

test('kubectl finds its way from the versions to the resources', () => {
  expect(discover('/api', world)).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  expect(discover('/apis', world)).toMatchObject({
    kind: 'APIGroupList',
    groups: [
      { name: 'apps', preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } },
      { name: 'networking.k8s.io' },
    ],
  });
  expect(discover('/api/v1', world)).toMatchObject({ kind: 'APIResourceList', groupVersion: 'v1' });
  const nodes = { name: 'nodes', singularName: 'node', namespaced: false, kind: 'Node', verbs: ['get', 'list'] };
  expect((discover('/api/v1', world) as { resources: unknown[] }).resources).toContainEqual(nodes);
  expect(discover('/apis/apps/v1', world)).toMatchObject({ resources: [{ name: 'daemonsets', namespaced: true }] });
});

test('what is not installed is in none of it', () => {
  expect(discover('/apis/crd.projectcalico.org/v1', world)).toBeUndefined();
  expect(discover('/apis/batch/v1', world)).toBeUndefined();
  expect(discover('/version', world)).toBeUndefined();
  const calico = { ...world, cluster: { ...world.cluster, ipPools: [] } };
  expect(discover('/apis/crd.projectcalico.org/v1', calico)).toMatchObject({
    resources: [{ name: 'ippools' }, { name: 'blockaffinities' }],
  });
});

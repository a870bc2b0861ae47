// Controller managers: their arguments as people write them, and whose count.
import { describe, expect, test } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { startLab, type LabOptions } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import { cloudController, inject } from '../../../lab/world/faults.ts';
import { chooseController, translateControllerPod } from '../../../src/cluster/controllers.ts';
import type { Wire } from '../../../src/cluster/api.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { open } from './harness.ts';

interface Told {
  readonly name?: string;
  readonly image?: string;
  readonly command?: string[];
  readonly args?: string[];
}

function pod(container: Told, phase = 'Running'): Wire<V1Pod> {
  const { name = 'cloud-controller-manager', ...rest } = container;
  return {
    metadata: { namespace: 'kube-system', name: `${name}-x` },
    spec: { containers: [{ name, ...rest }] },
    status: { phase },
  };
}

const kube = (...flags: string[]): Wire<V1Pod> =>
  pod({ name: 'kube-controller-manager', command: ['kube-controller-manager', ...flags] });

describe('the cloud controller manager makes routes', () => {
  test.each([
    ['unless it is told not to', [], true],
    ['told so', ['--configure-cloud-routes=true'], true],
    ['told so by the switch alone', ['--configure-cloud-routes'], true],
    ['not when told not to', ['--configure-cloud-routes=false'], false],
    ['not when told not to, in other letters', ['--configure-cloud-routes=F'], false],
    ['by its last word', ['--configure-cloud-routes=true', '--configure-cloud-routes=0'], false],
    ['not without that controller', ['--controllers=*,-route'], false],
    ['not without it under its present name', ['--controllers=*,-node-route-controller'], false],
    ['not where only others are listed', ['--controllers=cloud-node,service'], false],
    ['where it is listed', ['--controllers=cloud-node,route'], true],
  ])('%s', (_, args, configuresRoutes) => {
    expect(translateControllerPod(pod({ args }))).toMatchObject({ kind: 'cloud', configuresRoutes });
  });
});

test('arguments may stand in one string, in two, or in the command', () => {
  const expected = {
    kind: 'cloud',
    source: 'kube-system/cloud-controller-manager-x',
    configuresRoutes: true,
    provider: 'aws',
    clusterName: 'shop',
  };
  for (const container of [
    { args: ['--cloud-provider=aws', '--cluster-name=shop'] },
    { args: ['--cloud-provider', 'aws', '--cluster-name', 'shop'] },
    { command: ['/bin/sh', '-c', 'exec /bin/aws-cloud-controller-manager --cloud-provider=aws --cluster-name=shop'] },
  ]) {
    expect(translateControllerPod(pod(container))).toEqual(expected);
  }
});

test('a manager is known by its container, its image or its command', () => {
  expect(translateControllerPod(pod({ name: 'main', image: 'gcr.io/x/cloud-controller-manager:v1' }))?.kind).toBe(
    'cloud',
  );
  expect(translateControllerPod(pod({ name: 'main', command: ['/aws-cloud-controller-manager'] }))?.kind).toBe('cloud');
  expect(translateControllerPod(kube())?.kind).toBe('kube');
  expect(translateControllerPod(pod({ name: 'coredns', image: 'coredns:v1' }))).toBeUndefined();
  expect(translateControllerPod(pod({}, 'Pending'))).toBeUndefined();
});

describe('the manager of Kubernetes itself', () => {
  test('makes routes where it is told a cloud and gives out podCIDRs, as it could up to 1.28', () => {
    const told = translateControllerPod(kube('--cloud-provider=azure', '--allocate-node-cidrs=true'));
    expect(told).toMatchObject({ provider: 'azure', configuresRoutes: true });
    expect(translateControllerPod(kube('--cloud-provider=azure'))?.configuresRoutes).toBe(false);
  });

  test('says nothing where an external one does', () => {
    const external = translateControllerPod(kube('--cloud-provider=external', '--allocate-node-cidrs=true'));
    expect(external?.provider).toBeUndefined();
    expect(chooseController([external!])).toBeUndefined();
    const cloud = translateControllerPod(pod({ args: ['--cloud-provider=aws'] }))!;
    expect(chooseController([external!, cloud])?.source).toBe('kube-system/cloud-controller-manager-x');
  });
});

describe('from the API server', () => {
  const serve = labPerTest(startLab);

  async function read(options: LabOptions = {}, controllers = true) {
    const world = ec2Cluster({ name: 'controllers', mode: 'fabric', nodes: 2 });
    const args = ['--cloud-provider=aws', '--cluster-name=shop', '--configure-cloud-routes=false'];
    const lab = await serve(inject(world, cloudController(args)).world, options);
    const { reader } = open({ kubeconfig: lab.kubeconfig });
    const { facts, gaps } = await reader.read({ cni: false, controllers });
    const listed = lab.requests().filter(({ operation }) => operation.startsWith('list pods'));
    return { routeController: facts.routeController, gaps, listed: listed.length };
  }

  test('is read by the labels that it carries', async () => {
    const { routeController, gaps } = await read();
    expect(gaps).toEqual([]);
    expect(routeController).toEqual({
      source: 'kube-system/cloud-controller-manager-worker-01',
      configuresRoutes: false,
      provider: 'aws',
      clusterName: 'shop',
    });
  });

  test('is absent, and no gap, where pods may not be listed', async () => {
    const { routeController, gaps } = await read({ kubeDeny: ['list pods'] });
    expect([routeController, gaps]).toEqual([undefined, []]);
  });

  test('costs nothing where nobody wants it', async () => {
    expect(await read({}, false)).toEqual({ routeController: undefined, gaps: [], listed: 0 });
  });
});

// The reader against the lab's API server: whole readings, refusals, and servers that have a bad day.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startLab, type Lab, type LabOptions } from '../../../lab/servers/index.ts';
import { ec2Cluster, type ClusterOptions } from '../../../lab/world/ec2-cluster.ts';
import type { DaemonSetWorld, PodWorld, World } from '../../../lab/world/world.ts';
import type { CniFacts } from '../../../src/model/snapshot.ts';
import type { ClusterReading, Reading } from '../../../src/ports.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { nodeList, kubeconfigFor, open, serve, type Answer, type Opened } from './harness.ts';

const serveLab = labPerTest(startLab);
let lab: Lab | undefined;

type Config = Parameters<typeof open>[0];

async function openLab(world: World, options: LabOptions = {}, config: Config = {}): Promise<Opened> {
  lab = await serveLab(world, options);
  return open({ kubeconfig: lab.kubeconfig, ...config });
}

async function read(world: World, options: LabOptions = {}, config: Config = {}): Promise<Reading<ClusterReading>> {
  return (await openLab(world, options, config)).reader.read({ cni: true });
}

function cluster(options: Partial<ClusterOptions> = {}): World {
  return ec2Cluster({ name: 'read', mode: 'host-gw', nodes: 3, ...options });
}

function asked(): string[] {
  return (lab?.requests() ?? []).map(({ operation }) => operation);
}

/** A DaemonSet with one Ready pod on each of the named nodes. */
function addAgent(
  world: World,
  set: Pick<DaemonSetWorld, 'namespace' | 'name'> & Partial<DaemonSetWorld>,
  container: { readonly name: string; readonly image: string },
  nodes: readonly string[],
): void {
  const containers = [{ ...container, args: [] }];
  const labels = { app: set.name };
  const whole = { labels, selector: labels, desired: nodes.length, ready: nodes.length, nodeSelector: {} };
  world.cluster.daemonSets.push({ ...whole, containers, configMapVolumes: [], ...set });
  const pods = nodes.map((nodeName): PodWorld => ({
    namespace: set.namespace,
    name: `${set.name}-${nodeName}`,
    nodeName,
    labels: set.selector ?? labels,
    ownerDaemonSet: set.name,
    phase: 'Running',
    ready: true,
    hostNetwork: true,
    podIPs: [],
    containers,
  }));
  world.cluster.pods.push(...pods);
}

/** What is said of agents; running pods, and where DaemonSets may run, are looked at by tests of their own. */
function withoutSamples({ samples: _a, daemonSets: _b, ...cni }: CniFacts): Omit<CniFacts, 'samples' | 'daemonSets'> {
  return cni;
}

describe('a healthy flannel cluster', () => {
  test('is read whole, and nothing is asked for that is not needed', async () => {
    const world = cluster({ windows: 1, ipv6: true, podCidr: '10.244.0.0/16' });
    const { facts, gaps } = await read(world);
    expect(gaps).toEqual([]);
    expect(facts.id).toBe(world.cluster.uid);
    expect(facts.version).toBe(world.cluster.version);
    expect(facts.nodes.map(({ name, os }) => [name, os])).toEqual([
      ['windows-01', 'windows'],
      ['worker-01', 'linux'],
      ['worker-02', 'linux'],
    ]);
    expect(facts.nodes[1]).toMatchObject({
      podCIDRs: world.cluster.nodes[0]!.podCIDRs,
      providerID: world.cluster.nodes[0]!.providerID,
      flannel: { backendType: 'host-gw' },
    });
    expect(withoutSamples(facts.cni)).toEqual({
      agents: facts.nodes.map(({ name }) => ({ node: name, agents: ['flannel'] })),
      complete: true,
      agentSets: ['kube-flannel-ds', 'kube-flannel-ds-windows'].map((name) => {
        return { agent: 'flannel', namespace: 'kube-flannel', name, selector: 'app=flannel,tier=node' };
      }),
      flannel: {
        source: 'kube-flannel/kube-flannel-cfg',
        networks: ['10.244.0.0/16', 'fd00:10:244::/48'],
        backendType: 'host-gw',
        directRouting: false,
      },
    });
    expect(asked().sort()).toEqual([
      'get /version',
      'get configmaps kube-flannel/kube-flannel-cfg',
      'get namespaces kube-system',
      'list daemonsets',
      'list nodes',
      'list pods',
      'list pods kube-flannel',
    ]);
    // One page of running pods: what tells where pods really have their addresses from.
    expect(facts.cni.samples?.map(({ node, addresses }) => [node, addresses])).toEqual(
      facts.nodes.map(({ name, podCIDRs }) => [
        name,
        podCIDRs.map((cidr) => cidr.replace(/\.0\/24$/, '.5').replace(/::\/64$/, '::5')),
      ]),
    );
  });

  test('agents are not asked for where nobody wants them', async () => {
    const { reader } = await openLab(cluster());
    const { facts } = await reader.read({ cni: false });
    expect(facts.cni).toEqual({ agents: [], complete: false });
    expect(asked().filter((operation) => /daemonsets|pods|configmaps/.test(operation))).toEqual([]);
  });

  test.each([
    'host-gw',
    'vpc-cni',
    'calico-cross-subnet',
    'cilium-pool',
    'cilium-native',
    'antrea',
    'kube-router',
    'ovn',
  ] as const)('the published permissions suffice: %s', async (mode) => {
    const role: unknown = parse(
      readFileSync(new URL('../../../docs/permissions/kubernetes-check.yaml', import.meta.url), 'utf8'),
    );
    const world = cluster({ mode });
    const { reader } = await openLab(world, { clusterRole: role as object });
    const { facts, gaps } = await reader.read({ cni: true });
    expect(gaps).toEqual([]);
    expect(facts.id).toBe(world.cluster.uid);
    expect((await reader.reread(['worker-01'])).gaps).toEqual([]);
    expect(lab?.requests().filter(({ status, write }) => write || status >= 400)).toEqual([]);
  });

  test('a cluster-id saves the question', async () => {
    const { facts } = await read(cluster(), {}, { clusterId: 'blue' });
    expect(facts.id).toBe('blue');
    expect(asked()).not.toContain('get namespaces kube-system');
  });

  test('a namespace that may not be read: the host is the name, and that is no gap', async () => {
    const { facts, gaps } = await read(cluster(), { kubeDeny: ['get namespaces'] });
    expect(facts.id).toBe(new URL(lab!.urls.kubernetes).host);
    expect(gaps).toEqual([]);
  });

  test('nodes that a selector leaves out stay as peers', async () => {
    const world = cluster({ windows: 1 });
    const { reader } = await openLab(world, {}, { nodeSelector: 'kubernetes.io/os in (linux)' });
    const { facts } = await reader.read({ cni: false });
    expect(facts.nodes.map(({ name, selected }) => [name, selected])).toEqual([
      ['windows-01', false],
      ['worker-01', undefined],
      ['worker-02', undefined],
    ]);
    const again = await reader.reread(['windows-01', 'worker-01']);
    expect(again.facts.map(({ name, selected }) => [name, selected])).toEqual([
      ['windows-01', false],
      ['worker-01', undefined],
    ]);
  });

  test('a selector that the server does not take is the input of somebody', async () => {
    const { reader } = await openLab(cluster(), {}, { nodeSelector: 'a in b' });
    await expect(reader.read({ cni: false })).rejects.toThrow(/^Input node-selector: the API server does not take it/);
  });
});

describe('the ranges of Services', () => {
  const question = 'list servicecidrs';

  async function ask(world: World, options: LabOptions = {}): Promise<Reading<ClusterReading>> {
    return (await openLab(world, options)).reader.read({ cni: false, services: true });
  }

  test('are canonical, of both families, from all objects', async () => {
    const world = cluster({ ipv6: true });
    world.cluster.serviceCidrs?.push({ name: 'more', cidrs: ['10.200.0.9/24', '10.96.0.0/12'] });
    const { facts, gaps } = await ask(world);
    expect(facts.serviceCIDRs).toEqual(['10.200.0.0/24', '10.96.0.0/12', 'fd00:10:96::/108']);
    expect(gaps).toEqual([]);
  });

  test('are not asked for where no rule needs them', async () => {
    const { facts } = await read(cluster());
    expect(facts).not.toHaveProperty('serviceCIDRs');
    expect(asked()).not.toContain(question);
  });

  test.each<[string, (world: World) => LabOptions]>([
    ['an API server that has none', (world) => ((world.cluster.version = 'v1.32.9'), {})],
    ['credentials that may not list them', () => ({ kubeDeny: ['list servicecidrs'] })],
  ])('%s: they are not known, and that is no gap', async (_, change) => {
    const world = cluster();
    const { facts, gaps } = await ask(world, change(world));
    expect(asked()).toContain(question);
    expect(facts).not.toHaveProperty('serviceCIDRs');
    expect(gaps).toEqual([]);
  });

  test('the published permissions suffice', async () => {
    const role: unknown = parse(
      readFileSync(new URL('../../../docs/permissions/kubernetes-check.yaml', import.meta.url), 'utf8'),
    );
    const { facts } = await ask(cluster(), { clusterRole: role as object });
    expect(facts.serviceCIDRs).toEqual(['10.96.0.0/12']);
  });

  test.each<[string, Answer, string]>([
    ['no list', { status: 200, body: { kind: 'ServiceCIDR' } }, 'the answer is none of a Kubernetes API'],
    ['nothing', { status: 503 }, 'HTTP 503'],
  ])('an answer that is %s is a gap', async (_, answer, reason) => {
    const tiny = await serve((path) =>
      path.startsWith('/api/v1/nodes')
        ? { status: 200, body: nodeList(['a']) }
        : path.includes('servicecidrs')
          ? answer
          : { status: 403 },
    );
    const { reader } = open({ kubeconfig: kubeconfigFor(tiny.url) });
    const { facts, gaps } = await reader.read({ cni: false, services: true });
    await tiny.stop();
    expect(facts).not.toHaveProperty('serviceCIDRs');
    expect(gaps).toMatchObject([{ facet: 'services', subject: 'ServiceCIDRs' }]);
    expect(gaps[0]?.reason).toContain(reason);
  });
});

describe('where an agent counts', () => {
  test.each<[string, (pod: PodWorld) => void]>([
    ['not Ready', (pod) => (pod.ready = false)],
    ['being deleted', (pod) => (pod.deletingSince = '2026-11-20T12:00:00Z')],
    ['lost with its node', (pod) => (pod.phase = 'Failed')],
    ["somebody else's with the same labels", (pod) => delete pod.ownerDaemonSet],
  ])('a pod that is %s does not', async (_, change) => {
    const world = cluster();
    for (const pod of world.cluster.pods) {
      if (pod.namespace === 'kube-flannel' && pod.nodeName === 'worker-02') change(pod);
    }
    const { facts } = await read(world);
    expect(facts.cni.agents.map(({ node }) => node)).toEqual(['worker-01', 'worker-03']);
    expect(facts.cni.complete).toBe(true);
  });

  test('a parked DaemonSet is no agent anywhere, and its leftover configuration is nobody’s', async () => {
    const world = cluster({ mode: 'fabric' });
    world.cluster.configMaps.push({
      namespace: 'kube-flannel',
      name: 'kube-flannel-cfg',
      data: { 'net-conf.json': '{}' },
    });
    const parked = { namespace: 'kube-flannel', name: 'kube-flannel-ds', configMapVolumes: ['kube-flannel-cfg'] };
    addAgent(
      world,
      { ...parked, nodeSelector: { 'no-such': 'label' } },
      { name: 'kube-flannel', image: 'flannel' },
      [],
    );
    const { facts, gaps } = await read(world);
    expect(withoutSamples(facts.cni)).toEqual({ agents: [], complete: true });
    expect(gaps).toEqual([]);
    expect(asked().filter((operation) => operation.includes('configmaps'))).toEqual([]);
  });

  test('the configuration that counts is the one that the running DaemonSet mounts', async () => {
    const world = cluster();
    world.cluster.configMaps.push({
      namespace: 'kube-flannel',
      name: 'flannel-new',
      data: { 'net-conf.json': '{"Network":"10.9.0.0/16","Backend":{"Type":"vxlan","DirectRouting":true}}' },
    });
    for (const set of world.cluster.daemonSets) {
      if (set.namespace === 'kube-flannel') set.configMapVolumes = ['flannel-new'];
    }
    const { facts } = await read(world);
    expect(facts.cni.flannel).toEqual({
      source: 'kube-flannel/flannel-new',
      networks: ['10.9.0.0/16'],
      backendType: 'vxlan',
      directRouting: true,
    });
  });

  test('pods count for the DaemonSet that owns them, though another one has the same labels', async () => {
    const world = cluster();
    world.cluster.pods = world.cluster.pods.filter(({ nodeName }) => nodeName !== 'worker-03');
    const stranger = { namespace: 'kube-flannel', name: 'log-shipper', selector: { app: 'flannel', tier: 'node' } };
    addAgent(world, { ...stranger, labels: {} }, { name: 'shipper', image: 'shipper:v1' }, ['worker-03']);
    const { facts } = await read(world);
    expect(facts.cni.agents.map(({ node }) => node)).toEqual(['worker-01', 'worker-02']);
  });

  test('of two flannel DaemonSets the larger one says what the configuration is', async () => {
    const world = cluster();
    const other = { namespace: 'kube-flannel', name: 'flannel', configMapVolumes: ['other'] };
    addAgent(world, other, { name: 'kube-flannel', image: 'flannel' }, ['worker-03']);
    world.cluster.configMaps.push({ namespace: 'kube-flannel', name: 'other', data: { 'net-conf.json': '{}' } });
    const { facts } = await read(world);
    expect(facts.cni.flannel?.source).toBe('kube-flannel/kube-flannel-cfg');
    expect(facts.cni.otherFlannels).toEqual([
      { source: 'kube-flannel/other', networks: [], backendType: 'udp', directRouting: false, nodes: ['worker-03'] },
    ]);
  });

  test('a flannel that gets Ready nowhere is no agent, but what it is told is read', async () => {
    const world = cluster();
    for (const pod of world.cluster.pods) if (pod.namespace === 'kube-flannel') pod.ready = false;
    const { facts, gaps } = await read(world);
    expect(facts.cni.agents).toEqual([]);
    expect(facts.cni.notReady).toEqual(facts.nodes.map(({ name }) => ({ node: name, agents: ['flannel'] })));
    expect(facts.cni.flannel?.source).toBe('kube-flannel/kube-flannel-cfg');
    expect(gaps).toEqual([]);
  });

  test('a set for Windows has its own configuration beside it, and kube-proxy’s is nobody’s business', async () => {
    const world = cluster({ windows: 1 });
    const windows = world.cluster.daemonSets.find(({ name }) => name === 'kube-flannel-ds-windows');
    windows!.configMapVolumes = ['kube-proxy', 'kubeadm-config', 'kube-flannel-windows-cfg'];
    world.cluster.configMaps.push({
      namespace: 'kube-flannel',
      name: 'kube-flannel-windows-cfg',
      data: { 'net-conf.json': '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan","VNI":4096,"Port":4789}}' },
    });
    const { facts, gaps } = await read(world);
    expect(facts.cni.otherFlannels).toMatchObject([
      { source: 'kube-flannel/kube-flannel-windows-cfg', vni: 4096, port: 4789, nodes: ['windows-01'] },
    ]);
    expect(gaps).toEqual([]);
    expect(asked().filter((operation) => /configmaps .*kube-proxy/.test(operation))).toEqual([]);
  });

  test('sets that are made for one system say where they may run', async () => {
    const world = cluster({ windows: 1 });
    const linux = world.cluster.daemonSets.find(({ name }) => name === 'kube-flannel-ds');
    linux!.nodeSelector = { 'beta.kubernetes.io/arch': 'amd64' };
    const { facts } = await read(world);
    expect(facts.cni.daemonSets?.map(({ namespace, name, runs, os }) => [`${namespace}/${name}`, runs, os])).toEqual([
      ['kube-flannel/kube-flannel-ds', 'flannel', 'any'],
      ['kube-flannel/kube-flannel-ds-windows', 'flannel', 'windows'],
      ['kube-system/kube-proxy', 'kube-proxy', 'linux'],
      ['kube-system/kube-proxy-windows', 'kube-proxy', 'windows'],
    ]);
  });

  test('Cilium with its configuration', async () => {
    const world = cluster({ mode: 'fabric' });
    const data = { 'routing-mode': 'native', ipam: 'kubernetes', 'auto-direct-node-routes': 'true' };
    world.cluster.configMaps.push({ namespace: 'kube-system', name: 'cilium-config', data });
    const image = { name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.18' };
    addAgent(world, { namespace: 'kube-system', name: 'cilium' }, image, ['worker-01']);
    const { facts } = await read(world);
    expect(withoutSamples(facts.cni)).toEqual({
      agents: [{ node: 'worker-01', agents: ['cilium'] }],
      complete: true,
      agentSets: [{ agent: 'cilium', namespace: 'kube-system', name: 'cilium', selector: 'app=cilium' }],
      cilium: {
        source: 'kube-system/cilium-config',
        routingMode: 'native',
        ipam: 'kubernetes',
        autoDirectNodeRoutes: true,
      },
    });
  });

  test.each<[string, World['cluster']['ipPools'], object | undefined]>([
    [
      'pools',
      [{ name: 'p', spec: { cidr: '10.1.0.0/16', ipipMode: 'Always' } }],
      [{ name: 'p', cidr: '10.1.0.0/16', ipipMode: 'Always', vxlanMode: 'Never', disabled: false }],
    ],
    ['no pools', [], []],
    ['no CRD', undefined, undefined],
  ])('Calico with %s', async (_, ipPools, calicoPools) => {
    const world = cluster({ mode: 'fabric' });
    if (ipPools !== undefined) world.cluster.ipPools = ipPools;
    const image = { name: 'calico-node', image: 'calico/node:v3' };
    addAgent(world, { namespace: 'calico-system', name: 'calico-node' }, image, ['worker-01']);
    const { facts, gaps } = await read(world);
    expect(gaps).toEqual([]);
    expect(facts.cni.calicoPools).toEqual(calicoPools);
    expect(facts.cni.agents).toEqual([{ node: 'worker-01', agents: ['calico'] }]);
  });

  test('the AWS VPC CNI needs no configuration', async () => {
    const { facts, gaps } = await read(cluster({ mode: 'vpc-cni' }));
    expect(gaps).toEqual([]);
    expect(facts.cni).toMatchObject({ complete: true, agents: [{ agents: ['aws-vpc-cni'] }, {}, {}] });
  });
});

describe('agents with an address management of their own', () => {
  test('Calico: blocks of every node, in pages', async () => {
    const world = cluster({ mode: 'calico-cross-subnet', nodes: 5, ipv6: true });
    const { facts, gaps } = await read(world, { pageSize: { kubernetes: 2 } });
    expect(gaps).toEqual([]);
    expect(facts.cni.calicoBlocks).toEqual(
      world.cluster.nodes.map(({ name, kernel }) => ({ node: name, prefixes: [...(kernel.ranges ?? [])].sort() })),
    );
    expect(facts.cni.calicoPools?.map(({ vxlanMode }) => vxlanMode)).toEqual(['CrossSubnet', 'CrossSubnet']);
    expect(facts.nodes[0]?.calico?.address).toBe(facts.nodes[0]?.internalIPs[0]);
  });

  test('Cilium: the CiliumNodes, where they count', async () => {
    const world = cluster({ mode: 'cilium-pool' });
    const { facts, gaps } = await read(world);
    expect(gaps).toEqual([]);
    expect(facts.cni.cilium).toMatchObject({ ipam: 'cluster-pool', routingMode: 'native', pools: ['10.48.0.0/16'] });
    expect(facts.cni.ciliumNodes).toEqual(
      world.cluster.nodes.map(({ name, kernel }) => ({ node: name, prefixes: kernel.ranges })),
    );
    const native = await read(cluster({ mode: 'cilium-native' }));
    expect(native.facts.cni).not.toHaveProperty('ciliumNodes');
    expect(asked()).not.toContain('list ciliumnodes');
  });

  test.each([
    ['calico-bgp', 'list blockaffinities', 'Calico BlockAffinities', 'list blockaffinities.crd.projectcalico.org'],
    ['cilium-pool', 'list ciliumnodes', 'CiliumNodes', 'list ciliumnodes.cilium.io'],
  ] as const)('%s: refused ranges are a gap with the permission', async (mode, deny, subject, permission) => {
    const { facts, gaps } = await read(cluster({ mode }), { kubeDeny: [deny] });
    expect(gaps).toMatchObject([{ facet: 'cni', subject, permission }]);
    expect(facts.cni).not.toHaveProperty('calicoBlocks');
    expect(facts.cni).not.toHaveProperty('ciliumNodes');
  });
});

describe('agents that say it in their own way', () => {
  test('kube-router in its flags, Antrea in its configuration', async () => {
    const router = await read(cluster({ mode: 'kube-router' }));
    expect(router.facts.cni.kubeRouter).toEqual({
      source: 'kube-system/kube-router',
      overlay: 'subnet',
      encapsulation: 'ipip',
      mesh: true,
    });
    const antrea = await read(cluster({ mode: 'antrea' }));
    expect(antrea.facts.cni.antrea).toMatchObject({ source: 'kube-system/antrea-config', encapMode: 'hybrid' });
    expect([...router.gaps, ...antrea.gaps]).toEqual([]);
  });
});

describe('running pods as samples', () => {
  test('that may not be listed are no gap: nothing hangs on them', async () => {
    const { facts, gaps } = await read(cluster({ mode: 'vpc-cni' }), {
      clusterRole: {
        kind: 'ClusterRole',
        rules: [
          { apiGroups: [''], resources: ['nodes', 'namespaces'], verbs: ['get', 'list'] },
          { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['list'] },
        ],
      },
    });
    expect(facts.cni).not.toHaveProperty('samples');
    expect(gaps.map(({ subject }) => subject)).toEqual(['pods k8s-app=aws-node in kube-system']);
  });

  test('are one page, however many pods there are', async () => {
    const world = cluster();
    const [like] = world.cluster.pods.filter(({ hostNetwork }) => !hostNetwork);
    for (let number = 0; number < 1200; number += 1) {
      world.cluster.pods.push({ ...like!, name: `many-${String(number)}` });
    }
    const { facts } = await read(world);
    expect(asked().filter((operation) => operation === 'list pods')).toHaveLength(1);
    expect(facts.cni.samples?.filter(({ node }) => node === like!.nodeName)).toHaveLength(3);
  });
});

describe('what may not be read is a gap that names the permission', () => {
  test('DaemonSets anywhere: the usual namespaces are tried', async () => {
    const { facts, gaps } = await read(cluster(), {
      clusterRole: [
        {
          kind: 'ClusterRole',
          rules: [{ apiGroups: [''], resources: ['nodes', 'pods', 'configmaps'], verbs: ['get', 'list'] }],
        },
        {
          kind: 'Role',
          metadata: { namespace: 'kube-flannel' },
          rules: [{ apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['list'] }],
        },
      ],
    });
    expect(facts.cni.complete).toBe(false);
    expect(facts.cni.agents).toHaveLength(3);
    expect(facts.cni.flannel?.backendType).toBe('host-gw');
    expect(gaps.map(({ facet, subject, permission }) => [facet, subject, permission])).toEqual([
      ['cni', 'DaemonSets in all namespaces', 'list daemonsets.apps'],
      ['cni', 'DaemonSets in kube-system', 'list daemonsets.apps in kube-system'],
    ]);
    expect(gaps[0]?.reason).toMatch(/^HTTP 403: daemonsets\.apps is forbidden: User ".*" cannot list/);
  });

  test('DaemonSets at all', async () => {
    const { facts, gaps } = await read(cluster(), { kubeDeny: ['list daemonsets'] });
    expect(withoutSamples(facts.cni)).toEqual({ agents: [], complete: false });
    expect(gaps.map(({ subject }) => subject)).toEqual([
      'DaemonSets in all namespaces',
      'DaemonSets in kube-system',
      'DaemonSets in kube-flannel',
    ]);
    expect(facts.nodes).toHaveLength(3);
  });

  test('pods', async () => {
    const { facts, gaps } = await read(cluster(), { kubeDeny: ['list pods kube-flannel'] });
    expect(withoutSamples(facts.cni)).toEqual({ agents: [], complete: false });
    expect(gaps).toMatchObject([
      { facet: 'cni', subject: 'pods app=flannel,tier=node in kube-flannel', permission: 'list pods in kube-flannel' },
    ]);
  });

  test('a ConfigMap: agents are known all the same', async () => {
    const { facts, gaps } = await read(cluster(), { kubeDeny: ['get configmaps'] });
    expect(facts.cni).toMatchObject({ complete: true, agents: [{}, {}, {}] });
    expect(facts.cni).not.toHaveProperty('flannel');
    expect(gaps).toMatchObject([
      {
        facet: 'cni',
        subject: 'ConfigMap kube-flannel/kube-flannel-cfg',
        permission: 'get configmaps kube-flannel-cfg in kube-flannel',
      },
    ]);
  });

  test.each<[string, (world: World) => void, RegExp]>([
    ['is not there', (world) => (world.cluster.configMaps = []), /^HTTP 404: configmaps "kube-flannel-cfg" not found$/],
    ['is no JSON', (world) => (world.cluster.configMaps.at(-1)!.data['net-conf.json'] = '{'), /^it is no JSON object$/],
    [
      'lacks the key',
      (world) => (world.cluster.configMaps.at(-1)!.data = {}),
      /^no ConfigMap that DaemonSet kube-flannel-ds mounts holds net-conf\.json$/,
    ],
  ])('a ConfigMap that %s needs no permission', async (_, change, reason) => {
    const world = cluster();
    change(world);
    const { gaps } = await read(world);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.reason).toMatch(reason);
    expect(gaps[0]).not.toHaveProperty('permission');
  });

  test('IPPools', async () => {
    const world = cluster({ mode: 'fabric' });
    world.cluster.ipPools = [];
    addAgent(world, { namespace: 'calico-system', name: 'calico-node' }, { name: 'calico-node', image: 'x' }, [
      'worker-01',
    ]);
    const { facts, gaps } = await read(world, { kubeDeny: ['list ippools'] });
    expect(facts.cni).not.toHaveProperty('calicoPools');
    expect(gaps).toMatchObject([{ subject: 'Calico IPPools', permission: 'list ippools.crd.projectcalico.org' }]);
  });
});

describe('a bad day', () => {
  const large = { nodes: 40, podCidr: '10.244.0.0/16', vpcCidr: '10.0.0.0/16' };

  test('busy: every third answer is 429, and all is read', async () => {
    const { reader, clock, log } = await openLab(cluster(large), { throttleEvery: 3, pageSize: { kubernetes: 15 } });
    const { facts, gaps } = await reader.read({ cni: true });
    expect(gaps).toEqual([]);
    expect(facts.nodes).toHaveLength(40);
    expect(clock.slept.length).toBeGreaterThan(2);
    expect(clock.slept.every((ms) => ms >= 1000)).toBe(true);
    expect(log.lines.filter((line) => line.includes('HTTP 429; trying again in 1.0 s')).length).toBeGreaterThan(2);
  });

  test('broken: every third answer ends in the middle, and all is read', async () => {
    const { reader, log } = await openLab(cluster(large), { breakOffEvery: 3, pageSize: { kubernetes: 15 } });
    const { facts, gaps } = await reader.read({ cni: true });
    expect(gaps).toEqual([]);
    expect(facts.nodes).toHaveLength(40);
    expect(log.lines.filter((line) => /connection failed \(.*\); trying again/.test(line)).length).toBeGreaterThan(1);
  });

  test('forgetful: lists expire after one page, and all is read once', async () => {
    const world = cluster(large);
    const { facts, gaps } = await read(world, { expireContinueAfter: 1, pageSize: { kubernetes: 5 } });
    expect(gaps).toEqual([]);
    expect(facts.nodes.map(({ name }) => name)).toEqual(world.cluster.nodes.map(({ name }) => name).sort());
  });

  test('another attempt takes another connection', async () => {
    let failures = 2;
    const tiny = await serve(() => {
      failures -= 1;
      return failures >= 0 ? { status: 503 } : { status: 200, body: { metadata: { name: 'a' } } };
    });
    const { facts } = await open({ kubeconfig: kubeconfigFor(tiny.url) }).reader.reread(['a']);
    expect(facts).toHaveLength(1);
    expect(tiny.connections()).toBe(3);
    await tiny.stop();
  });

  test('a request gets a minute, less before the deadline, but always a second', async () => {
    const tiny = await serve(() => ({ status: 503 }));
    const given: number[] = [];
    const timeout = (ms: number): AbortSignal => {
      given.push(ms);
      return new AbortController().signal;
    };
    const retry = { attempts: 9, baseMs: 80_000, maxMs: 80_000 };
    const { reader } = open({ kubeconfig: kubeconfigFor(tiny.url), timeoutMs: 120_400 }, { timeout, retry });
    await expect(reader.read({ cni: false })).rejects.toThrow(/after 4 attempts: HTTP 503/);
    await tiny.stop();
    expect(given).toEqual([60_000, 60_000, 40_400, 1000]);
  });

  test('a credential that dies between two pages', async () => {
    let expired = false;
    const tiny = await serve((path) => {
      if (expired) return { status: 401, body: { kind: 'Status', message: 'Unauthorized' } };
      expired = path.startsWith('/api/v1/nodes');
      return { status: 200, body: nodeList(['a'], { continue: 'more' }) };
    });
    await expect(open({ kubeconfig: kubeconfigFor(tiny.url) }).reader.read({ cni: true })).rejects.toThrow(/HTTP 401/);
    await tiny.stop();
  });

  test('a server that is gone after the nodes leaves gaps', async () => {
    const tiny = await serve((path) =>
      path.startsWith('/api/v1/nodes') ? { status: 200, body: nodeList(['b', 'a']) } : { status: 503 },
    );
    const { facts, gaps } = await open({ kubeconfig: kubeconfigFor(tiny.url) }).reader.read({ cni: true });
    await tiny.stop();
    expect(facts).toMatchObject({ id: new URL(tiny.url).host, nodes: [{ name: 'a' }, { name: 'b' }] });
    expect(facts).not.toHaveProperty('version');
    expect(gaps).toEqual([{ facet: 'cni', subject: 'DaemonSets in all namespaces', reason: 'HTTP 503' }]);
  });
});

test('progress of a long list is logged', async () => {
  const pages = 9;
  const tiny = await serve((path) => {
    if (!path.startsWith('/api/v1/nodes')) return { status: 404 };
    const page = Number(/continue=(\d+)/.exec(path)?.[1] ?? '0');
    const names = Array.from({ length: 500 }, (_, i) => `node-${String(page * 500 + i).padStart(5, '0')}`);
    const left = (pages - page - 1) * 500;
    const more = left === 0 ? {} : { continue: String(page + 1), remainingItemCount: left };
    return { status: 200, body: nodeList(names, more) };
  });
  const { reader, log } = open({ kubeconfig: kubeconfigFor(tiny.url) });
  const { facts } = await reader.read({ cni: false });
  await tiny.stop();
  expect(facts.nodes).toHaveLength(4500);
  expect(log.lines.filter((line) => line.startsWith('Kubernetes: read'))).toEqual([
    'Kubernetes: read 2000 of 4500 nodes',
    'Kubernetes: read 4000 of 4500 nodes',
  ]);
});

describe('the second reading', () => {
  test('asks for few nodes one by one; what is gone is left out', async () => {
    const { reader } = await openLab(cluster());
    const { facts, gaps } = await reader.reread(['worker-03', 'gone', 'worker-01', 'worker-03']);
    expect(facts.map(({ name }) => name)).toEqual(['worker-01', 'worker-03']);
    expect(gaps).toEqual([]);
    expect(asked().sort()).toEqual(['get nodes gone', 'get nodes worker-01', 'get nodes worker-03']);
  });

  test('lists for many', async () => {
    const world = cluster({ nodes: 30 });
    const { reader } = await openLab(world);
    const names = world.cluster.nodes.slice(0, 21).map(({ name }) => name);
    expect((await reader.reread(names)).facts.map(({ name }) => name)).toEqual([...names].sort());
    expect(asked()).toEqual(['list nodes']);
  });

  test('lists where single nodes may not be read', async () => {
    const { reader } = await openLab(cluster(), { kubeDeny: ['get nodes'] });
    const { facts, gaps } = await reader.reread(['worker-02']);
    expect(facts.map(({ name }) => name)).toEqual(['worker-02']);
    expect(gaps).toEqual([]);
  });

  test('nothing to read is nothing asked', async () => {
    const { reader } = await openLab(cluster());
    expect(await reader.reread([])).toEqual({ facts: [], gaps: [] });
    expect(asked()).toEqual([]);
  });

  test('what cannot be read is a gap about that node', async () => {
    const tiny = await serve((path) =>
      path.endsWith('/a')
        ? { status: 200, body: { metadata: { name: 'a' } } }
        : path.endsWith('/b')
          ? { status: 500 }
          : { status: 200, body: {} },
    );
    const { facts, gaps } = await open({ kubeconfig: kubeconfigFor(tiny.url) }).reader.reread(['a', 'b', 'c']);
    await tiny.stop();
    expect(facts.map(({ name }) => name)).toEqual(['a']);
    expect(gaps).toEqual([
      { facet: 'nodes', subject: 'node b', scope: 'b', reason: 'HTTP 500' },
      { facet: 'nodes', subject: 'node c', scope: 'c', reason: 'the answer is no node' },
    ]);
  });

  test('a list that may not be read either is one gap', async () => {
    const { reader } = await openLab(cluster(), { kubeDeny: ['get nodes', 'list nodes'] });
    const { facts, gaps } = await reader.reread(['worker-02']);
    expect(facts).toEqual([]);
    expect(gaps).toMatchObject([{ facet: 'nodes', subject: 'second reading of the nodes', permission: 'list nodes' }]);
  });
});

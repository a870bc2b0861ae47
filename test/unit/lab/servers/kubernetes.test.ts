import { NetworkingV1Api, setHeaderOptions, VersionApi, type V1Node } from '@kubernetes/client-node';
import { expect, test } from '@jest/globals';
import { gunzipSync } from 'node:zlib';

import type { Lab } from '../../../../lab/servers/index.ts';
import { kubeOf, kubeRaw, smallWorld, withLab } from './support.ts';
import { ec2Cluster } from '../../../../lab/world/ec2-cluster.ts';

async function listNodes(lab: Lab, limit: number): Promise<{ pages: number[]; nodes: V1Node[] }> {
  const { core } = kubeOf(lab);
  const pages: number[] = [];
  const nodes: V1Node[] = [];
  let token: string | undefined;
  do {
    const list = await core.listNode({ limit, ...(token !== undefined && { _continue: token }) });
    pages.push(list.items.length);
    nodes.push(...list.items);
    token = list.metadata?._continue;
  } while (token !== undefined && token !== '');
  return { pages, nodes };
}

test('all pages together hold every node once, in the order of their names', async () => {
  const world = smallWorld({ nodes: 23 });
  world.cluster.nodes.reverse();
  await withLab(world, {}, async (lab) => {
    const { pages, nodes } = await listNodes(lab, 10);
    expect(pages).toEqual([10, 10, 3]);
    const names = nodes.map((node) => node.metadata!.name!);
    expect(names).toEqual(world.cluster.nodes.map((node) => node.name).sort());
    expect(lab.requests()).toEqual(
      Array.from({ length: 3 }, () => ({ service: 'k8s', operation: 'list nodes', status: 200, write: false })),
    );
  });
});

test('a list is what it was when it was begun, whatever happens meanwhile', async () => {
  const world = smallWorld({ nodes: 6 });
  const onRequest = ({ count }: { count: number }): void => {
    if (count === 2) world.cluster.nodes.splice(3, 3);
  };
  await withLab(world, { onRequest }, async (lab) => {
    const first = await listNodes(lab, 4);
    expect(first.nodes).toHaveLength(6);
    const second = await listNodes(lab, 4);
    expect(second.nodes).toHaveLength(3);
    expect(first.nodes[0]!.metadata!.uid).toBe(second.nodes[0]!.metadata!.uid);
  });
});

test('the envelope: resource version, remaining count, its absence with a selector', async () => {
  await withLab(smallWorld({ nodes: 5 }), {}, async (lab) => {
    const list = (await kubeRaw(lab, '/api/v1/nodes?limit=2')).json();
    expect(list).toMatchObject({ kind: 'NodeList', apiVersion: 'v1', metadata: { remainingItemCount: 3 } });
    const { metadata, items } = list as { metadata: Record<string, string>; items: object[] };
    expect(Object.keys(metadata)).toEqual(['resourceVersion', 'continue', 'remainingItemCount']);
    expect(items[0]).not.toHaveProperty('kind');
    const selected = (await kubeRaw(lab, '/api/v1/nodes?limit=2&labelSelector=kubernetes.io/os')).json();
    expect(selected['metadata']).not.toHaveProperty('remainingItemCount');
    expect(selected['metadata']).toHaveProperty('continue');
    const whole = (await kubeRaw(lab, '/api/v1/nodes?nonsense=1')).json() as { metadata: object; items: object[] };
    expect(Object.keys(whole.metadata)).toEqual(['resourceVersion']);
    expect(whole.items).toHaveLength(5);
  });
});

test('a node as it is in production: fat, with everything the world says', async () => {
  const world = smallWorld({ ipv6: true, windows: 1 });
  const [node] = world.cluster.nodes;
  node!.podCIDRs = ['10.244.0.5/24', 'fd00:10:244::/64'];
  node!.taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }];
  node!.unschedulable = true;
  node!.deletingSince = '2026-11-20T08:59:30Z';
  await withLab(world, {}, async (lab) => {
    const { core } = kubeOf(lab);
    const shown = await core.readNode({ name: node!.name });
    expect(shown.kind).toBe('Node');
    expect(shown.spec).toEqual({
      podCIDR: '10.244.0.5/24',
      podCIDRs: ['10.244.0.5/24', 'fd00:10:244::/64'],
      providerID: node!.providerID,
      unschedulable: true,
      taints: node!.taints,
    });
    expect(shown.metadata).toMatchObject({ uid: node!.uid, deletionTimestamp: new Date(node!.deletingSince!) });
    expect(shown.metadata!.creationTimestamp).toEqual(new Date(node!.createdAt));
    expect(shown.status!.addresses).toEqual(node!.addresses);
    const conditions = shown.status!.conditions!.map((one) => [one.type, one.status, one.reason]);
    expect(conditions).toContainEqual(['NetworkUnavailable', 'False', 'FlannelIsUp']);
    expect(conditions).toContainEqual(['Ready', 'True', 'KubeletReady']);
    expect(JSON.stringify(shown).length).toBeGreaterThan(8_000);
    const windows = await core.readNode({ name: 'windows-01' });
    expect(windows.status!.nodeInfo!.operatingSystem).toBe('windows');
    expect(windows.metadata!.labels).toMatchObject({
      'kubernetes.io/os': 'windows',
      'kubernetes.io/hostname': 'windows-01',
    });
  });
});

test('what is changed in the world is answered from the next request on', async () => {
  const world = smallWorld();
  await withLab(world, {}, async (lab) => {
    const before = (await kubeRaw(lab, '/api/v1/nodes')).json();
    expect((await kubeRaw(lab, '/api/v1/nodes')).json()).toEqual(before);
    world.cluster.nodes[0]!.ready = 'Unknown';
    const after = (await kubeRaw(lab, '/api/v1/nodes')).json();
    expect(JSON.stringify(after)).toContain('NodeStatusUnknown');
    const version = (list: Record<string, unknown>): number =>
      Number((list['metadata'] as { resourceVersion: string }).resourceVersion);
    expect(version(after)).toBeGreaterThan(version(before));
  });
});

test.each([
  ['kubernetes.io/os=linux', 2],
  ['kubernetes.io/os==windows', 1],
  ['kubernetes.io/os!=linux', 1],
  ['absent!=x', 3],
  ['kubernetes.io/os in (linux, windows)', 3],
  ['kubernetes.io/os notin (linux),kubernetes.io/arch', 1],
  ['!kubernetes.io/os', 0],
  ['absent', 0],
  ['kubernetes.io/hostname in (worker-01),kubernetes.io/os=linux', 1],
])('label selector %s finds %i of three nodes', async (labelSelector, found) => {
  await withLab(smallWorld({ windows: 1 }), {}, async (lab) => {
    expect((await kubeOf(lab).core.listNode({ labelSelector })).items).toHaveLength(found);
  });
});

test('field selectors of nodes and pods', async () => {
  const world = smallWorld();
  world.cluster.nodes[0]!.unschedulable = true;
  world.cluster.pods[0]!.phase = 'Pending';
  const name = world.cluster.nodes[1]!.name;
  await withLab(world, {}, async (lab) => {
    const { core } = kubeOf(lab);
    const nodes = async (fieldSelector: string) => (await core.listNode({ fieldSelector })).items.length;
    expect(await nodes(`metadata.name=${name}`)).toBe(1);
    expect(await nodes('spec.unschedulable=false')).toBe(2);
    expect(await nodes('spec.unschedulable!=false')).toBe(1);
    const pods = async (fieldSelector: string) => (await core.listPodForAllNamespaces({ fieldSelector })).items;
    const here = await pods(`spec.nodeName=${name},status.phase=Running`);
    expect(here.length).toBeGreaterThan(0);
    expect(here.every((pod) => pod.spec!.nodeName === name)).toBe(true);
    expect(await pods('status.phase=Pending')).toHaveLength(1);
    expect((await pods('metadata.namespace=kube-flannel')).length).toBe(3);
  });
});

test('agents, their pods, their configuration, and the uid that identifies the cluster', async () => {
  const world = smallWorld();
  await withLab(world, {}, async (lab) => {
    const { core, apps, config } = kubeOf(lab);
    const sets = await apps.listDaemonSetForAllNamespaces();
    expect(sets.items.map((set) => set.metadata!.name)).toEqual(['kube-flannel-ds', 'kube-proxy']);
    const flannel = await apps.readNamespacedDaemonSet({ namespace: 'kube-flannel', name: 'kube-flannel-ds' });
    expect(flannel.spec!.template.spec!.volumes).toEqual([
      { name: 'kube-flannel-cfg', configMap: { name: 'kube-flannel-cfg', defaultMode: 420 } },
    ]);
    expect(flannel.status).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3 });
    const pods = await core.listNamespacedPod({ namespace: 'kube-flannel', labelSelector: 'app=flannel' });
    expect(pods.items).toHaveLength(3);
    for (const pod of pods.items) {
      expect(pod.metadata!.ownerReferences).toMatchObject([{ kind: 'DaemonSet', uid: flannel.metadata!.uid }]);
      expect(pod.status!.hostIP).toBe(pod.status!.podIP);
      expect(pod.status!.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    }
    const map = await core.readNamespacedConfigMap({ namespace: 'kube-flannel', name: 'kube-flannel-cfg' });
    expect(JSON.parse(map.data!['net-conf.json']!)).toMatchObject({ Backend: { Type: 'host-gw' } });
    expect((await core.listNamespacedConfigMap({ namespace: 'kube-system' })).items).toHaveLength(1);
    expect((await core.readNamespace({ name: 'kube-system' })).metadata!.uid).toBe(world.cluster.uid);
    expect((await core.listNamespace()).items.map((one) => one.metadata!.name)).toContain('kube-flannel');
    expect(await config.makeApiClient(VersionApi).getCode()).toMatchObject({ gitVersion: 'v1.34.2', minor: '34' });
    expect((await core.listNamespacedPod({ namespace: 'nowhere' })).items).toEqual([]);
  });
});

test('Calico’s pools exist once their definition is installed', async () => {
  const world = smallWorld();
  const path = '/apis/crd.projectcalico.org/v1/ippools';
  await withLab(world, {}, async (lab) => {
    const absent = await kubeRaw(lab, path);
    expect([absent.status, absent.headers['content-type'], absent.body.toString()]).toEqual([
      404,
      'text/plain; charset=utf-8',
      '404 page not found\n',
    ]);
    world.cluster.ipPools = [{ name: 'default', spec: { cidr: '10.244.0.0/16', vxlanMode: 'CrossSubnet' } }];
    const list = (await kubeRaw(lab, path)).json();
    expect(list).toMatchObject({ kind: 'IPPoolList', items: [{ kind: 'IPPool', spec: { vxlanMode: 'CrossSubnet' } }] });
  });
});

test('the ranges of Services exist from 1.33 on', async () => {
  const world = smallWorld({ ipv6: true });
  await withLab(world, {}, async (lab) => {
    const networking = kubeOf(lab).config.makeApiClient(NetworkingV1Api);
    const { items } = await networking.listServiceCIDR();
    expect(items.map(({ metadata, spec }) => [metadata?.name, spec?.cidrs])).toEqual([
      ['kubernetes', ['10.96.0.0/12', 'fd00:10:96::/108']],
    ]);
    world.cluster.version = 'v1.32.9';
    const path = '/apis/networking.k8s.io/v1/servicecidrs';
    expect((await kubeRaw(lab, path)).status).toBe(404);
    world.cluster.version = 'v1.33.0';
    expect((await kubeRaw(lab, path)).status).toBe(200);
    expect((await kubeRaw(lab, `${path}?fieldSelector=spec.cidrs%3Dx`)).status).toBe(400);
    expect((await kubeRaw(lab, '/apis/networking.k8s.io/v1beta1/servicecidrs')).status).toBe(404);
  });
});

test('Calico’s blocks and Cilium’s nodes follow from what nodes have, and are there with their CRDs only', async () => {
  const blocks = '/apis/crd.projectcalico.org/v1/blockaffinities';
  const nodes = '/apis/cilium.io/v2/ciliumnodes';
  await withLab(smallWorld(), {}, async (lab) => {
    expect([(await kubeRaw(lab, blocks)).status, (await kubeRaw(lab, nodes)).status]).toEqual([404, 404]);
  });
  const calico = ec2Cluster({ name: 'lab', mode: 'calico-bgp', nodes: 2 });
  await withLab(calico, {}, async (lab) => {
    expect((await kubeRaw(lab, nodes)).status).toBe(404);
    const list = (await kubeRaw(lab, `${blocks}?limit=3`)).json();
    expect(list).toMatchObject({ kind: 'BlockAffinityList', metadata: { remainingItemCount: 1 } });
    const [first] = list['items'] as { metadata: object; spec: object }[];
    expect(first).toMatchObject({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'BlockAffinity',
      metadata: { name: 'worker-01-10-48-0-0-26' },
      spec: { cidr: '10.48.0.0/26', deleted: 'false', node: 'worker-01', state: 'confirmed' },
    });
    expect((await kubeRaw(lab, `${blocks}?fieldSelector=spec.node%3Dworker-01`)).status).toBe(400);
  });
  const cilium = ec2Cluster({ name: 'lab', mode: 'cilium-pool', nodes: 2 });
  await withLab(cilium, {}, async (lab) => {
    expect((await kubeRaw(lab, blocks)).status).toBe(404);
    expect((await kubeRaw(lab, nodes)).json()).toMatchObject({
      kind: 'CiliumNodeList',
      items: [{ kind: 'CiliumNode', spec: { ipam: { podCIDRs: ['10.48.0.0/24'] } } }, {}],
    });
  });
});

test('pods are selected by phase, and by nothing that an API server has no index of', async () => {
  const world = smallWorld();
  const [pod] = world.cluster.pods;
  pod!.phase = 'Pending';
  await withLab(world, {}, async (lab) => {
    const names = async (selector: string): Promise<number> => {
      const { items } = (await kubeRaw(lab, `/api/v1/pods?fieldSelector=${selector}`)).json() as { items: object[] };
      return items.length;
    };
    expect(await names('status.phase%3DPending')).toBe(1);
    expect(await names('status.phase%3DRunning')).toBe(world.cluster.pods.length - 1);
    expect((await kubeRaw(lab, '/api/v1/pods?fieldSelector=status.hostIP%3D10.0.0.1')).status).toBe(400);
  });
});

test('large answers are compressed for clients that take it, small ones are not', async () => {
  await withLab(smallWorld({ nodes: 20 }), {}, async (lab) => {
    const headers = { 'accept-encoding': 'gzip, deflate' };
    const large = await kubeRaw(lab, '/api/v1/nodes', { headers });
    expect(large.headers['content-encoding']).toBe('gzip');
    const plain = await kubeRaw(lab, '/api/v1/nodes');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(gunzipSync(large.body).toString()).toBe(plain.body.toString());
    const small = await kubeRaw(lab, '/api/v1/nodes?limit=1', { headers });
    expect(small.headers['content-encoding']).toBeUndefined();
  });
});

test('metadata alone, when a client asks for that form', async () => {
  await withLab(smallWorld(), {}, async (lab) => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const list = await kubeOf(lab).core.listNode({ limit: 2 }, setHeaderOptions('Accept', accept));
    expect(list.kind).toBe('PartialObjectMetadataList');
    expect(list.items[0]).not.toHaveProperty('spec.podCIDR');
    const refused = await kubeRaw(lab, '/api/v1/nodes', { headers: { accept: 'application/cbor' } });
    expect(refused.status).toBe(406);
  });
});

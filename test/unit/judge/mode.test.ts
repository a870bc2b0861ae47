import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../../scripts/run.ts';
import type { CniFacts } from '../../../src/model/snapshot.ts';
import type { Evidence } from '../../support/mode-evidence.ts';
import {
  BLOCKS,
  NODE,
  antrea,
  backend,
  cilium,
  decide,
  netConf,
  pool,
  refused,
  router,
} from '../../support/mode-evidence.ts';

const NO_BLOCKS = refused('Calico BlockAffinities', 'list blockaffinities.crd.projectcalico.org');
const NO_CILIUM_NODES = refused('CiliumNodes', 'list ciliumnodes.cilium.io');
const NO_CILIUM_CONFIG = refused('ConfigMap kube-system/cilium-config', 'get configmaps cilium-config in kube-system');
const NO_NET_CONF = refused('ConfigMap kube-flannel/kube-flannel-cfg', 'get configmaps kube-flannel-cfg');
const ROUTE_CREATED = { networkUnavailable: { status: 'False', reason: 'RouteCreated' } };
const calico = (...pools: Parameters<typeof pool>[0][]): Partial<CniFacts> => ({
  calicoPools: pools.map(pool),
  ...BLOCKS,
});

/** For every row of the table in docs/network-modes.md, by its first two cells: the evidence that it is about. */
const ROWS: Readonly<Record<string, Evidence>> = {
  'flannel | annotation `backend-type` host-gw': { agents: ['flannel'], ...backend('host-gw') },
  'flannel | annotation `backend-type` vxlan, DirectRouting off': {
    agents: ['flannel'],
    ...backend('vxlan'),
    cni: netConf('vxlan'),
  },
  'flannel | annotation `backend-type` vxlan, DirectRouting on': {
    agents: ['flannel'],
    ...backend('vxlan'),
    cni: netConf('vxlan', true),
  },
  'flannel | annotation `backend-type` vxlan, `net-conf.json` refused': {
    agents: ['flannel'],
    ...backend('vxlan'),
    gaps: [NO_NET_CONF],
  },
  'flannel | annotation `backend-type` wireguard': {
    agents: ['flannel'],
    ...backend('wireguard'),
    cni: netConf('wireguard'),
  },
  'flannel | annotation `backend-type` alloc': { agents: ['flannel'], ...backend('alloc') },
  'flannel | no annotation, `net-conf.json` says host-gw': { agents: ['flannel'], cni: netConf('host-gw') },
  'flannel that is not Ready | annotation `backend-type` host-gw': backend('host-gw'),
  'k3s | `k3s.io/node-args` without `--flannel-backend`, annotation host-gw': {
    node: { flannel: { backendType: 'host-gw' }, k3sNodeArgs: ['agent'] },
  },
  'k3s | `--flannel-backend=none` on a server': {
    node: { flannel: { backendType: 'vxlan' }, k3sNodeArgs: ['agent'] },
    others: [{ ...NODE, name: 'b', k3sNodeArgs: ['server', '--flannel-backend', 'none'] }],
  },
  'Canal | annotation `backend-type` host-gw': { agents: ['canal'], ...backend('host-gw') },
  'Calico | IPPool with `ipipMode` Always': { agents: ['calico'], cni: calico({ ipipMode: 'Always' }) },
  'Calico | IPPool with `vxlanMode` CrossSubnet, BlockAffinities': {
    agents: ['calico'],
    cni: calico({ vxlanMode: 'CrossSubnet' }),
  },
  'Calico | IPPool without encapsulation, BlockAffinities': { agents: ['calico'], cni: calico({}) },
  'Calico | IPPool without encapsulation, BlockAffinities refused': {
    agents: ['calico'],
    cni: { calicoPools: [pool({})] },
    gaps: [NO_BLOCKS],
  },
  'Calico | IPPool without encapsulation, WireGuard key on the node': {
    agents: ['calico'],
    node: { calico: { wireguard: true } },
    cni: calico({}),
  },
  'Calico | blocks of this node in IPPools of different modes': {
    agents: ['calico'],
    cni: calico({ cidr: '10.48.0.0/26' }, { name: 'q', cidr: '10.48.0.64/26', ipipMode: 'Always' }),
  },
  'Cilium | `routing-mode` tunnel': { agents: ['cilium'], cni: cilium({ routingMode: 'tunnel' }) },
  'Cilium | native, `ipam` eni': { agents: ['cilium'], cni: cilium({ ipam: 'eni' }) },
  'Cilium | native, `auto-direct-node-routes`': { agents: ['cilium'], cni: cilium({ autoDirectNodeRoutes: true }) },
  'Cilium | native, without direct routes, route tables hold pod routes': {
    agents: ['cilium'],
    cni: cilium({}),
    fabric: { fabricHoldsPodRoutes: true },
  },
  'Cilium | native, without direct routes, no route table holds a pod route': { agents: ['cilium'], cni: cilium({}) },
  'Cilium | native, `enable-wireguard`': {
    agents: ['cilium'],
    cni: cilium({ autoDirectNodeRoutes: true, encryption: 'wireguard' }),
  },
  'Cilium | native, `ipam` cluster-pool, CiliumNodes refused': {
    agents: ['cilium'],
    cni: cilium({ autoDirectNodeRoutes: true, ipam: 'cluster-pool' }),
    gaps: [NO_CILIUM_NODES],
  },
  'Cilium | `cilium-config` refused': { agents: ['cilium'], gaps: [NO_CILIUM_CONFIG] },
  'Dataplane V2 | the podCIDR is an alias range': { agents: ['dataplane-v2'], fabric: { fabricAssignsPods: true } },
  'AWS VPC CNI | nothing more': { agents: ['aws-vpc-cni'] },
  'Azure CNI | nothing more; labels name the kind': { agents: ['azure-cni'] },
  'kube-router | flags as they are by default': { agents: ['kube-router'], cni: router({}) },
  'kube-router | `--overlay-type=full`': { agents: ['kube-router'], cni: router({ overlay: 'full' }) },
  'kube-router | `--enable-overlay=false`': { agents: ['kube-router'], cni: router({ overlay: 'none' }) },
  'kube-router | `--enable-ibgp=false`': { agents: ['kube-router'], cni: router({ mesh: false }) },
  'Antrea | `trafficEncapMode` encap': { agents: ['antrea'], cni: antrea('encap') },
  'Antrea | `trafficEncapMode` hybrid': { agents: ['antrea'], cni: antrea('hybrid') },
  'Antrea | `trafficEncapMode` noEncap': { agents: ['antrea'], cni: antrea('noencap') },
  'OVN-Kubernetes | nothing more': { agents: ['ovn-kubernetes'] },
  'Weave Net | nothing more': { agents: ['weave'] },
  'kindnet | nothing more': { agents: ['kindnet'] },
  'two agents that differ | flannel host-gw and Cilium tunnel': {
    agents: ['flannel', 'cilium'],
    ...backend('host-gw'),
    cni: cilium({ routingMode: 'tunnel' }),
  },
  'no agent | condition NetworkUnavailable with reason RouteCreated': { node: ROUTE_CREATED },
  'no agent | the cloud assigns the podCIDR to an interface of the node': { fabric: { fabricAssignsPods: true } },
  'no agent anywhere | route tables hold pod routes': { fabric: { fabricHoldsPodRoutes: true } },
  'no agent | pods have addresses that the cloud assigns to interfaces of the node': {
    node: { podCIDRs: [] },
    cni: { samples: [{ node: 'a', pod: 'default/web', addresses: ['10.0.3.7'] }] },
    fabric: { isAssigned: (address) => address === '10.0.3.7' },
  },
  'no agent | labels of a managed cluster, and nothing else': {
    node: { labels: { 'kubernetes.azure.com/podnetwork-type': 'overlay' } },
  },
  'agents that may not be listed | annotation `backend-type` host-gw': {
    ...backend('host-gw'),
    cni: { complete: false },
  },
  "any agent | a running pod with an address outside the node's pod ranges": {
    agents: ['flannel'],
    ...backend('host-gw'),
    cni: { samples: [{ node: 'a', pod: 'default/web', addresses: ['10.99.0.5'] }] },
  },
};

/** The second table of the page: what decides. */
function publishedRows(): [string, string][] {
  const page = readFileSync(join(ROOT, 'docs/network-modes.md'), 'utf8');
  const lines = (/## What decides\n(.*?)\n## /s.exec(page)?.[1] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line): [string, string] => {
    const [what = '', read = '', mode = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return [`${what} | ${read}`, mode.replaceAll('`', '')];
  });
}

describe('the published table', () => {
  test.each(publishedRows())('%s: %s', (row, mode) => {
    const evidence = ROWS[row];
    expect({ row, isKnown: evidence !== undefined }).toEqual({ row, isKnown: true });
    expect(decide(evidence ?? {}).mode).toBe(mode);
  });

  test('has a row for all evidence that is known here', () => {
    expect(publishedRows().map(([row]) => row)).toEqual(Object.keys(ROWS));
  });
});

describe('what else is told apart', () => {
  test.each<[string, Evidence, string]>([
    ['the removed aws-vpc backend', { agents: ['flannel'], ...backend('aws-vpc') }, 'fabric'],
    ['a backend that nobody knows', { agents: ['flannel'], ...backend('host_gw') }, 'unknown'],
    ['flannel that has said nothing', { agents: ['flannel'] }, 'unknown'],
    [
      'ipip with DirectRouting',
      { agents: ['flannel'], ...backend('ipip'), cni: netConf('ipip', true) },
      'cross-subnet',
    ],
    [
      'wireguard knows no DirectRouting',
      { agents: ['flannel'], ...backend('wireguard'), cni: netConf('wireguard', true) },
      'overlay',
    ],
    [
      'direct routes on Windows',
      { agents: ['flannel'], node: { os: 'windows', flannel: { backendType: 'vxlan' } }, cni: netConf('vxlan', true) },
      'unknown',
    ],
    ['k3s by its own flag', { node: { k3sNodeArgs: ['server', '--flannel-backend=host-gw'] } }, 'host-gw'],
    [
      'a k3s agent by the flag of a server',
      {
        node: { k3sNodeArgs: ['agent'] },
        others: [{ ...NODE, name: 'b', k3sNodeArgs: ['server', '--flannel-backend', 'host-gw'] }],
      },
      'host-gw',
    ],
    [
      'k3s on a node that is not Ready',
      { node: { flannel: { backendType: 'host-gw' }, k3sNodeArgs: ['server'], ready: 'False' } },
      'unknown',
    ],
    ['the VPC CNI beside leftovers of flannel', { agents: ['aws-vpc-cni'], ...backend('host-gw') }, 'eni'],
    [
      'k3s with Calico instead of flannel',
      { agents: ['calico'], node: { k3sNodeArgs: ['agent'] }, cni: calico({}) },
      'host-gw',
    ],
    [
      'Calico whose only pool is disabled',
      { agents: ['calico'], cni: { calicoPools: [pool({ disabled: true })] } },
      'unknown',
    ],
    [
      'a disabled pool still carries the blocks it gave',
      { agents: ['calico'], cni: calico({ disabled: true }, { name: 'q', cidr: '10.50.0.0/16', ipipMode: 'Always' }) },
      'host-gw',
    ],
    [
      'a node without blocks goes by all pools',
      {
        agents: ['calico'],
        cni: { calicoPools: [pool({})], calicoBlocks: [{ node: 'b', prefixes: ['10.48.9.0/26'] }] },
      },
      'host-gw',
    ],
    [
      'a block of no pool',
      { agents: ['calico'], cni: { ...BLOCKS, calicoPools: [pool({ cidr: '10.50.0.0/16' })] } },
      'unknown',
    ],
    [
      'Calico with host-local addresses',
      { agents: ['calico'], cni: { calicoPools: [pool({})], calicoBlocks: [] } },
      'unknown',
    ],
    ['Calico in Canal leaves it to flannel', { agents: ['canal', 'calico'], ...backend('host-gw') }, 'host-gw'],
    ['Cilium of Azure', { agents: ['cilium', 'azure-cni'], cni: cilium({ ipam: 'delegated-plugin' }) }, 'eni'],
    [
      'Cilium chained to the VPC CNI',
      { agents: ['aws-vpc-cni', 'cilium'], cni: cilium({ chaining: 'aws-cni' }) },
      'eni',
    ],
    [
      'Cilium chained to flannel',
      { agents: ['flannel', 'cilium'], ...backend('host-gw'), cni: cilium({ chaining: 'generic-veth' }) },
      'host-gw',
    ],
    [
      'Cilium where the cloud decides',
      { agents: ['cilium'], cni: cilium({}), fabric: { fabricDecides: true } },
      'fabric',
    ],
    [
      'Cilium with BGP where the cloud decides',
      { agents: ['cilium'], cni: cilium({ bgp: true }), fabric: { fabricDecides: true } },
      'unknown',
    ],
    [
      'Cilium with IPsec',
      { agents: ['cilium'], cni: cilium({ autoDirectNodeRoutes: true, encryption: 'ipsec' }) },
      'unknown',
    ],
    ['Cilium with ranges that nobody reads', { agents: ['cilium'], cni: cilium({ ipam: 'crd' }) }, 'unknown'],
    ['a routing mode of tomorrow', { agents: ['cilium'], cni: cilium({ routingMode: 'hybrid' }) }, 'unknown'],
    ['Dataplane V2 without alias range', { agents: ['dataplane-v2'] }, 'unknown'],
    ['kube-router without flags', { agents: ['kube-router'] }, 'unknown'],
    ['Antrea for policies only', { agents: ['antrea', 'aws-vpc-cni'], cni: antrea('networkpolicyonly') }, 'eni'],
    ['Antrea for policies only, alone', { agents: ['antrea'], cni: antrea('networkpolicyonly') }, 'unknown'],
    ['Antrea with IPsec', { agents: ['antrea'], cni: antrea('hybrid', { encryption: 'ipsec' }) }, 'unknown'],
    ['Antrea without its configuration', { agents: ['antrea'] }, 'unknown'],
    [
      'a route controller that failed',
      { node: { networkUnavailable: { status: 'True', reason: 'NoRouteCreated' } } },
      'fabric',
    ],
    [
      'the mark that flannel left',
      { node: { networkUnavailable: { status: 'False', reason: 'FlannelIsUp' } } },
      'unknown',
    ],
    [
      'pod routes while agents run elsewhere',
      { cni: { agents: [{ node: 'b', agents: ['flannel'] }] }, fabric: { fabricHoldsPodRoutes: true } },
      'unknown',
    ],
    [
      'labels of AKS do not suppress the check of kubenet',
      {
        node: {
          ...ROUTE_CREATED,
          labels: { 'kubernetes.azure.com/cluster': 'mc', 'kubernetes.azure.com/podnetwork-type': 'overlay' },
        },
      },
      'fabric',
    ],
  ])('%s', (_, evidence, mode) => {
    expect(decide(evidence).mode).toBe(mode);
  });
});

describe('what carries the packets of an overlay', () => {
  test.each<[string, Evidence, object | undefined]>([
    [
      'flannel vxlan',
      { agents: ['flannel'], ...backend('vxlan'), cni: netConf('vxlan') },
      { protocol: 'udp', port: 8472 },
    ],
    [
      'with a port',
      { agents: ['flannel'], ...backend('vxlan'), cni: netConf('vxlan', false, 4789) },
      { protocol: 'udp', port: 4789 },
    ],
    [
      'vxlan in k3s',
      { node: { flannel: { backendType: 'vxlan' }, k3sNodeArgs: ['agent'] } },
      { protocol: 'udp', port: 8472 },
    ],
    [
      'vxlan beside Windows without a port: not known',
      {
        agents: ['flannel'],
        ...backend('vxlan'),
        cni: netConf('vxlan'),
        others: [{ ...NODE, name: 'w', os: 'windows' }],
      },
      undefined,
    ],
    [
      'wireguard',
      { agents: ['flannel'], ...backend('wireguard'), cni: netConf('wireguard') },
      { protocol: 'udp', port: 51820 },
    ],
    ['ipip', { agents: ['flannel'], ...backend('ipip'), cni: netConf('ipip') }, { protocol: '4' }],
    ['Calico IP-in-IP', { agents: ['calico'], cni: calico({ ipipMode: 'Always' }) }, { protocol: '4' }],
    ['Calico VXLAN', { agents: ['calico'], cni: calico({ vxlanMode: 'Always' }) }, { protocol: 'udp', port: 4789 }],
    [
      'between subnets',
      { agents: ['calico'], cni: calico({ vxlanMode: 'CrossSubnet' }) },
      { protocol: 'udp', port: 4789 },
    ],
    ['Cilium', { agents: ['cilium'], cni: cilium({ routingMode: 'tunnel' }) }, { protocol: 'udp', port: 8472 }],
    [
      'Cilium Geneve',
      { agents: ['cilium'], cni: cilium({ routingMode: 'tunnel', tunnelProtocol: 'geneve' }) },
      { protocol: 'udp', port: 6081 },
    ],
    [
      'Cilium on another port',
      { agents: ['cilium'], cni: cilium({ routingMode: 'tunnel', tunnelPort: 8473 }) },
      { protocol: 'udp', port: 8473 },
    ],
    [
      'Cilium encrypted: not known',
      { agents: ['cilium'], cni: cilium({ routingMode: 'tunnel', encryption: 'wireguard' }) },
      undefined,
    ],
    ['kube-router', { agents: ['kube-router'], cni: router({ overlay: 'full' }) }, { protocol: '4' }],
    [
      'kube-router in UDP: not known',
      { agents: ['kube-router'], cni: router({ overlay: 'full', encapsulation: 'fou' }) },
      undefined,
    ],
    ['Antrea', { agents: ['antrea'], cni: antrea('encap') }, { protocol: 'udp', port: 6081 }],
    ['OVN-Kubernetes', { agents: ['ovn-kubernetes'] }, { protocol: 'udp', port: 6081 }],
    ['Weave chooses per connection', { agents: ['weave'] }, undefined],
    ['nothing where nothing encapsulates', { agents: ['flannel'], ...backend('host-gw') }, undefined],
  ])('%s', (_, evidence, tunnel) => {
    const { tunnel: found } = decide(evidence);
    expect(
      found === undefined
        ? undefined
        : { protocol: found.protocol, ...(found.port === undefined ? {} : { port: found.port }) },
    ).toEqual(tunnel);
  });
});

describe('what could not be read is named with the permission that would help', () => {
  test.each([
    'flannel | annotation `backend-type` vxlan, `net-conf.json` refused',
    'Calico | IPPool without encapsulation, BlockAffinities refused',
    'Cilium | native, `ipam` cluster-pool, CiliumNodes refused',
    'Cilium | `cilium-config` refused',
  ])('%s', (row) => {
    const evidence = ROWS[row] ?? {};
    expect(decide(evidence).gap).toEqual(evidence.gaps?.[0]);
  });
});

describe('a running pod outside the ranges', () => {
  const sampled = (...addresses: string[]): Evidence & { readonly cni: Partial<CniFacts> } => ({
    agents: ['flannel'],
    ...backend('host-gw'),
    cni: { samples: [{ node: 'a', pod: 'shop/cart-1', addresses }] },
  });

  test('is named with its address', () => {
    expect(decide(sampled('10.99.0.5')).reason).toMatch(
      /^flannel runs here .*, but pod shop\/cart-1 runs here with address 10\.99\.0\.5, outside the node's 10\.244\.0\.0\/24$/,
    );
  });

  test('of another node, inside, or of a family that the node has no range of, says nothing', () => {
    expect(decide(sampled('10.244.0.9')).mode).toBe('host-gw');
    expect(decide(sampled('10.244.0.9', 'fd00::5')).mode).toBe('host-gw');
    const elsewhere = { samples: [{ node: 'b', pod: 'shop/cart-1', addresses: ['10.99.0.5'] }] };
    expect(decide({ ...sampled('10.244.0.9'), cni: elsewhere }).mode).toBe('host-gw');
  });

  test('counts against dual stack where the second family differs', () => {
    const { cni } = sampled('10.244.0.9', 'fd00:9::5');
    const node = { flannel: { backendType: 'host-gw' }, podCIDRs: ['10.244.0.0/24', 'fd00:1::/64'] };
    expect(decide({ agents: ['flannel'], node, cni }).mode).toBe('unknown');
  });

  test('on a node that has no range at all contradicts, too', () => {
    const { cni } = sampled('10.99.0.5');
    const node = { flannel: { backendType: 'host-gw' }, podCIDRs: [] };
    expect(decide({ agents: ['flannel'], node, cni }).reason).toMatch(/no pod range$/);
  });

  test('is compared with blocks, not with spec.podCIDRs, where Calico gives addresses', () => {
    const inBlock = { samples: [{ node: 'a', pod: 'shop/cart-1', addresses: ['10.48.0.70'] }] };
    expect(decide({ agents: ['calico'], cni: { ...calico({}), ...inBlock } }).mode).toBe('host-gw');
    const inPodCidr = { samples: [{ node: 'a', pod: 'shop/cart-1', addresses: ['10.244.0.9'] }] };
    expect(decide({ agents: ['calico'], cni: { ...calico({}), ...inPodCidr } }).mode).toBe('unknown');
  });

  test('does not matter where addresses are of interfaces, in overlays and on virtual nodes', () => {
    const { cni } = sampled('10.99.0.5');
    expect(decide({ agents: ['aws-vpc-cni'], cni }).mode).toBe('eni');
    expect(decide({ ...sampled('10.99.0.5'), ...backend('vxlan'), cni: { ...cni, ...netConf('vxlan') } }).mode).toBe(
      'overlay',
    );
    const node = { flannel: { backendType: 'host-gw' }, virtual: 'virtual-kubelet' as const };
    expect(decide({ ...sampled('10.99.0.5'), node }).mode).toBe('host-gw');
  });
});

describe('the input network-mode', () => {
  const flannelVxlan: Evidence = { agents: ['flannel'], ...backend('vxlan'), cni: netConf('vxlan') };

  test('wins over evidence, and keeps what speaks against it', () => {
    const { mode, doubt } = decide({ ...flannelVxlan, wanted: ['host-gw'] });
    expect({ mode, doubt }).toEqual({ mode: 'host-gw', doubt: 'overlay: flannel runs here with backend vxlan' });
    expect(decide({ ...flannelVxlan, wanted: ['overlay'] }).doubt).toBeUndefined();
    expect(decide({ wanted: ['fabric'] }).doubt).toBeUndefined();
  });

  test('is not doubted where both modes are the same on the wire', () => {
    const evidence: Evidence = { agents: ['flannel'], ...backend('host-gw'), wanted: ['fabric'] };
    expect(decide(evidence).doubt).toMatch(/^host-gw/);
    expect(decide({ ...evidence, fabric: { fabricDecides: true } }).doubt).toBeUndefined();
    expect(decide({ agents: ['aws-vpc-cni'], wanted: ['overlay'] }).doubt).toBeUndefined();
  });

  test('is doubted by a running pod, and stands', () => {
    const cni = { samples: [{ node: 'a', pod: 'shop/cart-1', addresses: ['10.99.0.5'] }] };
    const { mode, doubt } = decide({ cni, wanted: ['fabric'] });
    expect(mode).toBe('fabric');
    expect(doubt).toMatch(/^pod shop\/cart-1/);
  });

  test('cannot say which ranges pods have', () => {
    const evidence: Evidence = { agents: ['calico'], cni: { calicoPools: [pool({})] }, gaps: [NO_BLOCKS] };
    const { mode, gap } = decide({ ...evidence, wanted: ['host-gw'] });
    expect({ mode, gap }).toEqual({ mode: 'unknown', gap: NO_BLOCKS });
    expect(decide({ ...evidence, wanted: ['overlay'] }).mode).toBe('overlay');
  });

  test('as a list only chooses among modes', () => {
    const wanted = ['host-gw', 'fabric'] as const;
    expect(decide({ agents: ['flannel'], ...backend('host-gw'), wanted }).mode).toBe('host-gw');
    expect(decide({ ...flannelVxlan, wanted }).mode).toBe('unknown');
  });
});

test('an agent that runs now raises the level of evidence, and only for host routes', () => {
  expect(decide({ agents: ['flannel'], ...backend('host-gw') }).level).toBe('fabric+agent');
  expect(decide({ agents: ['kube-router'], cni: router({}) }).level).toBe('fabric+agent');
  expect(decide({ wanted: ['host-gw'] }).level).toBe('fabric');
  expect(decide({ node: ROUTE_CREATED }).level).toBe('fabric');
  expect(decide({ agents: ['flannel'], ...backend('vxlan'), cni: netConf('vxlan'), wanted: ['host-gw'] }).level).toBe(
    'fabric',
  );
});

/** The snapshot that perfect readers would take of a lab world: for judging many worlds without servers. */
import { aclOf } from '../../lab/world/ec2-filters.ts';
import type { AwsRegionWorld, InterfaceWorld, NodeWorld, PodWorld, RouteWorld, World } from '../../lab/world/world.ts';
import {
  parseAntreaConf,
  parseCalicoPool,
  parseCiliumConfig,
  parseKubeRouterFlags,
  parseNetConf,
} from '../../src/cluster/cni.ts';
import { chooseSamples } from '../../src/cluster/ranges.ts';
import { awsKey } from '../../src/model/provider-id.ts';
import { canonicalPrefix, parsePrefix } from '../../src/model/prefix.ts';
import type {
  Agent,
  CniFacts,
  DaemonSetFacts,
  FabricFacts,
  Gap,
  MachineState,
  NodeFacts,
  NodeRanges,
  PodSample,
  RouteFacts,
  RouteTarget,
  Snapshot,
  TableFacts,
} from '../../src/model/snapshot.ts';
import { azureFacts } from './world-snapshot-azure.ts';
import { ec2Filters } from './world-snapshot-ec2-filters.ts';
import { gceFacts, gceGaps } from './world-snapshot-gce.ts';
import { controllerFacts, groupOf, ownersOf } from './world-snapshot-marks.ts';

export interface SnapshotOptions {
  /** EC2 calls that are denied, by IAM action; only `ec2:GetManagedPrefixListEntries` is understood. */
  readonly deny?: readonly string[];
  readonly gaps?: readonly Gap[];
}

export function snapshotOfWorld(world: World, options: SnapshotOptions = {}): Snapshot {
  const readsLists = !(options.deny ?? []).includes('ec2:GetManagedPrefixListEntries');
  return {
    schemaVersion: 1,
    takenAt: world.now,
    cluster: {
      id: world.cluster.uid,
      nodes: world.cluster.nodes.map(nodeFacts),
      cni: cniFacts(world),
      ...servicesOf(world),
      ...controllerFacts(world),
    },
    fabrics: [
      ...world.aws.map((region) => fabricFacts(region, world.cluster.nodes, readsLists)),
      ...(world.gce ?? []).map(gceFacts),
      ...(world.azure ?? []).map(azureFacts),
    ],
    gaps: [...(options.gaps ?? []), ...(world.gce ?? []).flatMap(gceGaps)],
  };
}

function servicesOf({ cluster }: World): { serviceCIDRs?: string[] } {
  const { serviceCidrs } = cluster;
  if (serviceCidrs === undefined) return {};
  return { serviceCIDRs: serviceCidrs.flatMap(({ cidrs }) => cidrs.map(canonicalPrefix)).sort() };
}

function nodeFacts(node: NodeWorld): NodeFacts {
  const flannel = (key: string): string | undefined => node.annotations[`flannel.alpha.coreos.com/${key}`];
  const backendType = flannel('backend-type');
  const backendData = flannel('backend-data');
  const publicIP = flannel('public-ip');
  const publicIPv6 = flannel('public-ipv6');
  const isVirtualKubelet = node.labels['type'] === 'virtual-kubelet';
  return {
    name: node.name,
    uid: node.uid,
    ...(node.providerID === undefined ? {} : { providerID: node.providerID }),
    podCIDRs: node.podCIDRs.map(canonicalPrefix),
    internalIPs: node.addresses.filter((item) => item.type === 'InternalIP').map((item) => item.address),
    os: node.os,
    ready: node.ready,
    unschedulable: node.unschedulable ?? false,
    taints: node.taints.map((taint) => `${taint.key}=${taint.value ?? ''}:${taint.effect}`),
    createdAt: node.createdAt,
    ...(node.deletingSince === undefined ? {} : { deletingSince: node.deletingSince }),
    ...(isVirtualKubelet ? { virtual: 'virtual-kubelet' as const } : {}),
    ...(node.networkUnavailable === undefined ? {} : { networkUnavailable: node.networkUnavailable }),
    ...(backendType === undefined
      ? {}
      : {
          flannel: {
            backendType,
            ...(backendData === undefined ? {} : { backendData }),
            ...(publicIP === undefined ? {} : { publicIP }),
            ...(publicIPv6 === undefined ? {} : { publicIPv6 }),
          },
        }),
    ...calicoFacts(node),
    labels: Object.fromEntries(Object.entries(node.labels).filter(([key]) => key.startsWith('kubernetes.azure.com/'))),
  };
}

function calicoFacts({ annotations }: NodeWorld): Pick<NodeFacts, 'calico'> {
  const [address, addressV6] = ['IPv4Address', 'IPv6Address'].map(
    (key) => annotations[`projectcalico.org/${key}`]?.split('/')[0],
  );
  if (address === undefined && addressV6 === undefined) return {};
  return {
    calico: { ...(address === undefined ? {} : { address }), ...(addressV6 === undefined ? {} : { addressV6 }) },
  };
}

const AGENT_OF: Readonly<Record<string, Agent>> = {
  'kube-flannel-ds': 'flannel',
  'aws-node': 'aws-vpc-cni',
  'azure-cns': 'azure-cni',
  'calico-node': 'calico',
  cilium: 'cilium',
  'antrea-agent': 'antrea',
  'kube-router': 'kube-router',
  'ovnkube-node': 'ovn-kubernetes',
};

function cniFacts(world: World): CniFacts {
  const agents = new Map<string, Set<Agent>>();
  for (const pod of world.cluster.pods) {
    const agent = AGENT_OF[(pod.ownerDaemonSet ?? '').replace(/-windows$/, '')];
    if (agent === undefined || !pod.ready || pod.deletingSince !== undefined) continue;
    agents.set(pod.nodeName, (agents.get(pod.nodeName) ?? new Set()).add(agent));
  }
  const running = new Set([...agents.values()].flatMap((set) => [...set]));
  return {
    agents: [...agents].map(([node, set]) => ({ node, agents: [...set] })),
    complete: true,
    ...placements(world),
    ...configuration(world, running),
    samples: chooseSamples(world.cluster.pods.flatMap(sampleOf)),
  };
}

function placements({ cluster }: World): Pick<CniFacts, 'daemonSets'> {
  const daemonSets = cluster.daemonSets.flatMap(({ namespace, name, nodeSelector }): DaemonSetFacts[] => {
    const runs = name.startsWith('kube-flannel-ds')
      ? 'flannel'
      : name.startsWith('kube-proxy')
        ? 'kube-proxy'
        : undefined;
    const os = (nodeSelector['kubernetes.io/os'] ?? 'any') as DaemonSetFacts['os'];
    return runs === undefined ? [] : [{ namespace, name, runs, os, tolerations: [{ effect: 'NoSchedule' }] }];
  });
  return daemonSets.length === 0 ? {} : { daemonSets };
}

/** What each agent that runs somewhere reads itself. */
function configuration(world: World, running: ReadonlySet<Agent>): Partial<CniFacts> {
  const { configMaps, ipPools, daemonSets, nodes } = world.cluster;
  const dataOf = (agent: Agent, name: string): Readonly<Record<string, string>> | undefined =>
    running.has(agent) ? configMaps.find((item) => item.name === name)?.data : undefined;
  const netConf = dataOf('flannel', 'kube-flannel-cfg')?.['net-conf.json'];
  const flannel = netConf === undefined ? undefined : parseNetConf(netConf, 'kube-flannel/kube-flannel-cfg');
  const cilium = dataOf('cilium', 'cilium-config');
  const antrea = dataOf('antrea', 'antrea-config')?.['antrea-agent.conf'];
  const router = running.has('kube-router') ? daemonSets.find((set) => set.name === 'kube-router') : undefined;
  const granted: NodeRanges[] = nodes.flatMap(({ name, kernel }) =>
    kernel.ranges === undefined ? [] : [{ node: name, prefixes: [...kernel.ranges].sort() }],
  );
  return {
    ...(flannel === undefined ? {} : { flannel }),
    ...(cilium === undefined ? {} : { cilium: parseCiliumConfig(cilium, 'kube-system/cilium-config') }),
    ...(cilium?.['ipam'] === 'cluster-pool' ? { ciliumNodes: granted } : {}),
    ...(antrea === undefined ? {} : { antrea: parseAntreaConf(antrea, 'kube-system/antrea-config') }),
    ...(router === undefined
      ? {}
      : { kubeRouter: parseKubeRouterFlags(router.containers[0]?.args ?? [], 'kube-system/kube-router') }),
    ...(running.has('calico')
      ? { calicoPools: (ipPools ?? []).flatMap((pool) => parseCalicoPool({ metadata: pool, ...pool }) ?? []) }
      : {}),
    ...(running.has('calico') ? { calicoBlocks: granted } : {}),
  };
}

function sampleOf(pod: PodWorld): PodSample[] {
  if (pod.hostNetwork || pod.phase !== 'Running' || pod.deletingSince !== undefined || pod.podIPs.length === 0)
    return [];
  return [{ node: pod.nodeName, pod: `${pod.namespace}/${pod.name}`, addresses: pod.podIPs }];
}

const STATES: Readonly<Record<string, MachineState>> = {
  pending: 'running',
  running: 'running',
  stopping: 'stopped',
  stopped: 'stopped',
  'shutting-down': 'terminated',
  terminated: 'terminated',
};

function fabricFacts(region: AwsRegionWorld, nodes: readonly NodeWorld[], readsLists: boolean): FabricFacts {
  const networkOf = (subnetId: string): string => region.subnets.find((item) => item.id === subnetId)?.vpcId ?? '';
  return {
    id: `aws/${region.accountId}/${region.region}`,
    kind: 'aws',
    account: region.accountId,
    region: region.region,
    networks: region.vpcs.map((vpc) => ({
      id: vpc.id,
      prefixes: [...vpc.cidrs, ...vpc.ipv6Cidrs].map(canonicalPrefix),
    })),
    subnets: region.subnets.map((subnet) => {
      const explicit = region.routeTables.find((table) => table.subnetIds.includes(subnet.id));
      const vpc = region.vpcs.find((item) => item.id === subnet.vpcId);
      const table = explicit?.id ?? vpc?.mainRouteTableId;
      return {
        id: subnet.id,
        network: subnet.vpcId,
        zone: subnet.zone,
        prefixes: [subnet.cidr, ...subnet.ipv6Cidrs].map(canonicalPrefix),
        filters: [aclOf(region, subnet).id],
        ...(table === undefined
          ? {}
          : { table, tableBy: explicit === undefined ? ('main' as const) : ('association' as const) }),
      };
    }),
    tables: region.routeTables.map((table) => tableFacts(region, table, readsLists)),
    machines: region.instances.map((instance) => ({
      id: instance.id,
      keys: [awsKey(instance.id)],
      state: STATES[instance.state] ?? 'unknown',
      stateText: instance.state,
      zone: instance.zone,
      tags: instance.tags,
      ...groupOf(instance.tags),
    })),
    interfaces: region.interfaces.map((face) => ({
      id: face.id,
      ...(face.instanceId === undefined ? {} : { machine: face.instanceId }),
      network: networkOf(face.subnetId),
      subnet: face.subnetId,
      addresses: [...face.privateIps, ...face.ipv6Addresses],
      ...assigned(face),
      forwarding: face.sourceDestCheck ? ('off' as const) : ('on' as const),
      primary: face.deviceIndex === 0,
      ...(face.interfaceType === 'interface' ? {} : { type: face.interfaceType }),
      ...(face.managedHidden === undefined ? {} : { owner: 'eks.amazonaws.com' }),
      ...(face.groupIds.length === 0 ? {} : { filters: [...face.groupIds].sort() }),
    })),
    filters: ec2Filters(region, nodes, readsLists),
    limits: [
      {
        kind: 'routes-per-table',
        perFamily: true,
        localMayCount: true,
        allowed: region.routesPerTable ?? 500,
        source: 'Service Quotas vpc/L-93826ACB',
      },
    ],
  };
}

function assigned(face: InterfaceWorld): { assignedPrefixes?: string[] } {
  const prefixes = [...face.ipv4Prefixes, ...face.ipv6Prefixes];
  return prefixes.length === 0 ? {} : { assignedPrefixes: prefixes };
}

function tableFacts(
  region: AwsRegionWorld,
  table: AwsRegionWorld['routeTables'][number],
  readsLists: boolean,
): TableFacts {
  const vpc = region.vpcs.find((item) => item.id === table.vpcId);
  const locals = [...(vpc?.cidrs ?? []), ...(vpc?.ipv6Cidrs ?? [])];
  const routes = [
    ...locals.map((cidr): RouteFacts => ({
      prefix: canonicalPrefix(cidr),
      target: { kind: 'local' },
      state: 'active',
      rank: 0,
      origin: 'local',
    })),
    ...table.routes.flatMap((route) => (listOf(route) === undefined || readsLists ? routeFacts(region, route) : [])),
  ];
  const unread = readsLists ? [] : table.routes.flatMap((route) => listOf(route) ?? []);
  return {
    id: table.id,
    network: table.vpcId,
    main: vpc?.mainRouteTableId === table.id,
    routes,
    ...ownersOf(table.tags),
    ...(unread.length === 0 ? {} : { unreadLists: unread }),
  };
}

function listOf(route: RouteWorld): string | undefined {
  return 'prefixListId' in route.destination ? route.destination.prefixListId : undefined;
}

function routeFacts(region: AwsRegionWorld, route: RouteWorld): RouteFacts[] {
  const { destination } = route;
  const propagated = route.origin !== 'CreateRoute';
  const list =
    'prefixListId' in destination ? region.prefixLists.find((item) => item.id === destination.prefixListId) : undefined;
  const prefixes =
    'cidr' in destination
      ? [destination.cidr]
      : 'ipv6Cidr' in destination
        ? [destination.ipv6Cidr]
        : (list?.entries ?? []);
  return prefixes
    .filter((text) => parsePrefix(text) !== undefined)
    .map((prefix) => ({
      prefix: canonicalPrefix(prefix),
      target: targetOf(region, route),
      ...stateOf(region, route),
      rank: propagated ? 3 : list === undefined ? 1 : 2,
      origin: propagated
        ? ('propagated' as const)
        : list === undefined
          ? ('static' as const)
          : ('prefix-list' as const),
      ...(list === undefined ? {} : { list: list.id }),
    }));
}

function stateOf(region: AwsRegionWorld, route: RouteWorld): Pick<RouteFacts, 'state' | 'stateText'> {
  if (route.stateOverride === 'filtered') return { state: 'unknown', stateText: 'filtered' };
  if (route.stateOverride === 'active' || route.target.kind !== 'interface') return { state: 'active' };
  const { interfaceId } = route.target;
  const face = region.interfaces.find((item) => item.id === interfaceId);
  const isAlive = face?.instanceId !== undefined || (face !== undefined && face.interfaceType !== 'interface');
  return isAlive ? { state: 'active' } : { state: 'dead', stateText: 'blackhole' };
}

function targetOf(region: AwsRegionWorld, { target }: RouteWorld): RouteTarget {
  switch (target.kind) {
    case 'interface': {
      const machine = region.interfaces.find((item) => item.id === target.interfaceId)?.instanceId;
      return { kind: 'interface', interface: target.interfaceId, ...(machine === undefined ? {} : { machine }) };
    }
    case 'gateway': {
      const gateway = target.id.startsWith('igw-') ? 'internet' : target.id.startsWith('vgw-') ? 'vpn' : 'endpoint';
      return { kind: 'gateway', gateway, id: target.id };
    }
    case 'nat':
    case 'transit':
    case 'peering':
    case 'egress-only':
      return { kind: 'gateway', gateway: target.kind, id: target.id };
  }
}

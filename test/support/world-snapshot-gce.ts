/** The facts that perfect readers would take of a lab world's Compute Engine. */
import type {
  GceInstanceWorld,
  GceNicWorld,
  GceRouteWorld,
  GceSubnetworkWorld,
  GceWorld,
} from '../../lab/world/gce.ts';
import { canonicalPrefix } from '../../src/model/prefix.ts';
import type {
  FabricFacts,
  Gap,
  InterfaceFacts,
  MachineFacts,
  MachineState,
  RouteFacts,
  RouteTarget,
} from '../../src/model/snapshot.ts';
import { gceFilters } from './world-snapshot-gce-filters.ts';

const STATES: Readonly<Record<GceInstanceWorld['status'], MachineState>> = {
  PROVISIONING: 'running',
  STAGING: 'running',
  RUNNING: 'running',
  STOPPING: 'stopped',
  SUSPENDED: 'stopped',
  TERMINATED: 'stopped',
};

interface Placed {
  readonly project: string;
  readonly id: string;
  readonly instance: GceInstanceWorld;
}

function placed(gce: GceWorld, listed: boolean): Placed[] {
  return gce.projects.flatMap(({ project, instances, unreachableZones }) =>
    instances
      .filter((instance) => unreachableZones.includes(instance.zone) !== listed)
      .map((instance) => ({ project, id: `${project}/${instance.zone}/${instance.name}`, instance })),
  );
}

export function gceFacts(gce: GceWorld): FabricFacts {
  const machines = placed(gce, true);
  const subnetId = (one: GceSubnetworkWorld): string => `${gce.hostProject}/${one.region}/${one.name}`;
  return {
    id: `gcp/${gce.hostProject}`,
    kind: 'gcp',
    account: gce.hostProject,
    networks: gce.networks.map(({ name }) => ({
      id: `${gce.hostProject}/${name}`,
      name,
      prefixes: gce.subnetworks.filter((one) => one.network === name).flatMap(rangesOf),
      filters: [`${gce.hostProject}/${name}`],
    })),
    subnets: gce.subnetworks.map((one) => ({
      id: subnetId(one),
      name: one.name,
      network: `${gce.hostProject}/${one.network}`,
      prefixes: rangesOf(one),
      table: `${gce.hostProject}/${one.network}`,
      tableBy: 'network',
    })),
    tables: gce.networks.map(({ name }) => ({
      id: `${gce.hostProject}/${name}`,
      name,
      network: `${gce.hostProject}/${name}`,
      main: true,
      routes: [
        ...gce.subnetworks
          .filter((one) => one.network === name)
          .flatMap(rangesOf)
          .map(localRoute),
        ...gce.routes.filter((one) => one.network === name).map((one) => routeFacts(gce, one)),
      ],
    })),
    machines: machines.map((one) => machineFacts(gce, one)),
    interfaces: machines.flatMap(({ id, instance }) =>
      instance.nics.map((nic): InterfaceFacts => {
        const subnet = gce.subnetworks.find((one) => one.network === nic.network && one.name === nic.subnetwork);
        return interfaceFacts(gce, id, instance, nic, subnet === undefined ? '' : subnetId(subnet));
      }),
    ),
    filters: gceFilters(gce),
  };
}

export function gceGaps(gce: GceWorld): Gap[] {
  return gce.projects.flatMap(({ project, unreachableZones }) =>
    unreachableZones.map((zone) => ({
      facet: 'machines' as const,
      subject: `instances in ${zone} of project ${project}`,
      scope: `gcp/${gce.hostProject}`,
      reason: `Compute Engine could not reach ${zone}`,
    })),
  );
}

function rangesOf(one: GceSubnetworkWorld): string[] {
  const v6 = one.ipv6Cidr === undefined ? [] : [one.ipv6Cidr];
  return [one.cidr, ...one.secondary.map((each) => each.cidr), ...v6].map(canonicalPrefix);
}

function localRoute(prefix: string): RouteFacts {
  return { prefix, target: { kind: 'local' }, state: 'active', rank: -1, origin: 'local' };
}

function machineFacts(gce: GceWorld, { project, id, instance }: Placed): MachineFacts {
  const templates = gce.projects.find((one) => one.project === project)?.instanceTemplates ?? [];
  const template = templates.find((one) => one.name === instance.template);
  return {
    id,
    name: instance.name,
    keys: [`gcp:${id}`],
    state: STATES[instance.status],
    stateText: instance.status,
    zone: instance.zone,
    ...(template === undefined
      ? {}
      : { template: { id: `${project}/${template.name}`, forwarding: template.canIpForward ? 'on' : 'off' } }),
  };
}

function interfaceFacts(
  gce: GceWorld,
  machine: string,
  instance: GceInstanceWorld,
  nic: GceNicWorld,
  subnet: string,
): InterfaceFacts {
  const v6 = nic.ipv6 === undefined ? [] : [nic.ipv6];
  const assigned = [...nic.aliasRanges.map(({ cidr }) => cidr), ...v6.map((ip) => `${ip}/96`)].map(canonicalPrefix);
  return {
    id: `${machine}/${nic.name}`,
    machine,
    network: `${gce.hostProject}/${nic.network}`,
    subnet,
    addresses: [nic.ip, ...v6],
    ...(assigned.length === 0 ? {} : { assignedPrefixes: assigned }),
    forwarding: instance.canIpForward ? 'on' : 'off',
    nextHopAddresses: [nic.ip, ...v6],
    ...(instance.tags.length === 0 ? {} : { tags: instance.tags }),
    ...(instance.serviceAccount === undefined ? {} : { groups: [instance.serviceAccount] }),
    primary: nic.name === 'nic0',
  };
}

function routeFacts(gce: GceWorld, route: GceRouteWorld): RouteFacts {
  const warning = warningOf(gce, route);
  return {
    prefix: canonicalPrefix(route.destRange),
    target: targetOf(route),
    ...(warning === undefined ? { state: 'active' } : { state: 'dead', stateText: warning }),
    rank: route.priority,
    origin: 'static',
    name: route.name,
    ...(route.description === '' ? {} : { description: route.description }),
    ...(route.tags.length === 0 ? {} : { scopeTags: route.tags }),
  };
}

function targetOf({ target }: GceRouteWorld): RouteTarget {
  switch (target.kind) {
    case 'instance':
      return { kind: 'machine', machine: `${target.project}/${target.zone}/${target.name}` };
    case 'ip':
      return { kind: 'address', address: target.ip };
    case 'gateway':
      return { kind: 'gateway', gateway: 'internet', id: 'default-internet-gateway' };
    case 'ilb':
      return { kind: 'gateway', gateway: 'other', id: target.ip };
    case 'vpn-tunnel':
      return { kind: 'gateway', gateway: 'vpn', id: target.name };
  }
}

/** What the API itself says about a next hop; it knows machines too that no list shows. */
function warningOf(gce: GceWorld, { target, network, destRange }: GceRouteWorld): string | undefined {
  if (target.kind !== 'instance' && target.kind !== 'ip') return undefined;
  const all = [...placed(gce, true), ...placed(gce, false)];
  const found =
    target.kind === 'instance'
      ? all.find(({ id }) => id === `${target.project}/${target.zone}/${target.name}`)
      : all.find(({ instance }) =>
          instance.nics.some((nic) => nic.network === network && [nic.ip, nic.ipv6].includes(target.ip)),
        );
  if (found === undefined) {
    return target.kind === 'instance' ? 'NEXT_HOP_INSTANCE_NOT_FOUND' : 'NEXT_HOP_ADDRESS_NOT_ASSIGNED';
  }
  const nic = found.instance.nics.find((one) => one.network === network);
  if (nic === undefined) return 'NEXT_HOP_INSTANCE_NOT_ON_NETWORK';
  if (destRange.includes(':') && nic.ipv6 === undefined) return 'NEXT_HOP_INSTANCE_HAS_NO_IPV6_INTERFACE';
  return STATES[found.instance.status] === 'running' ? undefined : 'NEXT_HOP_NOT_RUNNING';
}

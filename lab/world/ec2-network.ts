/** The EC2 half of a healthy world: a network, its subnets and tables, machines and pod routes. */

import { subnetOf } from './addresses.ts';
import { clusterPodRanges, subnetCidrs } from './cluster.ts';
import type { ClusterOptions } from './ec2-cluster.ts';
import { defaultAcl, nodeGroup } from './ec2-filters.ts';
import { ec2Id } from './ids.ts';
import { destination, groupFor } from './look.ts';
import type { AwsRegionWorld, RouteTableWorld, RouteWorld, SubnetWorld, VpcWorld } from './world.ts';

const vpcCidr6 = '2a05:d014:7c4:9a00::/56';

/** Adds a VPC with node subnets and the tables that govern them; returns the subnets. */
export function makeNetwork(options: ClusterOptions, region: AwsRegionWorld): SubnetWorld[] {
  const { name, ipv6 = false, tables = 'per-subnet' } = options;
  const vpcCidr = options.vpcCidr ?? '10.40.0.0/16';
  const cidrs = subnetCidrs(options, vpcCidr);
  const owned = { [`kubernetes.io/cluster/${name}`]: 'owned' };
  const vpcId = ec2Id('vpc', name);
  const nat: RouteWorld = {
    destination: { cidr: '0.0.0.0/0' },
    target: { kind: 'nat', id: ec2Id('nat', name) },
    origin: 'CreateRoute',
  };
  const egress6: RouteWorld = {
    destination: { ipv6Cidr: '::/0' },
    target: { kind: 'egress-only', id: ec2Id('eigw', name) },
    origin: 'CreateRoute',
  };
  const table = (suffix: string, subnetIds: string[], routes: RouteWorld[]): RouteTableWorld => ({
    id: ec2Id('rtb', name, suffix),
    vpcId,
    subnetIds,
    routes: structuredClone(routes),
    tags: { Name: `${name}-${suffix}`, ...owned },
  });
  const privateRoutes = ipv6 ? [nat, egress6] : [nat];
  const subnets = cidrs.map((cidr, i): SubnetWorld => ({
    id: ec2Id('subnet', name, i),
    vpcId,
    zone: `${region.region}${'abcdef'.charAt(i % 3)}`,
    cidr,
    ipv6Cidrs: ipv6 ? [subnetOf(vpcCidr6, 64, i)] : [],
    tags: { Name: `${name}-private-${'abcdef'.charAt(i)}`, ...owned },
  }));
  const main = table('main', [], tables === 'main' ? privateRoutes : []);
  const vpc: VpcWorld = {
    id: vpcId,
    cidrs: [vpcCidr],
    ipv6Cidrs: ipv6 ? [vpcCidr6] : [],
    mainRouteTableId: main.id,
    tags: { Name: name, ...owned },
  };
  region.vpcs.push(vpc);
  region.networkAcls.push(defaultAcl(vpc, name));
  region.securityGroups.push(nodeGroup(vpc, clusterPodRanges(options, options.mode), name));
  region.subnets.push(...subnets);
  region.routeTables.push(main);
  if (tables === 'shared') {
    region.routeTables.push(
      table(
        'private',
        subnets.map((subnet) => subnet.id),
        privateRoutes,
      ),
    );
  } else if (tables === 'per-subnet') {
    subnets.forEach((subnet, i) => {
      region.routeTables.push(table(`private-${'abcdef'.charAt(i)}`, [subnet.id], privateRoutes));
    });
  }
  return subnets;
}

/** Puts a route for each of a node's podCIDRs into each of the tables. */
export function addPodRoutes(tables: RouteTableWorld[], podCIDRs: string[], interfaceId: string): void {
  for (const table of tables) {
    for (const cidr of podCIDRs) {
      table.routes.push({
        destination: destination(cidr),
        target: { kind: 'interface', interfaceId },
        origin: 'CreateRoute',
      });
    }
  }
}

/** What one machine needs to come into being. */
export interface MachinePlan {
  cluster: string;
  name: string;
  subnet: SubnetWorld;
  privateIp: string;
  ipv6?: string;
  sourceDestCheck: boolean;
  launchedAt: string;
}

/** Adds a running instance with one interface. */
export function addMachine(region: AwsRegionWorld, plan: MachinePlan): { instanceId: string; interfaceId: string } {
  const instanceId = ec2Id('i', plan.cluster, plan.name);
  const interfaceId = ec2Id('eni', plan.cluster, plan.name);
  region.instances.push({
    id: instanceId,
    zone: plan.subnet.zone,
    state: 'running',
    launchedAt: plan.launchedAt,
    interfaceIds: [interfaceId],
    tags: { Name: plan.name },
  });
  region.interfaces.push({
    id: interfaceId,
    subnetId: plan.subnet.id,
    instanceId,
    deviceIndex: 0,
    privateIps: [plan.privateIp],
    ipv6Addresses: plan.ipv6 === undefined ? [] : [plan.ipv6],
    ipv4Prefixes: [],
    ipv6Prefixes: [],
    sourceDestCheck: plan.sourceDestCheck,
    groupIds: [groupFor(region, plan.subnet).id],
    interfaceType: 'interface',
    tags: {},
  });
  return { instanceId, interfaceId };
}

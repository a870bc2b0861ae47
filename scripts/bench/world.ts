/** The cluster that is measured: any number of nodes on EC2, three subnets with a table each, one node in a hundred ill. */
import { ec2Cluster, type Ec2Mode } from '../../lab/world/ec2-cluster.ts';
import { destinationOf, interfaceOf, podRange } from '../../lab/world/look.ts';
import { atMoment } from '../../lab/world/moment.ts';
import type { World } from '../../lab/world/world.ts';

export type BenchMode = Extract<Ec2Mode, 'fabric' | 'host-gw'>;

/** Room for 49,000 machines and for 32,768 podCIDRs of a usual size. EC2's quotas would end far below; its API would not. */
const NETWORK = '172.20.0.0/16';
const SUBNETS = ['172.20.0.0/18', '172.20.64.0/18', '172.20.128.0/18'];
const PODS = '10.0.0.0/9';
export const INPUTS: Readonly<Record<string, string>> = { 'pod-cidrs': PODS };

const FAULTY = 0.01;

/**
 * The faults come in turn: a check that is on, a route that is missing in one table, a route in all tables that leads to
 * the node's neighbour. `faults` counts them; each is one finding.
 */
export function benchWorld(nodes: number, mode: BenchMode): { world: World; faults: number } {
  const made = ec2Cluster({
    name: `bench-${String(nodes)}`,
    mode,
    nodes,
    vpcCidr: NETWORK,
    subnetCidrs: SUBNETS,
    podCidr: PODS,
  });
  // Served as of today, or all pods would seem to be from the future.
  const world = atMoment(made, new Date());
  const faults = Math.max(1, Math.round(nodes * FAULTY));
  for (let i = 0; i < faults; i += 1) spoil(world, i, Math.floor((i * nodes) / faults));
  return { world, faults };
}

function spoil(world: World, kind: number, at: number): void {
  const { nodes } = world.cluster;
  const node = nodes[at];
  const [region] = world.aws;
  if (node === undefined || region === undefined) throw new Error(`no node number ${String(at)}`);
  const tables = region.routeTables.filter((table) => table.subnetIds.length > 0);
  const range = podRange(node);
  const [next] = tables;
  switch (kind % 3) {
    case 0:
      interfaceOf(world, node).sourceDestCheck = true;
      break;
    case 1:
      // In the table of another zone than the node's own, where host-gw needs it too.
      if (tables.length > 0) {
        const table = tables[(at + 1) % tables.length] ?? next;
        if (table !== undefined) table.routes = table.routes.filter((route) => destinationOf(route) !== range);
      }
      break;
    default: {
      const neighbour = interfaceOf(world, nodes[at + 1] ?? node);
      for (const route of tables.flatMap((table) => table.routes)) {
        if (destinationOf(route) === range) route.target = { kind: 'interface', interfaceId: neighbour.id };
      }
    }
  }
}

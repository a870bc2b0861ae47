/** Worlds at random: legal, odd and broken in every combination, the same for the same seed. */

import { ec2Cluster } from '../world/ec2-cluster.ts';
import { inject } from '../world/faults.ts';
import type { Fault } from '../world/faults.ts';
import { daemonSets } from '../world/kubernetes.ts';
import { MODES } from '../world/network-modes.ts';
import type { NetworkMode } from '../world/network-modes.ts';
import type { Ec2Mode } from '../world/ec2-cluster.ts';
import { DoesNotFit } from '../world/look.ts';
import type { World } from '../world/world.ts';
import type { TruthOptions } from '../truth/truth.ts';
import { otherModes, windowsNodes } from './other-modes.ts';
import { dice } from './dice.ts';
import type { Dice } from './dice.ts';
import { randomAzureCluster, randomAzureFaults } from './azure.ts';
import { randomAzureFilters } from './azure-filters.ts';
import { randomFaults } from './ec2-faults.ts';
import { randomFilters } from './ec2-filters.ts';
import { randomGceCluster, randomGceFaults } from './gce.ts';

export interface RandomWorld {
  world: World;
  /** Inputs of the Action that belong to the world, e.g. a network mode that nothing in the cluster shows. */
  inputs: Record<string, string>;
  /** The same, as the truth needs it. */
  options: TruthOptions;
  /** EC2 calls that are denied, by IAM action. */
  deny: string[];
  /** What was done to the healthy world, in words. */
  says: string[];
}

export type RandomCloud = 'aws' | 'gcp' | 'azure';

/** A cluster without a fault, and how its network works. */
export interface Healthy {
  mode: NetworkMode;
  world: World;
}

function randomEc2Cluster(name: string, d: Dice): Healthy {
  const mode = d.weighted<Ec2Mode>([[40, 'host-gw'], [24, 'fabric'], [3, 'vxlan'], [3, 'vpc-cni'], ...otherModes]);
  const subnets = d.between(1, 4);
  const nodes = d.percent(4) ? 30 : d.between(2, 14);
  // Few worlds have their nodes evenly spread.
  const placement = Array.from({ length: nodes }, () => d.between(0, subnets - 1));
  const podRoutes = mode === 'host-gw' && d.percent(25) ? d.percent(50) : undefined;
  const world = ec2Cluster({
    name,
    mode,
    nodes,
    subnets,
    placement,
    tables: d.pick(['per-subnet', 'per-subnet', 'main', 'shared']),
    ipv6: d.percent(25),
    windows: windowsNodes(d, mode, nodes),
    controlPlanes: d.percent(30) ? 1 : 0,
    providerIds: !d.percent(12),
    routeCreated: !d.percent(40),
    ...(podRoutes === undefined ? {} : { podRoutes }),
  });
  return { mode, world };
}

const healthy = { aws: randomEc2Cluster, gcp: randomGceCluster, azure: randomAzureCluster };
const broken = { aws: randomFaults, gcp: randomGceFaults, azure: randomAzureFaults };

const filtered: Record<RandomCloud, (world: World, d: Dice) => Fault[]> = {
  aws: randomFilters,
  gcp: () => [],
  azure: randomAzureFilters,
};
/** What a user would say; nobody need say anything about packets that the cloud does not see. */
const toldModes = {
  'host-gw': 'host-gw',
  plain: 'fabric',
  'cross-subnet': 'cross-subnet',
  overlay: undefined,
  eni: undefined,
} as const;

function toldMode(d: Dice, world: World, mode: NetworkMode): TruthOptions['mode'] {
  const told = toldModes[MODES[mode].routing];
  if (told === undefined) return undefined;
  const shown = mode !== 'fabric' || world.cluster.nodes.every((node) => node.networkUnavailable !== undefined);
  if (!d.percent(shown ? 20 : 90)) return undefined;
  return told;
}

/** Each cloud has worlds of its own for every seed. */
export function randomWorld(seed: number, cloud: RandomCloud = 'aws', { filters = false } = {}): RandomWorld {
  const d = dice(seed);
  const made = healthy[cloud](cloud === 'aws' ? `random-${String(seed)}` : `random-${cloud}-${String(seed)}`, d);
  const { mode } = made;
  let { world } = made;
  const told = toldMode(d, world, mode);
  const says: string[] = [];
  const wanted = d.weighted([
    [10, 0],
    [30, 1],
    [25, 2],
    [20, 3],
    [15, 4],
  ]);
  const put = (make: () => readonly Fault[]): void => {
    try {
      const faults = make();
      world = inject(world, ...faults).world;
      says.push(faults.map((fault) => fault.says).join('; '));
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
    }
  };
  // A fault may not fit what earlier ones left (no podCIDR, no machine): then it is left out.
  for (let tries = 0; tries < wanted * 3 && says.length < wanted; tries++) put(() => broken[cloud](world, d));
  // Filters have dice of their own, so that the same seed is the same world with and without them.
  if (filters) for (const fault of filtered[cloud](world, dice(seed + 1_000_000))) put(() => [fault]);
  world.cluster.daemonSets = daemonSets(world, mode);
  const hasLists = world.aws.some((region) => region.prefixLists.length > 0);
  const unread = hasLists && d.percent(25);
  return {
    world,
    inputs: told === undefined ? {} : { 'network-mode': told },
    options: { ...(told === undefined ? {} : { mode: told }), ...(unread ? { prefixListsUnread: true } : {}) },
    deny: unread ? ['ec2:GetManagedPrefixListEntries'] : [],
    says: [`${mode}, ${String(world.cluster.nodes.length)} nodes`, ...says],
  };
}

/** What a cloud's route controller needs to find its table and its routes, told from tags, names and conditions. Pure. */
import type { Evidence, Subjects } from '../model/judgement.ts';
import type { Change } from '../model/plan.ts';
import type { FabricFacts, MachineFacts, NodeFacts, RouteFacts, TableFacts } from '../model/snapshot.ts';
import type { RuleContext, RuleNode } from './rule.ts';

/** The nodes of one network for which a route controller is at work, as far as can be seen. */
export interface ControlledNetwork {
  readonly fabric: FabricFacts;
  readonly network: string;
  readonly nodes: readonly ControlledNode[];
  /** Names of nodes that the controller has given no route (condition NoRouteCreated). */
  readonly waiting: readonly string[];
  /** What shows that a controller is at work. */
  readonly witness: string;
}

export interface ControlledNode {
  readonly facts: NodeFacts;
  readonly machine: MachineFacts;
  readonly subnet: string;
}

/** What stops it, or what it does not see, in words, and what mends it. */
export interface Obstacle {
  readonly id: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
  readonly subjects: Partial<Subjects>;
  readonly evidence: readonly Evidence[];
  readonly changes: readonly Change[];
  /** No route is made any more; otherwise only some are not seen, or not made. */
  readonly stops: boolean;
}

/** The names by which controllers know their cloud (`--cloud-provider`). */
const PROVIDERS: Readonly<Record<string, FabricFacts['kind']>> = { aws: 'aws', gce: 'gcp', gcp: 'gcp', azure: 'azure' };

/**
 * Networks in which pods need routes and a controller makes them: by its arguments, or by the reasons RouteCreated and
 * NoRouteCreated that it leaves in NetworkUnavailable. A controller that is told not to make routes is none, and neither
 * is an agent that writes the same condition (FlannelIsUp, CalicoIsUp).
 */
export function findControlledNetworks(context: RuleContext): ControlledNetwork[] {
  const { routeController } = context.snapshot.cluster;
  if (routeController?.configuresRoutes === false) return [];
  const byNetwork = new Map<string, { fabric: FabricFacts; network: string; nodes: ControlledNode[] }>();
  for (const node of context.nodes) {
    const { fabric, facts: machine, interface: face } = node.machine ?? {};
    if (!needsRoutes(node) || fabric === undefined || machine === undefined || face === undefined) continue;
    if (machine.planned !== undefined) continue;
    const key = `${fabric.id} ${face.network}`;
    const found = byNetwork.get(key) ?? { fabric, network: face.network, nodes: [] };
    found.nodes.push({ facts: node.facts, machine, subnet: face.subnet });
    byNetwork.set(key, found);
  }
  return [...byNetwork.values()].flatMap((found) => {
    const reasonOf = ({ facts }: ControlledNode): string => facts.networkUnavailable?.reason ?? '';
    const waiting = found.nodes.filter((node) => reasonOf(node) === 'NoRouteCreated').map(({ facts }) => facts.name);
    const served = found.nodes.filter((node) => reasonOf(node) === 'RouteCreated');
    const witness =
      witnessIn(waiting, 'NoRouteCreated') ??
      controllerWitness(context, found.fabric) ??
      witnessIn(
        served.map(({ facts }) => facts.name),
        'RouteCreated',
      );
    return witness === undefined ? [] : [{ ...found, waiting: waiting.sort(), witness }];
  });
}

function needsRoutes({ isSkipped, meetsTables, facts }: RuleNode): boolean {
  return !isSkipped && meetsTables && facts.podCIDRs.length > 0;
}

function witnessIn(nodes: readonly string[], reason: string): string | undefined {
  const [first] = nodes;
  return first === undefined ? undefined : `node ${first}: NetworkUnavailable has the reason ${reason}`;
}

function controllerWitness({ snapshot }: RuleContext, fabric: FabricFacts): string | undefined {
  const controller = snapshot.cluster.routeController;
  if (controller === undefined) return undefined;
  const kind = PROVIDERS[controller.provider ?? ''];
  return kind === fabric.kind ? `${controller.source} runs and makes routes` : undefined;
}

/**
 * The cluster as the controller on EC2 knows it: by the tag of its own machine (`kubernetes.io/cluster/ID` or
 * `KubernetesCluster`). Undefined: the machines carry none, or not the same.
 */
export function clusterTagOf({ nodes }: ControlledNetwork): string | undefined {
  const ids = new Set(nodes.flatMap(({ machine }) => clusterIds(machine.tags ?? {})));
  const [id] = ids;
  return ids.size === 1 ? id : undefined;
}

function clusterIds(tags: Readonly<Record<string, string>>): string[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    const id = key === 'KubernetesCluster' ? value : /^kubernetes\.io\/cluster\/(.+)$/.exec(key)?.[1];
    return id === undefined ? [] : [id];
  });
}

export function isTagged({ owners }: TableFacts, clusterId: string): boolean {
  return owners?.includes(`cluster ${clusterId}`) ?? false;
}

/** Tables of the network that govern a subnet with one of the nodes. */
export function tablesOfNodes({ fabric, nodes }: ControlledNetwork): TableFacts[] {
  const subnets = new Set(nodes.map(({ subnet }) => subnet));
  const ids = new Set(fabric.subnets.filter(({ id }) => subnets.has(id)).map(({ table }) => table));
  return fabric.tables.filter(({ id, implicit }) => ids.has(id) && implicit !== true);
}

/** Whether somebody keeps this table filled: it has a route for a podCIDR of every node. */
export function servesAll({ routes }: TableFacts, nodes: readonly ControlledNode[]): boolean {
  const prefixes = new Set(routes.filter(isMade).map(({ prefix }) => prefix));
  return nodes.every(({ facts }) => facts.podCIDRs.some((podCIDR) => prefixes.has(podCIDR)));
}

export function isMade({ origin }: RouteFacts): boolean {
  return origin === 'static';
}

/** `network` was read whole: what is not in the answer is not there. */
export function isReadWhole(context: RuleContext, { fabric, network }: ControlledNetwork): boolean {
  const isMissing = context.snapshot.gaps.some(
    ({ facet, scope }) =>
      facet === 'routes' && (scope === undefined || fabric.id === scope || fabric.id.startsWith(`${scope}/`)),
  );
  return !isMissing && fabric.tables.some((table) => table.network === network);
}

/** As cloud-provider-azure names routes: by node, in dual-stack clusters by prefix too. */
export function isNamedForNode(name: string, node: string): boolean {
  return name.toLowerCase() === node.toLowerCase() || name.toLowerCase().startsWith(`${node.toLowerCase()}____`);
}

/** How much of a cluster's name cloud-provider-gcp puts in front of the node's UID. */
const NAME_PART = 26;

/** What cloud-provider-gcp calls the route of a node; the same for both families. */
export function gcpRouteName(clusterName: string, uid: string): string {
  return `${clusterName.slice(0, NAME_PART)}-${uid}`;
}

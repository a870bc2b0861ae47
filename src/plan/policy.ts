/** What speaks against a change: the user's own limits, whose the thing is, and what is not certain. Pure. */
import type { NodeFacts } from '../model/snapshot.ts';
import { fabricIdOf } from '../model/place.ts';
import type { Place } from '../model/plan.ts';
import type { ChangePolicy, PlannedChange, WithheldCode, WithheldReason } from '../model/planned.ts';
import { DISRUPTIONS } from '../model/planned.ts';
import { fitsPattern } from '../model/pattern.ts';
import { parsePrefix } from '../model/prefix.ts';
import type { Facts } from './facts.ts';

/** All that speaks against it, the weightiest first; empty: nothing. How many changes there are is not looked at. */
export function findObjections(change: PlannedChange, policy: ChangePolicy, facts: Facts): WithheldReason[] {
  return [
    ...rangeObjections(change, facts),
    ...gapObjections(change, facts),
    ...evidenceObjections(change, facts),
    ...ownerObjections(change, policy, facts),
    ...limitObjections(change, policy),
  ];
}

/** Of a plan that came from outside, too: nothing that is not about pods is ever touched. */
function rangeObjections({ target, before, after }: PlannedChange, facts: Facts): WithheldReason[] {
  if (target.kind !== 'route') return [];
  if (parsePrefix(target.prefix)?.length === 0) return [objection('outside', 'it is a default route')];
  if (!facts.isPodRange(target.prefix)) {
    return [objection('outside', `${target.prefix} is not in the cluster's pod ranges`)];
  }
  const isOdd = [before, after].some(
    (state) => state.kind === 'route' && (state.to.kind === 'unknown' || state.to.kind === 'local'),
  );
  return isOdd ? [objection('outside', 'what the route leads to is not known')] : [];
}

function gapObjections({ place }: PlannedChange, facts: Facts): WithheldReason[] {
  const [gap] = facts.gapsIn(fabricIdOf(place));
  return gap === undefined ? [] : [objection('gap', `${gap.subject} could not be read: ${gap.reason}`)];
}

function evidenceObjections({ place, precondition }: PlannedChange, facts: Facts): WithheldReason[] {
  const { node } = precondition;
  const concerned = node === undefined ? facts.judgedNodesIn(fabricIdOf(place)).map(({ name }) => name) : [node.name];
  const unproven = concerned.find((name) => !facts.isProven(name));
  if (unproven === undefined && concerned.length > 0) return [];
  if (unproven === undefined) return [objection('unproven', 'no node that is judged is there')];
  const mode = facts.node(unproven)?.modeReason;
  const seen = mode === undefined ? 'it is not judged' : `seen: ${mode}`;
  return [objection('unproven', `nothing that runs on ${unproven} now proves its network mode (${seen})`)];
}

function ownerObjections(change: PlannedChange, { owners: allowed }: ChangePolicy, facts: Facts): WithheldReason[] {
  return ownersOf(change, facts)
    .filter(({ name }) => !allowed.some((one) => one.toLowerCase() === name.toLowerCase()))
    .map(({ name, because }) => objection('owned', `it belongs to ${name}, ${because}; allow-owners can name it`));
}

interface Owner {
  /** As allow-owners takes it. */
  readonly name: string;
  readonly because: string;
}

/** Route controllers and managed services undo what others change, or are undone by it; so do stacks. */
function ownersOf({ place, target, precondition }: PlannedChange, facts: Facts): Owner[] {
  const { name } = precondition.node ?? {};
  const service = serviceOf(name === undefined ? facts.snapshot.cluster.nodes : [facts.nodeFacts(name)]);
  if (target.kind === 'interface') {
    const { owner } = facts.interface(fabricIdOf(place), target.interface) ?? {};
    return owner === undefined ? service : [...service, { name: owner, because: 'which keeps the interface' }];
  }
  if (target.kind !== 'route') return service;
  const { owners = [] } = facts.table(fabricIdOf(place), target.table) ?? {};
  const stacks = owners.filter((owner) => !owner.startsWith('cluster '));
  return [
    ...service,
    ...stacks.map((owner) => ({ name: owner, because: 'as the tags of the route table say' })),
    ...controllersOf(place.cloud, owners, facts, writtenWitness(place, target, facts)),
  ];
}

/** On EC2 a controller keeps the one table with its cluster's tag; elsewhere any route of the network may be its own. */
function controllersOf(
  cloud: Place['cloud'],
  owners: readonly string[],
  facts: Facts,
  written: string | undefined,
): Owner[] {
  const tagged = owners.filter((owner) => owner.startsWith('cluster '));
  const foreign = tagged.filter((owner) => isForeign(owner.slice('cluster '.length), facts));
  const others = foreign.map((name) => ({ name, because: 'as its tag says, which none of the nodes has' }));
  if (written !== undefined) return [...others, { name: 'route-controller', because: written }];
  const witness = controllerWitness(facts);
  if (witness === undefined || (cloud === 'aws' && tagged.length === foreign.length)) return others;
  return [...others, { name: 'route-controller', because: `which is at work: ${witness}` }];
}

/** What the cloud controller of Compute Engine writes on its routes, and by which it knows them (cloud-provider-gcp). */
const CONTROLLED = 'k8s-node-route';

/** A route that a controller has made, or a new one among such; unless it is certain that none makes routes here. */
function writtenWitness(
  place: Place,
  target: Extract<PlannedChange['target'], { kind: 'route' }>,
  facts: Facts,
): string | undefined {
  if (facts.snapshot.cluster.routeController?.configuresRoutes === false) return undefined;
  const { routes = [] } = facts.table(fabricIdOf(place), target.table) ?? {};
  const own = routes.filter(({ name, prefix }) => prefix === target.prefix && name === (target.name ?? name));
  const about = own.length > 0 ? own : routes.filter(({ prefix }) => facts.isPodRange(prefix));
  const made = about.find(({ description }) => description === CONTROLLED);
  return made === undefined ? undefined : `as route ${made.name ?? made.prefix} is described (${CONTROLLED})`;
}

/** Machines that carry the tags of no cluster leave it open which one they are of. */
function isForeign(cluster: string, { snapshot }: Facts): boolean {
  const own = snapshot.fabrics.flatMap(({ machines }) =>
    machines.flatMap(({ tags = {} }) => Object.entries(tags).flatMap(([key, value]) => clusterNamed(key, value) ?? [])),
  );
  return own.length > 0 && !own.includes(cluster);
}

function clusterNamed(key: string, value: string): string | undefined {
  return key === 'KubernetesCluster' ? value : /^kubernetes\.io\/cluster\/(.+)$/.exec(key)?.[1];
}

function controllerWitness({ snapshot }: Facts): string | undefined {
  const { routeController, nodes } = snapshot.cluster;
  if (routeController?.configuresRoutes === false) return undefined;
  if (routeController?.provider !== undefined) return `${routeController.source} makes routes`;
  const served = nodes.find(({ networkUnavailable }) => /^(No)?RouteCreated$/.test(networkUnavailable?.reason ?? ''));
  return served === undefined ? undefined : `node ${served.name} has ${served.networkUnavailable?.reason ?? ''}`;
}

/** Labels that managed services put on nodes whose network they keep themselves. */
const SERVICES: Readonly<Record<string, string>> = {
  'kubernetes.azure.com/cluster': 'AKS',
  'cloud.google.com/gke-nodepool': 'GKE',
};

function serviceOf(nodes: readonly (NodeFacts | undefined)[]): Owner[] {
  return Object.entries(SERVICES).flatMap(([label, name]) => {
    const marked = nodes.find((node) => node?.labels[label] !== undefined);
    return marked === undefined ? [] : [{ name, because: `as node ${marked.name} is labelled` }];
  });
}

function limitObjections({ kind, disruption, precondition }: PlannedChange, policy: ChangePolicy): WithheldReason[] {
  const found: WithheldReason[] = [];
  if (!policy.kinds.includes(kind)) found.push(objection('kind', `allow-changes does not name ${kind}`));
  if (DISRUPTIONS.indexOf(disruption) > DISRUPTIONS.indexOf(policy.disruption)) {
    found.push(objection('disruption', `it disrupts (${disruption}), and allow-disruption is ${policy.disruption}`));
  }
  const { name } = precondition.node ?? {};
  const excluded = name === undefined ? undefined : policy.excludedNodes.find((pattern) => fitsPattern(pattern, name));
  if (excluded !== undefined) found.push(objection('node', `exclude-nodes names ${excluded}`));
  return found;
}

function objection(code: WithheldCode, text: string): WithheldReason {
  return { code, text };
}

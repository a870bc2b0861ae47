/** The reading plan: which calls, in which order, and what is kept of the answers. */
import { mapLimited } from '../../net/limit.ts';
import type { Facet, Suspects, TemplateFacts } from '../../model/snapshot.ts';
import type { Calls, Unreachable } from './calls.ts';
import type { Trouble } from './errors.ts';
import type { Plan } from './projects.ts';
import { readTemplates } from './templates.ts';
import type { InstanceDraft, SubnetDraft } from './translate.ts';
import type { PolicyDraft } from './policies.ts';
import { translatePolicy } from './policies.ts';
import { translateInstance, translateSubnetwork } from './translate.ts';
import type { FirewallDraft } from './translate-firewalls.ts';
import { translateFirewall } from './translate-firewalls.ts';
import type { RouteDraft } from './translate-routes.ts';
import { translateRoute } from './translate-routes.ts';
import { projectOf, regionOf, tailOf } from './url.ts';

export interface ReadTrouble {
  readonly facet: Facet;
  /** What was not read: `routes`. */
  readonly what: string;
  readonly project: string;
  readonly trouble: Trouble;
}

/** What a project's network part is made of. */
export interface HostDraft {
  readonly subnets: Map<string, SubnetDraft>;
  readonly routes: RouteDraft[];
  /** False: some route may be missing. */
  routesComplete: boolean;
  /** Undefined: nobody asked, or some rule may be missing. */
  firewalls?: readonly FirewallDraft[];
  readonly policies: PolicyDraft[];
}

/** What is asked for beside machines and routes. */
export interface Asked {
  /** Firewalls. */
  readonly filters: boolean;
}

/** What has been read so far, slim. */
export interface Draft {
  readonly asked: Asked;
  /** Projects whose instances were asked for. */
  readonly projects: readonly string[];
  /** By machine id, of all those projects. */
  readonly instances: Map<string, InstanceDraft>;
  /** By project that owns networks with nodes in them. */
  readonly hosts: Map<string, HostDraft>;
  /** Networks with nodes in them, and the regions of those nodes. */
  readonly networks: Map<string, Set<string>>;
  /** By machine id. */
  readonly templates: Map<string, TemplateFacts>;
  readonly troubles: ReadTrouble[];
  readonly unreachable: (Unreachable & { readonly facet: Facet; readonly project: string })[];
}

const MAX_PARALLEL = 6;

export function emptyDraft(projects: readonly string[], asked: Asked): Draft {
  return {
    projects,
    asked,
    instances: new Map(),
    hosts: new Map(),
    networks: new Map(),
    templates: new Map(),
    troubles: [],
    unreachable: [],
  };
}

/**
 * 1. All instances of the projects, 500 a page: who else holds an address, and whom a stray route leads to, can only be
 *    seen that way.
 * 2. As soon as a node's network is known, side by side with 1: routes, subnetworks and firewall rules of the project
 *    that owns it (with Shared VPC another one than the node's), and the firewall policies for each region with nodes.
 * 3. What the nodes' groups make their machines from.
 */
export async function readPlan(calls: Calls, plan: Plan, asked: Asked): Promise<Draft> {
  const draft = emptyDraft(plan.projects, asked);
  const wanted = new Set(plan.machines);
  const reads: Promise<void>[] = [];
  const learn = ({ machine, interfaces }: InstanceDraft): void => {
    for (const { network } of interfaces) {
      if (network === '') continue;
      const regions = draft.networks.get(network) ?? new Set();
      draft.networks.set(network, regions);
      const known = draft.hosts.get(projectOf(network));
      const host = known ?? { subnets: new Map(), routes: [], routesComplete: true, policies: [] };
      draft.hosts.set(projectOf(network), host);
      if (known === undefined) reads.push(readHost(calls, draft, projectOf(network), host));
      const region = regionOf(machine.zone ?? '');
      if (!asked.filters || regions.has(region)) continue;
      regions.add(region);
      reads.push(readPolicies(calls, draft, network, region, host));
    }
  };
  await mapLimited(plan.projects, MAX_PARALLEL, (project) =>
    readInstances(calls, draft, project, (instance) => {
      if (wanted.has(instance.machine.id)) learn(instance);
    }),
  );
  const joined = holdersOf(draft, plan.addresses);
  joined.forEach(learn);
  await Promise.all(reads);
  const nodes = [...plan.machines.flatMap((id) => draft.instances.get(id) ?? []), ...joined];
  for (const [id, template] of await readTemplates(calls, nodes)) draft.templates.set(id, template);
  return draft;
}

/** Who has one of the addresses in a network with nodes; while none is known, in any network. */
function holdersOf({ networks, instances }: Draft, addresses: readonly string[]): InstanceDraft[] {
  const wanted = new Set(addresses);
  const known = new Set(networks.keys());
  return [...instances.values()].filter(({ interfaces }) =>
    interfaces.some(
      ({ network, addresses: own }) =>
        (known.size === 0 || known.has(network)) && own.some((address) => wanted.has(address)),
    ),
  );
}

async function readInstances(
  calls: Calls,
  draft: Draft,
  project: string,
  take: (instance: InstanceDraft) => void,
): Promise<void> {
  const trouble = await calls.instances(
    project,
    (one, scope) => {
      const instance = translateInstance(one, project, scope);
      if (instance === undefined) return;
      draft.instances.set(instance.machine.id, instance);
      take(instance);
    },
    (what) => missed(draft, { ...what, facet: 'machines', project }),
  );
  note(draft, 'machines', 'instances', project, trouble);
}

async function readHost(calls: Calls, draft: Draft, host: string, read: HostDraft): Promise<void> {
  const [subnetworks] = await Promise.all([
    calls.subnetworks(
      host,
      (one, scope) => {
        const subnet = translateSubnetwork(one, host, scope);
        if (subnet !== undefined) read.subnets.set(subnet.id, subnet);
      },
      (what) => missed(draft, { ...what, facet: 'subnets', project: host }),
    ),
    readRoutes(calls, draft, host, read),
    draft.asked.filters ? readFirewalls(calls, draft, host, read) : undefined,
  ]);
  note(draft, 'subnets', 'subnetworks', host, subnetworks);
}

/** All of the project in one list: rules name their network by URL, and hosts of URLs differ. */
async function readFirewalls(calls: Calls, draft: Draft, host: string, into: HostDraft): Promise<void> {
  const firewalls: FirewallDraft[] = [];
  const trouble = await calls.firewalls(host, (one) => {
    const firewall = translateFirewall(one, host);
    if (firewall !== undefined) firewalls.push(firewall);
  });
  // Half a list of rules must not pass for a firewall.
  if (trouble === undefined) into.firewalls = firewalls;
  note(draft, 'filters', 'firewall rules', host, trouble);
}

async function readPolicies(
  calls: Calls,
  draft: Draft,
  network: string,
  region: string,
  into: HostDraft,
): Promise<void> {
  const host = projectOf(network);
  const trouble = await calls.policies(host, tailOf(network), region, (one) =>
    into.policies.push(translatePolicy(one, network)),
  );
  note(draft, 'filters', `firewall policies of network ${tailOf(network)} in ${region}`, host, trouble);
}

async function readRoutes(calls: Calls, draft: Draft, host: string, into: HostDraft): Promise<void> {
  const trouble = await calls.routes(host, (one) => {
    const route = translateRoute(one, host);
    if (route !== undefined) into.routes.push(route);
  });
  into.routesComplete = trouble === undefined;
  note(draft, 'routes', 'routes', host, trouble);
}

/**
 * The suspects as they are now, with as few requests as the first reading made: the lists of the projects concerned.
 * Subnetworks are not suspects; those of `before` stand.
 */
export async function rereadPlan(calls: Calls, suspects: Suspects, before: Draft): Promise<Draft> {
  const draft = { ...emptyDraft(before.projects, before.asked), networks: before.networks };
  const named = [...suspects.machines, ...suspects.interfaces].map(projectOf);
  const projects = before.projects.filter((project) => named.includes(project));
  const tables = new Set(suspects.tables.map(projectOf));
  const filters = new Set(suspects.filters.map(projectOf));
  await Promise.all([
    mapLimited(projects, MAX_PARALLEL, (project) => readInstances(calls, draft, project, () => undefined)),
    ...[...before.hosts].map(async ([host, { subnets }]) => {
      const read: HostDraft = { subnets, routes: [], routesComplete: tables.has(host), policies: [] };
      draft.hosts.set(host, read);
      const places = [...before.networks].filter(([network]) => suspects.filters.includes(network));
      const networks = places.filter(([network]) => projectOf(network) === host);
      await Promise.all([
        tables.has(host) ? readRoutes(calls, draft, host, read) : undefined,
        filters.has(host) ? readFirewalls(calls, draft, host, read) : undefined,
        ...networks.flatMap(([network, regions]) =>
          [...regions].map((region) => readPolicies(calls, draft, network, region, read)),
        ),
      ]);
    }),
  ]);
  return draft;
}

function missed(draft: Draft, what: Draft['unreachable'][number]): void {
  const isKnown = draft.unreachable.some(
    ({ place, project, facet }) => place === what.place && project === what.project && facet === what.facet,
  );
  if (!isKnown) draft.unreachable.push(what);
}

function note(draft: Draft, facet: Facet, what: string, project: string, trouble: Trouble | undefined): void {
  if (trouble !== undefined) draft.troubles.push({ facet, what, project, trouble });
}

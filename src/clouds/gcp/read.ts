/** The reading plan: which calls, in which order, and what is kept of the answers. */
import { mapLimited } from '../../net/limit.ts';
import type { Facet, Suspects, TemplateFacts } from '../../model/snapshot.ts';
import type { Calls, Unreachable } from './calls.ts';
import type { Trouble } from './errors.ts';
import type { Plan } from './projects.ts';
import { readTemplates } from './templates.ts';
import type { InstanceDraft, SubnetDraft } from './translate.ts';
import { translateInstance, translateSubnetwork } from './translate.ts';
import type { RouteDraft } from './translate-routes.ts';
import { translateRoute } from './translate-routes.ts';
import { projectOf } from './url.ts';

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
}

/** What has been read so far, slim. */
export interface Draft {
  /** Projects whose instances were asked for. */
  readonly projects: readonly string[];
  /** By machine id, of all those projects. */
  readonly instances: Map<string, InstanceDraft>;
  /** By project that owns networks with nodes in them. */
  readonly hosts: Map<string, HostDraft>;
  /** Networks with nodes in them. */
  readonly networks: Set<string>;
  /** By machine id. */
  readonly templates: Map<string, TemplateFacts>;
  readonly troubles: ReadTrouble[];
  readonly unreachable: (Unreachable & { readonly facet: Facet; readonly project: string })[];
}

const MAX_PARALLEL = 6;

export function emptyDraft(projects: readonly string[]): Draft {
  return {
    projects,
    instances: new Map(),
    hosts: new Map(),
    networks: new Set(),
    templates: new Map(),
    troubles: [],
    unreachable: [],
  };
}

/**
 * 1. All instances of the projects, 500 a page: who else holds an address, and whom a stray route leads to, can only be
 *    seen that way.
 * 2. As soon as a node's network is known, side by side with 1: routes and subnetworks of the project that owns it (with
 *    Shared VPC another one than the node's).
 * 3. What the nodes' groups make their machines from.
 */
export async function readPlan(calls: Calls, plan: Plan): Promise<Draft> {
  const draft = emptyDraft(plan.projects);
  const wanted = new Set(plan.machines);
  const reads = new Map<string, Promise<void>>();
  const learn = ({ interfaces }: InstanceDraft): void => {
    for (const { network } of interfaces) {
      if (network === '') continue;
      draft.networks.add(network);
      const host = projectOf(network);
      if (!reads.has(host)) reads.set(host, readHost(calls, draft, host));
    }
  };
  await mapLimited(plan.projects, MAX_PARALLEL, (project) =>
    readInstances(calls, draft, project, (instance) => {
      if (wanted.has(instance.machine.id)) learn(instance);
    }),
  );
  if (draft.networks.size === 0) for (const instance of holdersOf(draft, plan.addresses)) learn(instance);
  await Promise.all(reads.values());
  const nodes = plan.machines.flatMap((id) => draft.instances.get(id) ?? []);
  for (const [id, template] of await readTemplates(calls, nodes)) draft.templates.set(id, template);
  return draft;
}

function holdersOf(draft: Draft, addresses: readonly string[]): InstanceDraft[] {
  const wanted = new Set(addresses);
  return [...draft.instances.values()].filter(({ interfaces }) =>
    interfaces.some((face) => face.addresses.some((address) => wanted.has(address))),
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

async function readHost(calls: Calls, draft: Draft, host: string): Promise<void> {
  const read: HostDraft = { subnets: new Map(), routes: [], routesComplete: true };
  draft.hosts.set(host, read);
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
  ]);
  note(draft, 'subnets', 'subnetworks', host, subnetworks);
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
  const draft = { ...emptyDraft(before.projects), networks: before.networks };
  const named = [...suspects.machines, ...suspects.interfaces].map(projectOf);
  const projects = before.projects.filter((project) => named.includes(project));
  const hosts = new Set(suspects.tables.map(projectOf));
  await Promise.all([
    mapLimited(projects, MAX_PARALLEL, (project) => readInstances(calls, draft, project, () => undefined)),
    ...[...before.hosts].map(async ([host, { subnets }]) => {
      if (!hosts.has(host)) return;
      const read: HostDraft = { subnets, routes: [], routesComplete: true };
      draft.hosts.set(host, read);
      await readRoutes(calls, draft, host, read);
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

/** What was read -> one fabric per project that owns networks, and the gaps, sorted. Pure. */
import type {
  FabricFacts,
  FilterFacts,
  Gap,
  InterfaceFacts,
  MachineFacts,
  NetworkFacts,
  SubnetFacts,
  Suspects,
  TableFacts,
} from '../../model/snapshot.ts';
import { doubtsOf } from './policies.ts';
import type { Draft, HostDraft } from './read.ts';
import { finishFilter } from './translate-firewalls.ts';
import { finishTable } from './translate-routes.ts';
import { projectOf, tailOf } from './url.ts';

/** Where none of the nodes was found, the projects that were searched, so that they can be named. */
export function assembleFabrics(draft: Draft): FabricFacts[] {
  const hosts = [...draft.hosts.keys()].sort();
  if (hosts.length > 0) return hosts.map((host) => assembleFabric(draft, host));
  return draft.troubles.length > 0 ? [] : [...draft.projects].sort().map((project) => emptyFabric(draft, project));
}

function emptyFabric({ asked }: Draft, project: string): FabricFacts {
  return {
    id: `gcp/${project}`,
    kind: 'gcp',
    account: project,
    networks: [],
    subnets: [],
    tables: [],
    machines: [],
    interfaces: [],
    filters: asked.filters ? [] : 'unread',
  };
}

function assembleFabric(draft: Draft, host: string): FabricFacts {
  const read = draft.hosts.get(host);
  if (read === undefined) return emptyFabric(draft, host);
  const networks = networksOf(draft, host);
  const { machines, interfaces } = population(draft, host, networks);
  const subnets = [...read.subnets.values()].filter(({ network }) => networks.includes(network));
  return {
    ...emptyFabric(draft, host),
    networks: networks.map((id): NetworkFacts => {
      const prefixes = subnets.filter(({ network }) => network === id).flatMap((subnet) => subnet.prefixes);
      const filters = read.firewalls === undefined ? {} : { filters: [id] };
      return { id, name: tailOf(id), prefixes: [...new Set(prefixes)].sort(), ...filters };
    }),
    subnets: sortById(
      subnets.map((subnet): SubnetFacts =>
        // Half a list of routes must not pass for a table.
        read.routesComplete ? { ...subnet, table: subnet.network, tableBy: 'network' } : subnet,
      ),
    ),
    tables: read.routesComplete ? networks.map((network) => tableOf(draft, host, read, network)) : [],
    machines,
    interfaces,
    ...(draft.asked.filters ? { filters: networks.flatMap((network) => filterOf(read, network)) } : {}),
  };
}

function networksOf({ networks }: Draft, host: string): string[] {
  return [...networks.keys()].filter((network) => projectOf(network) === host).sort();
}

/** One per network, under its own id; none where some rule may be missing. */
function filterOf(read: HostDraft, network: string): FilterFacts[] {
  if (read.firewalls === undefined) return [];
  return [finishFilter(network, read.firewalls, doubtsOf(network, read.policies))];
}

/** Machines with an interface in one of the networks, and all their interfaces that are there or belong to them here. */
function population(
  draft: Draft,
  host: string,
  networks: readonly string[],
): { machines: MachineFacts[]; interfaces: InterfaceFacts[] } {
  const machines: MachineFacts[] = [];
  const interfaces: InterfaceFacts[] = [];
  for (const { machine, interfaces: faces } of draft.instances.values()) {
    if (!faces.some(({ network }) => networks.includes(network))) continue;
    const primary = faces.find((face) => face.primary) ?? faces[0];
    const isHome = projectOf(primary?.network ?? '') === host;
    const template = draft.templates.get(machine.id);
    // A machine with feet in networks of two projects is one node's machine only at home.
    if (isHome) machines.push({ ...machine, ...(template === undefined ? {} : { template }) });
    else machines.push({ ...machine, keys: [] });
    interfaces.push(...faces.filter(({ network }) => isHome || networks.includes(network)));
  }
  return { machines: sortById(machines), interfaces: sortById(interfaces) };
}

function tableOf(draft: Draft, host: string, read: HostDraft, network: string): TableFacts {
  const ranges = [...read.subnets.values()].filter((one) => one.network === network).flatMap((one) => one.prefixes);
  const stateOf = new Map<string, MachineFacts['state']>();
  for (const { machine, interfaces } of draft.instances.values()) {
    for (const face of interfaces) {
      if (face.network !== network) continue;
      for (const address of face.nextHopAddresses ?? []) stateOf.set(address, machine.state);
    }
  }
  return finishTable(network, read.routes, {
    ranges,
    isRead: (project) => draft.projects.includes(project),
    isShared: draft.projects.some((project) => project !== host),
    stateOf: (target) =>
      target.kind === 'address' ? stateOf.get(target.address) : draft.instances.get(target.machine)?.machine.state,
  });
}

/** The suspects as they were found again, in otherwise empty fabrics. */
export function assembleAgain(again: Draft, before: Draft, suspects: Suspects): FabricFacts[] {
  // What was not read again still says whom a route leads to, and who is in a network.
  const instances = new Map([...before.instances, ...again.instances]);
  const merged = { ...again, instances, templates: before.templates };
  const wanted = { machines: new Set(suspects.machines), interfaces: new Set(suspects.interfaces) };
  return [...before.hosts.keys()].sort().map((host): FabricFacts => {
    const read = again.hosts.get(host);
    const networks = networksOf(before, host);
    const { machines, interfaces } = population({ ...again, templates: before.templates }, host, networks);
    const tables = read?.routesComplete === true ? networks.filter((id) => suspects.tables.includes(id)) : [];
    const filters = networks.filter((id) => suspects.filters.includes(id));
    return {
      ...emptyFabric(again, host),
      tables: read === undefined ? [] : tables.map((network) => tableOf(merged, host, read, network)),
      machines: machines.filter(({ id }) => wanted.machines.has(id)),
      interfaces: interfaces.filter(({ id }) => wanted.interfaces.has(id)),
      ...(read !== undefined && again.asked.filters
        ? { filters: filters.flatMap((network) => filterOf(read, network)) }
        : {}),
    };
  });
}

/** One gap per thing that was not read; where no project could be read for the same reason, one for all. */
export function assembleGaps(draft: Draft, fabrics: readonly FabricFacts[]): Gap[] {
  const [only, another] = fabrics;
  const everywhere = only !== undefined && another === undefined ? only.id : 'gcp';
  const scopeOf = (facet: string, project: string): string =>
    facet === 'machines' || !draft.hosts.has(project) ? everywhere : `gcp/${project}`;
  const gaps = draft.troubles.map(({ facet, what, project, trouble }): Gap => {
    const isHostOnly = facet !== 'machines' && !draft.projects.includes(project);
    const hint = isHostOnly ? `; ${project} is the host project of the nodes' network` : '';
    return {
      facet,
      subject: `${what} of project ${project}`,
      scope: scopeOf(facet, project),
      reason: `${trouble.reason}${hint}`,
      ...(trouble.permission === undefined ? {} : { permission: trouble.permission }),
    };
  });
  for (const { facet, project, place, why } of draft.unreachable) {
    const what = facet === 'machines' ? 'instances' : 'subnetworks';
    gaps.push({
      facet,
      subject: `${what} in ${place} of project ${project}`,
      scope: scopeOf(facet, project),
      reason: `Compute Engine could not reach ${place} (${why}), so what is there was not listed. Run again later`,
    });
  }
  const byText = new Map(gaps.map((gap) => [JSON.stringify(gap), gap] as const));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap);
}

function sortById<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}

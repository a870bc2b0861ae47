/**
 * Confirm before red: what a failing verdict hangs on is read a second time, and a fault counts only where both
 * readings show it. Autoscaling and read-after-write would otherwise turn a healthy run red.
 */
import type { Fault, FaultGroup } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { RuleId } from '../model/config.ts';
import type { Finding } from '../model/judgement.ts';
import type { FabricFacts, Facet, Gap, InterfaceFacts, Recheck, Snapshot, Suspects } from '../model/snapshot.ts';

const FACETS_OF: Readonly<Record<RuleId, readonly Facet[]>> = {
  'asymmetric-path': [],
  'cloud-forwarding-off': ['interfaces'],
  'duplicate-cloud-route': ['routes', 'interfaces'],
  'evidence-incomplete': [],
  'fabric-route-dead': ['routes', 'interfaces', 'machines'],
  'fabric-route-missing': ['routes'],
  'fabric-route-wrong-target': ['routes', 'interfaces'],
  'firewall-excludes-pods': ['filters', 'interfaces'],
  'host-gw-off-link': ['routes'],
  'multi-nic-ambiguity': ['routes', 'interfaces'],
  'network-mode-implausible': [],
  'no-room-for-nodes': ['nodes'],
  'node-condition-misleading': ['nodes'],
  'node-unmatched': ['machines', 'nodes'],
  'not-durable': ['interfaces'],
  'orphan-route': ['routes'],
  'podcidr-overlap': ['nodes'],
  'podcidr-unassigned': ['nodes'],
  'range-collision': ['nodes'],
  'route-controller-blocked': ['routes', 'nodes'],
  'route-quota': ['routes'],
  'route-shadowed': ['routes'],
  'route-table-not-associated': ['routes'],
  'rule-crashed': [],
  'second-family-uncovered': ['routes'],
};

/** What no second reading could confirm or refute. */
const NOT_CONFIRMED: readonly RuleId[] = ['rule-crashed', 'network-mode-implausible'];

/** Keys of what failed, with what would have to be read again. */
export interface Suspicion {
  readonly keys: ReadonlySet<string>;
  readonly suspects: Suspects;
}

/** Undefined: nothing fails, so nothing has to be confirmed. */
export function findSuspects(
  snapshot: Snapshot,
  groups: readonly FaultGroup[],
  findings: readonly Finding[],
): Suspects | undefined {
  const failing = findings.filter((finding) => finding.verdict === 'fail' && isWorthLooking(finding));
  if (failing.length === 0) return undefined;
  const nodes = new Set(failing.flatMap((finding) => finding.subjects.nodes));
  const machines = new Set<string>();
  const interfaces = new Set(failing.flatMap((finding) => finding.subjects.interfaces));
  const tables = new Set(failing.flatMap((finding) => finding.subjects.routeTables));
  for (const group of groups) {
    if (group.verdict !== 'fail') continue;
    for (const detail of group.details) {
      if (detail.kind === 'machine' && detail.machine !== undefined) machines.add(detail.machine);
      if (detail.kind === 'association') for (const table of detail.better) tables.add(table);
      if (detail.kind === 'off-link' || detail.kind === 'family') {
        addTablesOf(snapshot, detail.fabric, detail.network, tables);
      }
      if (detail.kind === 'route' && detail.ownerInterface !== undefined) interfaces.add(detail.ownerInterface);
      // Many details are about one interface, and those like it are in already.
      if (detail.kind === 'filter' && !interfaces.has(detail.interface)) {
        for (const id of interfacesLike(snapshot, detail.fabric, detail.interface)) interfaces.add(id);
      }
      const routes = detail.kind === 'route' ? [detail.route] : detail.kind === 'duplicate' ? detail.routes : [];
      for (const route of routes) {
        const target = route?.target;
        if (target?.kind === 'interface') interfaces.add(target.interface);
        if (target?.kind === 'machine') machines.add(target.machine);
        if (target?.kind === 'interface' && target.machine !== undefined) machines.add(target.machine);
      }
    }
  }
  const suspects: Suspects = {
    nodes: sorted(nodes),
    machines: sorted(machines),
    interfaces: sorted(interfaces),
    tables: sorted(tables),
    filters: sorted(new Set(failing.flatMap((finding) => finding.subjects.filters))),
  };
  // What hangs on no object of its own (a template, a misfit of a plan) is the same the second time.
  return Object.values(suspects).some((ids: readonly string[]) => ids.length > 0) ? suspects : undefined;
}

/** A remark that no packet hangs on is not worth the time of a second reading. */
function isWorthLooking({ rule, severity, pairsBroken }: Finding): boolean {
  return !NOT_CONFIRMED.includes(rule) && (severity !== 'notice' || pairsBroken > 0);
}

function addTablesOf(snapshot: Snapshot, fabricId: string, network: string, tables: Set<string>): void {
  const fabric = snapshot.fabrics.find((candidate) => candidate.id === fabricId);
  for (const table of fabric?.tables ?? []) if (table.network === network) tables.add(table.id);
}

/** Filters have nothing but these to tell them by. One that nobody has read is not looked for. */
function interfacesLike(snapshot: Snapshot, fabricId: string, id: string): string[] {
  const all = snapshot.fabrics.find((candidate) => candidate.id === fabricId)?.interfaces ?? [];
  const key = ({ subnet, filters, tags, groups }: InterfaceFacts): string =>
    JSON.stringify([subnet, filters, tags, groups]);
  const like = all.find((face) => face.id === id);
  return like === undefined ? [] : all.filter((face) => key(face) === key(like)).map((face) => face.id);
}

function sorted(ids: ReadonlySet<string>): string[] {
  return [...ids].sort();
}

/** The world as the second reading left it. */
export function mergeRecheck(first: Snapshot, recheck: Recheck): Snapshot {
  const { asked } = recheck;
  const isUnread = (facet: Facet): boolean => recheck.gaps.some((gap) => gap.facet === facet);
  const nodes = merge(first.cluster.nodes, recheck.nodes, isUnread('nodes') ? [] : asked.nodes, (node) => node.name);
  return {
    ...first,
    cluster: { ...first.cluster, nodes },
    fabrics: first.fabrics.map((fabric) => {
      const again = recheck.fabrics.find((candidate) => candidate.id === fabric.id);
      return again === undefined ? fabric : mergeFabric(fabric, again, asked, isUnread);
    }),
  };
}

function mergeFabric(
  fabric: FabricFacts,
  again: FabricFacts,
  asked: Suspects,
  isUnread: (facet: Facet) => boolean,
): FabricFacts {
  const id = (item: { readonly id: string }): string => item.id;
  return {
    ...fabric,
    machines: merge(fabric.machines, again.machines, isUnread('machines') ? [] : asked.machines, id),
    interfaces: merge(fabric.interfaces, again.interfaces, isUnread('interfaces') ? [] : asked.interfaces, id),
    tables: merge(fabric.tables, again.tables, isUnread('routes') ? [] : asked.tables, id),
    subnets: merge(fabric.subnets, again.subnets, [], id),
    filters:
      fabric.filters === 'unread' || again.filters === 'unread'
        ? fabric.filters
        : merge(fabric.filters, again.filters, isUnread('filters') ? [] : asked.filters, id),
  };
}

/** Replaced where read again, dropped where asked for and gone, kept otherwise; the order stays. */
function merge<T>(before: readonly T[], again: readonly T[], asked: readonly string[], idOf: (item: T) => string): T[] {
  const fresh = new Map(again.map((item) => [idOf(item), item]));
  const gone = new Set(asked.filter((id) => !fresh.has(id)));
  const known = new Set(before.map(idOf));
  const kept = before.filter((item) => !gone.has(idOf(item))).map((item) => fresh.get(idOf(item)) ?? item);
  return [...kept, ...again.filter((item) => !known.has(idOf(item)))];
}

/** Weakens faults that the first reading did not show, or that the second one could not look at. */
export function confirmFaults(first: ReadonlySet<string>, recheck: Recheck): (fault: Fault) => Fault {
  return (fault) => {
    if (fault.verdict !== 'fail') return fault;
    const unread = recheck.gaps.find((gap) => FACETS_OF[fault.rule].includes(gap.facet) && concerns(gap, fault));
    if (unread !== undefined) return gapFault(unread, fault.owner, `${fault.rule} ${fault.slot}`);
    if (first.has(`${fault.rule}/${fault.cause}`)) return fault;
    return gapFault(changedGap(fault), fault.owner, `${fault.rule} ${fault.slot}`);
  };
}

/** A gap of one cloud says nothing about a fault in another; the causes of the cluster may hang on any. */
function concerns(gap: Gap, fault: Fault): boolean {
  return gap.scope === undefined || fault.cause.startsWith('cluster/') || fault.cause.startsWith(`${gap.scope}/`);
}

function changedGap(fault: Fault): Gap {
  const reason = 'it was fine at the first reading and not at the second, moments later';
  return { facet: 'changed', subject: `${fault.rule} ${fault.cause}`, reason };
}

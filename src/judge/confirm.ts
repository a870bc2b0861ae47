/**
 * Confirm before red: what a failing verdict hangs on is read a second time, and a fault counts only where both
 * readings show it. Autoscaling and read-after-write would otherwise turn a healthy run red.
 */
import type { Fault, FaultGroup } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { RuleId } from '../model/config.ts';
import { RULE_FACETS } from '../model/rule-facets.ts';
import type { Finding } from '../model/judgement.ts';
import type { FabricFacts, Facet, Gap, InterfaceFacts, Recheck, Snapshot, Suspects } from '../model/snapshot.ts';

/** What no second reading could confirm or refute. */
const NOT_CONFIRMED: readonly RuleId[] = ['rule-crashed', 'network-mode-implausible'];

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

/** The world as the second reading left it; what is as it was stays the same object. */
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

/** Whether a second reading, merged, changed nothing. */
export function isUnchanged({ cluster, fabrics }: Snapshot, merged: Snapshot): boolean {
  return cluster.nodes === merged.cluster.nodes && fabrics.every((fabric, index) => fabric === merged.fabrics[index]);
}

function mergeFabric(
  fabric: FabricFacts,
  again: FabricFacts,
  asked: Suspects,
  isUnread: (facet: Facet) => boolean,
): FabricFacts {
  const id = (item: { readonly id: string }): string => item.id;
  const machines = merge(fabric.machines, again.machines, isUnread('machines') ? [] : asked.machines, id);
  const interfaces = merge(fabric.interfaces, again.interfaces, isUnread('interfaces') ? [] : asked.interfaces, id);
  const tables = merge(fabric.tables, again.tables, isUnread('routes') ? [] : asked.tables, id);
  const subnets = merge(fabric.subnets, again.subnets, [], id);
  const filters =
    fabric.filters === 'unread' || again.filters === 'unread'
      ? fabric.filters
      : merge(fabric.filters, again.filters, isUnread('filters') ? [] : asked.filters, id);
  const isSame =
    machines === fabric.machines &&
    interfaces === fabric.interfaces &&
    tables === fabric.tables &&
    subnets === fabric.subnets &&
    filters === fabric.filters;
  return isSame ? fabric : { ...fabric, machines, interfaces, tables, subnets, filters };
}

/** Replaced where read again, dropped where asked for and gone, kept otherwise; the order stays. */
function merge<T>(
  before: readonly T[],
  again: readonly T[],
  asked: readonly string[],
  idOf: (item: T) => string,
): readonly T[] {
  const fresh = new Map(again.map((item) => [idOf(item), item]));
  const gone = new Set(asked.filter((id) => !fresh.has(id)));
  const known = new Set(before.map(idOf));
  const kept = before
    .filter((item) => !gone.has(idOf(item)))
    .map((item) => {
      const other = fresh.get(idOf(item));
      // Readers spell the same facts in the same order; if not, the only loss is time.
      return other === undefined || JSON.stringify(other) === JSON.stringify(item) ? item : other;
    });
  const added = again.filter((item) => !known.has(idOf(item)));
  const isSame = added.length === 0 && kept.length === before.length && kept.every((item, at) => item === before[at]);
  return isSame ? before : [...kept, ...added];
}

/** Weakens faults that the first reading did not show, or that the second one could not look at. */
export function confirmFaults(first: ReadonlySet<string>, recheck: Recheck): (fault: Fault) => Fault {
  return (fault) => {
    if (fault.verdict !== 'fail') return fault;
    const unread = recheck.gaps.find((gap) => RULE_FACETS[fault.rule].includes(gap.facet) && concerns(gap, fault));
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

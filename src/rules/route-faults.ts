/** What the rules about single routes have in common: one cause, gathered over the tables that show it. */
import type { FaultDetail, FaultGroup } from '../model/faults.ts';
import { targetText } from '../model/route-target.ts';
import type { Evidence, Subjects } from '../model/judgement.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { RuleId } from '../model/config.ts';
import type { Change } from '../model/plan.ts';
import type { Observation, RuleContext } from './rule.ts';
import { distinctSorted, placeOf } from './rule.ts';

export type RouteFault = Extract<FaultDetail, { kind: 'route' }>;

/** All details of one cause; never empty. */
export interface RouteFaults {
  readonly first: RouteFault;
  readonly all: readonly RouteFault[];
  readonly tables: readonly string[];
}

export function observeRoutes(
  context: RuleContext,
  rule: RuleId,
  subjectsOf: (faults: RouteFaults, group: FaultGroup) => Partial<Subjects>,
): Observation<RouteFaults>[] {
  return context.faults(rule).flatMap((group) => {
    const all = group.details.filter((detail) => detail.kind === 'route');
    const [first] = all;
    if (first === undefined) return [];
    const made = all.filter((fault) => fault.isImplicit !== true);
    const faults = { first, all, tables: distinctSorted(made.map((fault) => fault.table)) };
    return [
      {
        ...group,
        subjects: {
          ...NO_SUBJECTS,
          nodes: distinctSorted(all.map((fault) => fault.node)),
          prefixes: [first.podCIDR],
          routeTables: faults.tables,
          ...subjectsOf(faults, group),
        },
        evidence: [...describeRange(first), ...all.map(describeLookup)],
        data: faults,
      },
    ];
  });
}

/** `table/prefix` of every route that is at fault itself. */
export function routesAtFault(faults: RouteFaults): string[] {
  return distinctSorted(
    faults.all.flatMap(({ table, route }) => (route === undefined ? [] : [`${table}/${route.prefix}`])),
  );
}

/** Which range it is goes without saying only where it is the node's spec.podCIDR. */
function describeRange({ node, podCIDR, rangeSource }: RouteFault): Evidence[] {
  return rangeSource === undefined ? [] : [{ source: `node ${node}`, text: `${podCIDR} is from ${rangeSource}` }];
}

function describeLookup(fault: RouteFault): Evidence {
  const source = `${fault.fabric} ${fault.table}`;
  const part = fault.part === undefined ? '' : ` for ${fault.part.join(', ')}`;
  const hidden =
    fault.outOfScope === undefined ? '' : `; ${fault.outOfScope.join(', ')} would, for senders with its tags`;
  if (fault.route === undefined) return { source, text: `no route matches ${fault.podCIDR}${part}${hidden}` };
  const some = fault.equalRoutes === undefined ? '' : `, one of ${String(fault.equalRoutes)} equal routes: some flows`;
  const because = fault.because === undefined ? '' : ` (${fault.because})`;
  const leads = fault.problem === 'other-node' ? `, which is node ${fault.leadsTo ?? ''}` : '';
  return {
    source,
    text: `${fault.route.prefix} -> ${targetText(fault.route.target)}${leads}${because}${part}${some}${hidden}`,
  };
}

/** One change per table; none where the owner's interface is not known. */
export function pointRoutes(faults: RouteFaults, kind: 'create-route' | 'replace-route'): Change[] {
  const byTable = new Map(faults.all.map((fault) => [fault.table, fault]));
  return [...byTable.values()].flatMap((fault): Change[] => {
    if (fault.ownerInterface === undefined || fault.isImplicit === true) return [];
    const prefix = kind === 'replace-route' ? (fault.route?.prefix ?? fault.podCIDR) : fault.podCIDR;
    const place = placeOf(fault.fabric);
    return [
      {
        kind,
        place,
        table: fault.table,
        prefix,
        interface: fault.ownerInterface,
        ...(fault.ownerMachine === undefined ? {} : { machine: fault.ownerMachine }),
        ...(fault.ownerAddress === undefined ? {} : { address: fault.ownerAddress }),
        node: fault.node,
        ...(kind === 'replace-route' && fault.route?.name !== undefined ? { route: fault.route.name } : {}),
      },
    ];
  });
}

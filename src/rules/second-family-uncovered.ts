import type { FaultDetail } from '../model/faults.ts';
import type { Evidence } from '../model/judgement.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { Change } from '../model/plan.ts';
import type { Family } from '../model/prefix.ts';
import { parseAddress } from '../model/prefix.ts';
import type { RuleContext, RuleNode } from './rule.ts';
import { defineRule, distinctSorted, listNames, placeOf } from './rule.ts';
import { termsOf } from './terms.ts';

type Uncovered = Extract<FaultDetail, { kind: 'family' }>;

interface Data {
  readonly fault: Uncovered;
  /** podCIDRs of the family in this network. */
  readonly podCIDRs: readonly string[];
  readonly tables: readonly string[];
  /** A route controller left its mark on a node. */
  readonly isControlled: boolean;
  /** Nodes keep routes of their own, which need an address to lead to. */
  readonly usesHostRoutes: boolean;
  readonly changes: readonly Change[];
}

export const secondFamilyUncovered = defineRule<Data>({
  id: 'second-family-uncovered',
  title: 'One address family of the pods has no routes at all',
  severity: 'error',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) =>
    context.faults('second-family-uncovered').flatMap((group) => {
      const fault = group.details.find((detail) => detail.kind === 'family');
      if (fault === undefined) return [];
      const nodes = context.nodes.filter((node) => isConcerned(node, fault));
      const tables = context.governingTables
        .filter(({ fabric, facts }) => fabric.id === fault.fabric && facts.network === fault.network)
        .filter(({ facts }) => facts.implicit !== true)
        .map(({ facts }) => facts.id);
      const podCIDRs = nodes.flatMap((node) => ofFamily(node, fault.family));
      return [
        {
          ...group,
          subjects: {
            ...NO_SUBJECTS,
            routeTables: tables,
            subnets: distinctSorted(nodes.flatMap(({ machine }) => machine?.interface?.subnet ?? [])),
          },
          evidence: describe(context, fault, nodes, tables),
          data: {
            fault,
            podCIDRs,
            tables,
            isControlled: nodes.some(({ facts }) => facts.networkUnavailable?.reason === 'RouteCreated'),
            usesHostRoutes: nodes.some(({ mode }) => mode === 'host-gw'),
            changes: nodes.flatMap((node) => routesFor(node, fault, tables)),
          },
        },
      ];
    }),
  explain: ({ data: { fault, podCIDRs, tables, isControlled, usesHostRoutes } }) => {
    const [missing, present] = nameFamilies(fault.family);
    const [example = ''] = podCIDRs;
    const what =
      podCIDRs.length === 1
        ? `the ${missing} podCIDR ${example}`
        : `any of the ${String(podCIDRs.length)} ${missing} podCIDRs (such as ${example})`;
    const hint = isControlled ? (termsOf(fault.fabric).secondFamily ?? '') : '';
    const isSilent = usesHostRoutes && !fault.isAnnounced;
    return {
      what: `No route table of ${fault.network} holds a route for ${what}${isSilent ? `, and no node announces an ${missing} address as next hop` : ''}, while ${present} works.`,
      why: `${fault.isAnnounced ? 'Nodes of one subnet reach each other without a route, but between subnets' : 'Between nodes'} every ${missing} packet of pods is lost: connections that choose ${missing} fail although the same ones over ${present} work.${hint === '' ? '' : ` ${hint}`}`,
      next: `${adviceFor(missing, tables)}, or run the cluster with ${present} only.`,
    };
  },
  fix: ({ data }) => data.changes,
});

function adviceFor(family: string, tables: readonly string[]): string {
  return tables.length === 0
    ? `Make a route table with a route for each ${family} podCIDR and associate it with the node subnets`
    : `Add a route for each ${family} podCIDR to ${listNames(tables)}`;
}

function isConcerned(node: RuleNode, { fabric, network, family }: Uncovered): boolean {
  return (
    !node.isSkipped &&
    node.machine?.fabric.id === fabric &&
    node.machine.interface?.network === network &&
    ofFamily(node, family).length > 0
  );
}

function ofFamily({ podCIDRs }: RuleNode, family: Family): string[] {
  return podCIDRs.filter((prefix) => prefix.family === family).map((prefix) => prefix.text);
}

function nameFamilies(family: Family): readonly [string, string] {
  return family === 6 ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6'];
}

/** Few lines, however many nodes there are. */
function describe(
  { governingTables }: RuleContext,
  { fabric, network, family }: Uncovered,
  nodes: readonly RuleNode[],
  tables: readonly string[],
): Evidence[] {
  const [missing, present] = nameFamilies(family);
  const others = new Set(nodes.flatMap((node) => ofFamily(node, family === 6 ? 4 : 6)));
  const byTable = tables.map((table): Evidence => {
    const found = governingTables.find((one) => one.fabric.id === fabric && one.facts.id === table);
    const held = found?.facts.routes.filter((route) => others.has(route.prefix)).length ?? 0;
    return {
      source: `${fabric} ${table}`,
      text: `${String(held)} routes for ${present} podCIDRs, none for an ${missing} one`,
    };
  });
  const [first] = nodes;
  const text = `${String(nodes.length)} nodes have podCIDRs of both families, such as ${(first?.podCIDRs ?? []).map(({ text: range }) => range).join(' and ')} of node ${String(first?.facts.name)}`;
  return [{ source: `nodes in ${network}`, text }, ...byTable];
}

function routesFor(node: RuleNode, { fabric, family }: Uncovered, tables: readonly string[]): Change[] {
  const { machine, facts } = node;
  const own = machine?.interface;
  if (own === undefined) return [];
  const address = facts.internalIPs.find((text) => parseAddress(text)?.family === family);
  const place = placeOf(fabric);
  return ofFamily(node, family).flatMap((prefix) =>
    tables.map((table) => ({
      kind: 'create-route' as const,
      place,
      table,
      prefix,
      interface: own.id,
      ...(own.machine === undefined ? {} : { machine: own.machine }),
      ...(address === undefined ? {} : { address }),
      node: facts.name,
    })),
  );
}

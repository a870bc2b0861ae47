import type { Prefix } from '../model/prefix.ts';
import { contains, overlaps, parsePrefix, parsePrefixes } from '../model/prefix.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { FabricFacts, MachineFacts, RouteFacts } from '../model/snapshot.ts';
import { targetText } from '../model/route-target.ts';

import type { RuleContext } from './rule.ts';
import { defineRule, distinctSorted, listNames, placeOf } from './rule.ts';

interface Orphan {
  readonly fabric: FabricFacts;
  readonly table: string;
  readonly prefix: Prefix;
  readonly route: RouteFacts;
}

export const orphanRoute = defineRule<readonly Orphan[]>({
  id: 'orphan-route',
  title: 'A route in the pod range serves no node',
  severity: 'warning',
  needs: ['routes', 'subnets', 'nodes'],
  evaluate: (context) => {
    const groups = new Map<string, Orphan[]>();
    for (const orphan of findOrphans(context)) {
      const cause = `${orphan.fabric.id}/${orphan.prefix.text}`;
      groups.set(cause, [...(groups.get(cause) ?? []), orphan]);
    }
    return [...groups].map(([cause, orphans]) => ({
      cause,
      verdict: 'fail' as const,
      subjects: {
        ...NO_SUBJECTS,
        prefixes: distinctSorted(orphans.map(({ prefix }) => prefix.text)),
        routeTables: distinctSorted(orphans.map(({ table }) => table)),
        routes: distinctSorted(orphans.map(({ table, prefix }) => `${table}/${prefix.text}`)),
      },
      evidence: orphans.map(({ fabric, table, prefix, route }) => ({
        source: `${fabric.id} ${table}`,
        text: `${prefix.text} -> ${targetText(route.target)}, ${route.stateText ?? route.state}`,
      })),
      pairsBroken: 0,
      roundTripsBroken: 0,
      data: orphans,
    }));
  },
  explain: ({ data }) => {
    const [first] = data;
    const prefix = first?.prefix.text ?? '';
    const target = first === undefined ? '' : targetText(first.route.target);
    return {
      what: `The route ${prefix} -> ${target} in ${listNames(distinctSorted(data.map(({ table }) => table)))} lies in the pod range, but no node has a podCIDR there.`,
      why: 'It breaks nothing today. When a new node gets this range, its pods are unreachable, and until then it uses up route quota.',
      next: `Delete it if no controller or appliance needs it.`,
    };
  },
  fix: ({ data }) =>
    data.flatMap(({ fabric, table, route }) =>
      route.origin === 'static'
        ? [
            {
              kind: 'delete-route' as const,
              place: placeOf(fabric.id),
              table,
              prefix: route.prefix,
              ...(route.name === undefined ? {} : { route: route.name }),
            },
          ]
        : [],
    ),
});

function findOrphans(context: RuleContext): Orphan[] {
  const { podRanges, podCIDRs } = context;
  // Where an agent has ranges of its own, a route controller may still write routes for spec.podCIDRs: no leftovers.
  const assigned = context.nodes.flatMap(({ facts }) => parsePrefixes(facts.podCIDRs));
  return context.governingTables.flatMap(({ fabric, facts }) =>
    facts.routes.flatMap((route) => {
      const prefix = parsePrefix(route.prefix);
      if (prefix === undefined || route.origin === 'local' || route.origin === 'system') return [];
      if (!podRanges.prefixes.some((range) => contains(range, prefix))) return [];
      if (podCIDRs.longestMatch(prefix) !== undefined || podCIDRs.inside(prefix).length > 0) return [];
      if (assigned.some((range) => overlaps(range, prefix))) return [];
      if (podRanges.source === 'guess' && !leadsToNode(context, fabric, route)) return [];
      return [{ fabric, table: facts.id, prefix, route }];
    }),
  );
}

/** A guessed range may hold routes of others: only one whose target is or was a node is the cluster's own. */
function leadsToNode(context: RuleContext, fabric: FabricFacts, route: RouteFacts): boolean {
  if (route.target.kind === 'address') {
    const { address } = route.target;
    return context.nodes.some((node) => node.facts.internalIPs.includes(address));
  }
  if (route.target.kind !== 'interface' && route.target.kind !== 'machine') return false;
  const { target } = route;
  const id =
    target.kind === 'machine'
      ? target.machine
      : (fabric.interfaces.find((face) => face.id === target.interface)?.machine ?? target.machine);
  if (id === undefined) return false;
  if (context.nodeOfMachine.has(`${fabric.id}/${id}`)) return true;
  const machine = fabric.machines.find((candidate) => candidate.id === id);
  return machine !== undefined && (machine.state === 'terminated' || hasClusterTag(machine));
}

function hasClusterTag(machine: MachineFacts): boolean {
  return Object.keys(machine.tags ?? {}).some(
    (tag) => tag === 'KubernetesCluster' || tag.startsWith('kubernetes.io/cluster/'),
  );
}

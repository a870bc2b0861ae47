/** What rules may look at. */
import type { Config } from '../model/config.ts';
import type { FaultGroup } from '../model/faults.ts';
import { parsePrefixes, smallestCovering } from '../model/prefix.ts';
import type { GoverningTable, PodRanges, RuleContext, RuleNode, RulePaths } from '../rules/rule.ts';
import { isDirect } from '../rules/rule.ts';
import type { Fabric } from './fabric.ts';
import { isCovered } from './fabric.ts';
import { faceBehind } from './routes.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import { nodeInterface } from './survey.ts';

export function ruleContext(
  survey: Survey,
  groups: readonly FaultGroup[],
  paths: RulePaths,
  config: Pick<Config, 'podCIDRs'>,
): RuleContext {
  const fabrics = new Map(survey.fabrics.map((fabric) => [fabric.facts.id, fabric]));
  return {
    snapshot: survey.snapshot,
    nodes: survey.nodes.map(describeForRules),
    podCIDRs: survey.podCIDRs,
    podRanges: findPodRanges(survey, config),
    governingTables: findGoverningTables(survey),
    nodeOfMachine: survey.nodeOfMachine,
    paths,
    rewrites: survey.guests?.rewrites() ?? [],
    faults: (rule) => groups.filter((group) => group.rule === rule),
    interfaceBehind: ({ fabric, facts }, target) => {
      const known = fabrics.get(fabric.id);
      return known === undefined ? undefined : faceBehind(known, facts.network, target);
    },
  };
}

function describeForRules(node: SurveyedNode): RuleNode {
  const { fabric } = node;
  return {
    facts: node.facts,
    isSkipped: node.skipped !== undefined || node.facts.selected === false,
    mode: node.mode.mode,
    meetsTables: meetsTables(node),
    podCIDRs: node.podCIDRs,
    ...(node.rangeSource === undefined ? {} : { rangeSource: node.rangeSource }),
    ...(node.mode.doubt === undefined ? {} : { doubt: node.mode.doubt }),
    ...machineOf(node),
    interfaces: node.interfaces,
    isAssigned: (prefix) =>
      fabric !== undefined &&
      isCovered(
        prefix,
        node.interfaces.flatMap((face) => fabric.assigned(face)),
      ),
  };
}

/** What stays direct inside a subnet meets tables only where the fabric routes neighbours, too. */
function meetsTables({ mode: { mode }, fabric }: SurveyedNode): boolean {
  return isDirect({ mode }) && (mode !== 'cross-subnet' || fabric?.behaviour.neighbours === 'router');
}

function machineOf(node: SurveyedNode): Pick<RuleNode, 'machine'> {
  const { fabric, machine: facts } = node;
  if (fabric === undefined || facts === undefined) return {};
  const face = nodeInterface(node);
  return { machine: { fabric: fabric.facts, facts, ...(face === undefined ? {} : { interface: face }) } };
}

function findPodRanges(survey: Survey, config: Pick<Config, 'podCIDRs'>): PodRanges {
  const told = parsePrefixes(config.podCIDRs);
  if (told.length > 0) return { prefixes: told, source: 'input' };
  const { cni } = survey.snapshot.cluster;
  const written = parsePrefixes([
    ...(cni.flannel?.networks ?? []),
    ...(cni.calicoPools ?? []).filter((pool) => !pool.disabled).map((pool) => pool.cidr),
    ...(cni.cilium?.pools ?? []),
  ]);
  if (written.length > 0) return { prefixes: written, source: 'cni' };
  const all = survey.nodes.flatMap((node) => node.podCIDRs);
  const guesses = ([4, 6] as const).map((family) => smallestCovering(all.filter((prefix) => prefix.family === family)));
  return { prefixes: guesses.filter((prefix) => prefix !== undefined), source: 'guess' };
}

/** Only what some judged node's packets meet: a table of another subnet says nothing about this cluster. */
function findGoverningTables(survey: Survey): GoverningTable[] {
  const subnets = new Map<Fabric, Set<string>>(survey.fabrics.map((fabric) => [fabric, new Set()]));
  for (const { fabric, interfaces } of survey.nodes) {
    const used = fabric === undefined ? undefined : subnets.get(fabric);
    if (used !== undefined) for (const face of interfaces) used.add(face.subnet);
  }
  const found = new Map<string, GoverningTable>();
  for (const [fabric, used] of subnets) {
    for (const subnet of used) {
      const id = fabric.subnets.get(subnet)?.facts.table;
      const table = id === undefined ? undefined : fabric.tables.get(id);
      if (table !== undefined)
        found.set(`${fabric.facts.id}/${table.facts.id}`, { fabric: fabric.facts, facts: table.facts });
    }
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, table]) => table);
}

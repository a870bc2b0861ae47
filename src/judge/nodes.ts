/** The node table of the report. */
import type { Finding, JudgedNode } from '../model/judgement.ts';
import { isBehind } from '../rules/fault-nodes.ts';
import { distinctSorted } from '../rules/rule.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import { nodeInterface } from './survey.ts';

/** Nodes of which no path is known to be good, and nodes that have no path to judge. */
export interface Quiet {
  readonly dark: ReadonlySet<SurveyedNode>;
  readonly idle: ReadonlySet<SurveyedNode>;
}

export function describeNodes(
  survey: Survey,
  nodes: readonly SurveyedNode[],
  findings: readonly Finding[],
  quiet: Quiet,
): JudgedNode[] {
  const atFault = faultsByNode(survey, findings);
  return nodes.map((node) => describeNode(node, atFault.get(node.name), quiet));
}

type AtFault = ReadonlySet<'fail' | 'unknown'> | undefined;

function describeNode(node: SurveyedNode, atFault: AtFault, quiet: Quiet): JudgedNode {
  const { facts, fabric, mode } = node;
  const faces = node.interfaces;
  const subnets = distinctSorted(faces.map((face) => face.subnet));
  const tables = distinctSorted(
    subnets.flatMap((subnet) => {
      const id = fabric?.subnets.get(subnet)?.facts.table;
      // A subnet without a table of its own has none that anybody could look up.
      return id === undefined || fabric?.tables.get(id)?.facts.implicit === true ? [] : [id];
    }),
  );
  return {
    name: node.name,
    os: facts.os,
    podCIDRs: node.podCIDRs.map((prefix) => prefix.text),
    internalIPs: facts.internalIPs,
    ...placeOf(node),
    interfaces: faces.map((face) => face.id),
    subnets,
    routeTables: tables,
    forwarding: nodeInterface(node)?.forwarding ?? 'unknown',
    mode: mode.mode,
    modeReason: mode.reason,
    evidenceLevel: mode.level,
    ...(node.skipped === undefined ? {} : { skipped: node.skipped }),
    verdict: nodeVerdict(node, atFault, quiet),
  };
}

function placeOf({ machine, joinedBy, fabric }: SurveyedNode): Pick<JudgedNode, 'machine' | 'joinedBy' | 'fabric'> {
  if (machine === undefined || joinedBy === undefined || fabric === undefined) return {};
  return { machine: machine.id, joinedBy, fabric: fabric.facts.id };
}

function nodeVerdict(node: SurveyedNode, atFault: AtFault, { dark, idle }: Quiet): JudgedNode['verdict'] {
  if (node.skipped !== undefined) return 'not-applicable';
  if (atFault?.has('fail')) return 'fail';
  if (atFault?.has('unknown') || dark.has(node) || node.mode.mode === 'unknown') return 'unknown';
  const { mode } = node.mode;
  if (mode === 'cross-subnet' && idle.has(node)) return 'not-applicable';
  return mode === 'overlay' || mode === 'eni' ? 'not-applicable' : 'pass';
}

/** Nodes whose packets meet these filters. */
function nodesBehind(survey: Survey, filters: readonly string[]): string[] {
  return survey.nodes.flatMap((node) => {
    const face = nodeInterface(node);
    if (face === undefined || node.fabric === undefined) return [];
    return isBehind(filters, face, node.fabric.facts) ? [node.name] : [];
  });
}

/** A finding names its nodes, or the subnets whose nodes share the cause. */
function faultsByNode(survey: Survey, findings: readonly Finding[]): Map<string, Set<'fail' | 'unknown'>> {
  const namesSubnets = findings.some(({ subjects }) => subjects.subnets.length > 0);
  const bySubnet = Map.groupBy(namesSubnets ? survey.nodes : [], (node) => nodeInterface(node)?.subnet);
  const result = new Map<string, Set<'fail' | 'unknown'>>();
  for (const { verdict, subjects, severity, pairsBroken } of findings) {
    if (severity === 'notice') continue;
    // A node that a warning names works, as long as none of its packets is lost by it.
    if (verdict === 'fail' && severity !== 'error' && pairsBroken === 0) continue;
    const names = [
      ...subjects.nodes,
      ...subjects.subnets.flatMap((subnet) => bySubnet.get(subnet) ?? []).map(({ name }) => name),
      ...(subjects.filters.length === 0 ? [] : nodesBehind(survey, subjects.filters)),
    ];
    for (const name of names) result.set(name, (result.get(name) ?? new Set()).add(verdict));
  }
  return result;
}

/** The page's data with everything that is looked up found at once. */
import type { MatrixEntry } from '../../model/judgement.ts';
import { scriptsOf, type Script } from '../../remedies/scripts.ts';
import type { Report } from '../json.ts';
import type { PageData, RankedFinding, Situation } from './data.ts';

export type ReportNode = Report['nodes'][number];
export type ReportFinding = Report['findings'][number];

export interface PageNode extends ReportNode, Situation {
  /** The id of its class. */
  readonly group: string;
}

export interface PageFinding extends ReportFinding, RankedFinding {
  readonly key: string;
  /** Its remedies, by tool. */
  readonly scripts: readonly Script[];
  /** The broken pairs that it explains; absent: it is no cause. */
  readonly pairsExplained?: number;
}

export interface PageModel {
  readonly data: PageData;
  /** By name. */
  readonly nodes: readonly PageNode[];
  readonly nodeOf: ReadonlyMap<string, PageNode>;
  /** The most important first. */
  readonly findings: readonly PageFinding[];
  readonly findingOf: ReadonlyMap<string, PageFinding>;
  /** Keys of findings by the node that they name. */
  readonly findingsOfNode: ReadonlyMap<string, readonly string[]>;
  /** What does not pass, by family; empty: all of it passes. */
  readonly entriesOf: (from: string, to: string) => readonly MatrixEntry[];
}

export function openModel(data: PageData): PageModel {
  const { report } = data;
  const groups = new Map(report.classes.flatMap(({ id, nodes }) => nodes.map((name) => [name, id] as const)));
  const nodes = report.nodes.map((node, index): PageNode => {
    const situation = data.situations[data.situationOf[index] ?? 0];
    if (situation === undefined) throw new Error(`node ${node.name} has no situation`);
    return { ...node, ...situation, group: groups.get(node.name) ?? '' };
  });
  const explained = new Map(report.causes.map(({ finding, pairsExplained }) => [finding, pairsExplained]));
  const byKey = new Map(report.findings.map((finding) => [finding.key, finding]));
  const findings = data.ranked.flatMap((ranked): PageFinding[] => {
    const finding = byKey.get(ranked.key);
    const pairsExplained = explained.get(ranked.key);
    if (finding === undefined) return [];
    const scripts = scriptsOf(finding.remedies);
    return [{ ...finding, ...ranked, scripts, ...(pairsExplained === undefined ? {} : { pairsExplained }) }];
  });
  const findingsOfNode = new Map<string, string[]>();
  for (const { key, subjects } of findings) {
    for (const name of subjects.nodes) {
      const known = findingsOfNode.get(name);
      if (known === undefined) findingsOfNode.set(name, [key]);
      else known.push(key);
    }
  }
  const rows = new Map<string, Map<string, MatrixEntry[]>>();
  for (const entry of report.matrix) {
    const row = rows.get(entry.from) ?? new Map<string, MatrixEntry[]>();
    rows.set(entry.from, row.set(entry.to, [...(row.get(entry.to) ?? []), entry]));
  }
  return {
    data,
    nodes,
    nodeOf: new Map(nodes.map((node) => [node.name, node])),
    findings,
    findingOf: new Map(findings.map((finding) => [finding.key, finding])),
    findingsOfNode,
    entriesOf: (from, to) => rows.get(from)?.get(to) ?? [],
  };
}

/** What the page is given: report.json as it is, and beside it what report.json leaves to each reader. */
import { shortId } from '../../model/ids.ts';
import { planReport, type Report } from '../json.ts';
import type { FindingView, View } from '../view.ts';
import { planDrift, planFormer, planStanding } from '../words-drift.ts';
import {
  listNames,
  notJudgedReason,
  planGate,
  planGrade,
  planHeadline,
  planImpact,
  planMend,
  planOtherPaths,
  plural,
  type Headline,
  type Mend,
  type OtherPathsRow,
} from '../words.ts';

export interface PageData {
  readonly report: Report;
  readonly headline: Headline;
  readonly mend: Mend | null;
  readonly gate: string | null;
  /** Against the baseline and the accepted faults. */
  readonly drift: string | null;
  /** What the baseline had and this run has not, and entries of the ignore list that are of no use: heading and lines. */
  readonly former: readonly (readonly [string, readonly string[]])[];
  readonly otherPaths: readonly OtherPathsRow[];
  /** The most important first. */
  readonly ranked: readonly RankedFinding[];
  /** Of nodes, each once, and for every node of the report the place of its own. */
  readonly situations: readonly Situation[];
  readonly situationOf: readonly number[];
  readonly filtersUnread: boolean;
  readonly foot: readonly (readonly [string, string])[];
}

export interface RankedFinding {
  readonly key: string;
  readonly grade: string;
  readonly impact: string | null;
  /** New or known, accepted and why. */
  readonly standingText: string | null;
  /** Whom or what it is about, as many findings share a title; empty: the cluster. */
  readonly about: string;
}

/** What many nodes have in common. */
export interface Situation {
  readonly mode: View['nodes'][number]['mode'];
  readonly modeReason: string;
  readonly fabric: string | null;
  /** Why its pairs are not judged. */
  readonly notJudged: string | null;
}

/** Pure. Texts are as they came: whoever writes them into a page cleans and escapes them. */
export function planPage(view: View): PageData {
  const situations = new Map<string, number>();
  const situationOf = view.nodes.map((node) => {
    const { mode, modeReason, fabric = null } = node;
    const situation: Situation = { mode, modeReason, fabric, notJudged: notJudgedReason(node) ?? null };
    const text = JSON.stringify(situation);
    const place = situations.get(text) ?? situations.size;
    situations.set(text, place);
    return place;
  });
  return {
    report: planReport(view),
    headline: planHeadline(view),
    mend: planMend(view) ?? null,
    gate: planGate(view) ?? null,
    drift: planDrift(view) ?? null,
    former: planFormer(view),
    otherPaths: planOtherPaths(view),
    ranked: view.findings.map((finding) => rank(finding, view)),
    situations: [...situations.keys()].map((text) => JSON.parse(text) as Situation),
    situationOf,
    filtersUnread: view.filtersUnread,
    foot: planFoot(view),
  };
}

function rank(finding: FindingView, view: View): RankedFinding {
  const { nodes, prefixes, subnets, routeTables, filters } = finding.subjects;
  const names = [nodes, prefixes, subnets, routeTables, filters].find((ids) => ids.length > 0) ?? [];
  return {
    key: finding.key,
    grade: planGrade(finding),
    impact: planImpact(finding) ?? null,
    standingText: planStanding(finding, view) ?? null,
    about: listNames(names.map(shortId), SHOWN_NAMES),
  };
}

const SHOWN_NAMES = 2;

function planFoot(view: View): [string, string][] {
  const { id, version, networkModes, podCIDRs } = view.cluster;
  const lines: [string, string][] = [
    ['Cluster', id],
    ['Kubernetes', version ?? ''],
    ['Clouds', view.clouds.join(', ')],
    ['Network mode', networkModes.join(', ')],
    ['Pod ranges', podCIDRs.join(', ')],
    ['Nodes', plural(view.nodes.length, 'node')],
    ['As of', view.takenAt],
    ['Made by', `Pod Route Check ${view.version}`],
  ];
  return lines.filter(([, text]) => text !== '');
}

/** What every output is made of: counted and ranked once, so that no two outputs can disagree. */
import type { CloudId, Severity } from '../model/config.ts';
import { SEVERITIES } from '../model/config.ts';
import type {
  DetectedMode,
  EvidenceLevel,
  Finding,
  JudgedNode,
  Judgement,
  MatrixEntry,
  NodeClass,
  OtherPaths,
  PairCounts,
  Verdict,
} from '../model/judgement.ts';
import type { PlanReport } from '../model/planned.ts';
import type { Gap, Snapshot } from '../model/snapshot.ts';
import type { Triage, TriagedFinding } from '../model/triage.ts';
import { remediesFor } from '../remedies/index.ts';
import { firstCommand, type Command, type Remedies } from '../remedies/scripts.ts';

export interface ViewInput {
  readonly judgement: Judgement;
  readonly gate: GateView;
  readonly triage: Triage;
  readonly snapshot: Snapshot;
  /** The clouds that the run looked at. */
  readonly clouds: readonly CloudId[];
  /** Of the action: shown to people, not part of report.json. */
  readonly version: string;
  /** Of the modes plan and apply. */
  readonly changes?: PlanReport;
}

export interface GateView {
  readonly result: 'pass' | 'fail';
  readonly reasons: readonly string[];
}

export interface FindingView extends Finding, TriagedFinding {
  readonly remedies: Remedies;
  /** The first line of the remedies that is a command. */
  readonly command?: string;
  readonly commandLanguage?: Command['language'];
}

export interface CauseView {
  readonly finding: FindingView;
  readonly pairsExplained: number;
}

/** `errors + warnings + notices + unknown = findings`. */
export interface FindingCounts {
  readonly findings: number;
  /** Failing findings by severity. */
  readonly errors: number;
  readonly warnings: number;
  readonly notices: number;
  /** Findings of whatever severity that could not be decided. */
  readonly unknown: number;
  /** Failing findings that the baseline does not have and nobody accepts. */
  readonly new: number;
  /** Findings that somebody accepts; they count above as well. */
  readonly accepted: number;
}

export interface View {
  readonly verdict: Judgement['verdict'];
  readonly evidenceLevel: EvidenceLevel;
  readonly gate: GateView;
  readonly cluster: {
    readonly id: string;
    readonly version?: string;
    readonly networkModes: readonly DetectedMode[];
    readonly podCIDRs: readonly string[];
  };
  readonly clouds: readonly CloudId[];
  readonly filtersUnread: boolean;
  /** How many nodes are only planned; undefined: the cluster is judged as it is. */
  readonly planned: number | undefined;
  readonly pairs: PairCounts;
  /** fail + partial */
  readonly broken: number;
  readonly roundTrip: PairCounts;
  readonly otherPaths: OtherPaths;
  readonly counts: FindingCounts;
  /** Against the baseline and the accepted faults. */
  readonly drift: Omit<Triage, 'findings'>;
  /** The most important first. */
  readonly findings: readonly FindingView[];
  /** The one that explains most first. */
  readonly causes: readonly CauseView[];
  readonly classes: readonly NodeClass[];
  readonly matrix: readonly MatrixEntry[];
  /** By name. */
  readonly nodes: readonly JudgedNode[];
  readonly gaps: readonly Gap[];
  /** Absent in mode check. */
  readonly changes?: PlanReport;
  /** Empty where it is told elsewhere. */
  readonly takenAt: string;
  readonly version: string;
}

/** Pure; the same input gives the same view, whatever the order in which the judgement lists things. */
export function joinView(input: ViewInput): View {
  const { judgement, snapshot } = input;
  const { findings: standings, ...drift } = input.triage;
  const findings = judgement.findings
    .map((finding) => completeFinding(finding, standings.get(finding.key)))
    .sort(compareFindings);
  const byKey = new Map(findings.map((finding) => [finding.key, finding]));
  const causes = judgement.causes.flatMap(({ finding: key, pairsExplained }) => {
    const finding = byKey.get(key);
    return finding === undefined ? [] : [{ finding, pairsExplained }];
  });
  return {
    verdict: judgement.verdict,
    evidenceLevel: judgement.evidenceLevel,
    gate: input.gate,
    cluster: {
      id: snapshot.cluster.id,
      ...(snapshot.cluster.version === undefined ? {} : { version: snapshot.cluster.version }),
      networkModes: [...judgement.modes].sort(compareText),
      podCIDRs: judgement.podCIDRs,
    },
    clouds: [...input.clouds].sort(compareText),
    filtersUnread: !judgement.filtersJudged,
    planned: snapshot.planned?.nodes.length,
    pairs: judgement.pairs,
    broken: judgement.pairs.fail + judgement.pairs.partial,
    roundTrip: judgement.roundTrip,
    otherPaths: judgement.otherPaths,
    counts: countFindings(findings),
    drift,
    findings,
    causes: causes.sort((a, b) => b.pairsExplained - a.pairsExplained || compareText(a.finding.key, b.finding.key)),
    classes: judgement.classes,
    matrix: judgement.matrix,
    nodes: [...judgement.nodes].sort((a, b) => compareText(a.name, b.name)),
    gaps: [...judgement.gaps].sort(compareGaps),
    ...(input.changes === undefined ? {} : { changes: input.changes }),
    takenAt: snapshot.takenAt,
    version: input.version,
  };
}

/** By code unit: the same everywhere, unlike localeCompare. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Worst first. */
export function verdictRank(verdict: Verdict): number {
  return ['fail', 'partial', 'unknown', 'pass', 'not-applicable'].indexOf(verdict);
}

function completeFinding(finding: Finding, triaged: TriagedFinding = { standing: 'new' }): FindingView {
  const remedies = remediesFor(finding.changes, finding.hostChanges);
  const command = firstCommand(remedies);
  return {
    ...finding,
    ...triaged,
    remedies,
    ...(command === undefined ? {} : { command: command.text, commandLanguage: command.language }),
  };
}

function compareFindings(a: FindingView, b: FindingView): number {
  return (
    verdictRank(a.verdict) - verdictRank(b.verdict) ||
    Number(a.accepted !== undefined) - Number(b.accepted !== undefined) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.pairsBroken - a.pairsBroken ||
    compareText(a.key, b.key)
  );
}

function compareGaps(a: Gap, b: Gap): number {
  return (
    compareText(a.facet, b.facet) || compareText(a.subject, b.subject) || compareText(a.scope ?? '', b.scope ?? '')
  );
}

function countFindings(findings: readonly FindingView[]): FindingCounts {
  const failing = (severity: Severity): number =>
    findings.filter((finding) => finding.verdict === 'fail' && finding.severity === severity).length;
  return {
    findings: findings.length,
    errors: failing('error'),
    warnings: failing('warning'),
    notices: failing('notice'),
    unknown: findings.filter((finding) => finding.verdict === 'unknown').length,
    new: findings.filter((one) => one.verdict === 'fail' && one.standing === 'new' && one.accepted === undefined)
      .length,
    accepted: findings.filter(({ accepted }) => accepted !== undefined).length,
  };
}

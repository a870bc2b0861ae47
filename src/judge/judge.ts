/** The order of judging: survey, classes, matrix, rules, verdict. Pure: a snapshot in, a judgement out. */
import type { Config, RuleId, Severity } from '../model/config.ts';
import type { Fault, FaultGroup } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type {
  EvidenceLevel,
  Finding,
  JudgedNode,
  Judgement,
  NodeClass,
  OtherPaths,
  PairCounts,
} from '../model/judgement.ts';
import { EVIDENCE_LEVELS, NO_SUBJECTS } from '../model/judgement.ts';
import { messageOf } from '../model/errors.ts';
import type { Snapshot, Suspects } from '../model/snapshot.ts';
import { RULES } from '../rules/registry.ts';
import type { Rule, RuleContext } from '../rules/rule.ts';
import { isDirect } from '../rules/rule.ts';
import { rankCauses } from './causes.ts';
import type { NodeClassIndex } from './classes.ts';
import { classifyNodes } from './classes.ts';
import { confirmFaults, findSuspects, isUnchanged, mergeRecheck } from './confirm.ts';
import { ruleContext } from './context.ts';
import { distinct } from './ledger.ts';
import { judgeMatrix } from './matrix.ts';
import { judgeOtherPaths } from './other-paths.ts';
import { describeNodes } from './nodes.ts';
import type { Survey } from './survey.ts';
import { surveySnapshot } from './survey.ts';
import { Tracer } from './trace.ts';

export type JudgeConfig = Pick<Config, 'networkModes' | 'podCIDRs' | 'rules'> &
  Partial<Pick<Config, 'extraSenders' | 'nodeSubnets'>>;

/** What a first reading came to. */
export interface Draft {
  readonly judgement: Judgement;
  /** Keys of all that failed, whether or not its rule is switched on. */
  readonly known: ReadonlySet<string>;
  /** What has to be read again before it may be called broken; absent: nothing. */
  readonly suspects: Suspects | undefined;
}

/**
 * Judges the snapshot; where it holds a second reading, only faults that both readings show count. `draft`: what judging
 * its first reading gave, where that has just been done.
 */
export function judgeSnapshot(
  snapshot: Snapshot,
  config: JudgeConfig,
  rules: readonly Rule[] = RULES,
  draft?: Draft,
): Judgement {
  const { recheck, ...first } = snapshot;
  const { judgement, known } = draft ?? judgeDraft(first, config, rules);
  if (recheck === undefined) return judgement;
  const merged = mergeRecheck(first, recheck);
  // Read again and found just as it was: that confirms everything, and judging would come to the same.
  if (recheck.gaps.length === 0 && isUnchanged(snapshot, merged)) return judgement;
  return judgeOnce(merged, config, rules, {
    admit: confirmFaults(known, recheck),
    isKnown: (key) => known.has(key),
  }).judgement;
}

/** A judgement that is final only where nothing has to be read a second time. */
export function judgeDraft(snapshot: Snapshot, config: JudgeConfig, rules: readonly Rule[] = RULES): Draft {
  const { judgement, groups } = judgeOnce(snapshot, config, rules);
  const known = new Set([
    ...judgement.findings.flatMap((finding) => (finding.verdict === 'fail' ? [finding.key] : [])),
    ...groups.flatMap(({ verdict, rule, cause }) => (verdict === 'fail' ? [`${rule}/${cause}`] : [])),
  ]);
  return { judgement, known, suspects: findSuspects(snapshot, groups, judgement.findings) };
}

interface Pass {
  readonly judgement: Judgement;
  readonly groups: readonly FaultGroup[];
}

interface Confirmation {
  readonly admit: (fault: Fault) => Fault;
  readonly isKnown: (key: string) => boolean;
}

function judgeOnce(snapshot: Snapshot, config: JudgeConfig, rules: readonly Rule[], confirmation?: Confirmation): Pass {
  const survey = surveySnapshot(snapshot, config);
  const tracer = new Tracer(survey, confirmation?.admit);
  const selected = survey.nodes.filter((node) => node.facts.selected !== false);
  const classes = classifyNodes(tracer, selected);
  const matrix = judgeMatrix(tracer, classes);
  const others = judgeOtherPaths(tracer, classes, config.extraSenders ?? []);
  const groups = joinGroups([...matrix.groups, ...others.groups, ...clusterGaps(snapshot, selected.length)]);
  const paths = { classes: namedClasses(classes), entries: matrix.entries, pairs: matrix.pairs, idle: matrix.idle };
  const context = ruleContext(survey, groups, paths, config);
  const findings = rules
    .flatMap((rule) => runRule(rule, context, config))
    .filter((finding) => finding.verdict !== 'fail' || (confirmation?.isKnown(finding.key) ?? true))
    .sort(compareFindings);
  const dark = new Set(classes.filter(({ id }) => matrix.dark.has(id)).flatMap((one) => one.nodes));
  const idle = new Set(classes.filter(({ id }) => matrix.idle.has(id)).flatMap((one) => one.nodes));
  const nodes = describeNodes(survey, selected, findings, { dark, idle });
  const judgement: Judgement = {
    verdict: overallVerdict(matrix.pairs, others.paths, findings, selected.length),
    evidenceLevel: weakestLevel(nodes),
    modes: [...new Set(nodes.filter((node) => node.skipped === undefined).map((node) => node.mode))].sort(),
    filtersJudged: survey.filters.size === survey.fabrics.length,
    podCIDRs: context.podRanges.prefixes.map((prefix) => prefix.text),
    podCIDRsFrom: context.podRanges.source,
    pairs: matrix.pairs,
    roundTrip: matrix.roundTrip,
    otherPaths: others.paths,
    classes: paths.classes,
    matrix: matrix.entries,
    nodes,
    findings,
    causes: rankCauses(findings),
    gaps: allGaps(survey, groups),
  };
  return { judgement, groups };
}

function namedClasses(classes: readonly NodeClassIndex[]): NodeClass[] {
  return classes.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.name) }));
}

/** Without nodes there are no pairs that could need a gap: then the gap itself is what has to be said. */
function clusterGaps(snapshot: Snapshot, selected: number): FaultGroup[] {
  const gaps = snapshot.gaps.filter((gap) => gap.facet === 'nodes');
  if (selected === 0 && gaps.length === 0) {
    const all = snapshot.cluster.nodes.length;
    const reason = all === 0 ? 'the cluster lists no node' : `node-selector matches none of ${String(all)} nodes`;
    gaps.push({ facet: 'nodes', subject: 'the nodes of the cluster', reason });
  }
  return gaps.map((gap) => {
    const { rule, cause, detail } = gapFault(gap);
    return { rule, cause, verdict: 'unknown', details: [detail], pairsBroken: 0, roundTripsBroken: 0 };
  });
}

/** A rule that crashes becomes a finding of its own and never hides the others. */
function runRule(rule: Rule, context: RuleContext, config: JudgeConfig): Finding[] {
  const setting = config.rules[rule.id];
  if (setting === 'off') return [];
  try {
    return rule.evaluate(context).map((found) => {
      const { cause, title, severity: own, ...rest } = found;
      const severity = setting ?? own ?? rule.severity;
      return { key: `${rule.id}/${cause}`, rule: rule.id, severity, title: title ?? rule.title, ...rest };
    });
  } catch (error) {
    return [crash(rule.id, error)];
  }
}

function crash(rule: RuleId, error: unknown): Finding {
  return {
    key: `rule-crashed/${rule}`,
    rule: 'rule-crashed',
    severity: 'error',
    verdict: 'fail',
    title: 'A rule of this tool crashed',
    what: `The rule ${rule} crashed: ${messageOf(error)}.`,
    why: 'What it would have found is missing from this report; everything else stands.',
    next: 'Please report it with the snapshot (input save-snapshot).',
    subjects: NO_SUBJECTS,
    evidence: [],
    pairsBroken: 0,
    roundTripsBroken: 0,
    changes: [],
  };
}

const SEVERITY_ORDER: readonly Severity[] = ['error', 'warning', 'notice'];

/** Failing first, then by severity, then by what breaks most, then by key. */
function compareFindings(a: Finding, b: Finding): number {
  if (a.verdict !== b.verdict) return a.verdict === 'fail' ? -1 : 1;
  const bySeverity = SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity);
  if (bySeverity !== 0) return bySeverity;
  return b.pairsBroken - a.pairsBroken || (a.key < b.key ? -1 : 1);
}

/** One cause may break pairs and other paths. */
function joinGroups(groups: readonly FaultGroup[]): FaultGroup[] {
  const joined = new Map<string, FaultGroup>();
  for (const group of groups) {
    const key = `${group.rule}/${group.cause}`;
    const known = joined.get(key);
    joined.set(key, known === undefined ? group : joinTwo(known, group));
  }
  return [...joined].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function joinTwo(a: FaultGroup, b: FaultGroup): FaultGroup {
  const verdict = a.verdict === 'fail' ? 'fail' : b.verdict;
  const counting = [a, b].filter((one) => one.verdict === verdict);
  const sum = (of: (group: FaultGroup) => number): number => counting.reduce((total, one) => total + of(one), 0);
  const others = sum((one) => one.otherPathsBroken ?? 0);
  return {
    ...a,
    verdict,
    details: distinct([...a.details, ...b.details]),
    pairsBroken: sum((one) => one.pairsBroken),
    roundTripsBroken: sum((one) => one.roundTripsBroken),
    ...(others === 0 ? {} : { otherPathsBroken: others }),
  };
}

function overallVerdict(
  pairs: PairCounts,
  { senders }: OtherPaths,
  findings: readonly Finding[],
  nodes: number,
): Judgement['verdict'] {
  const hasError = findings.some((finding) => finding.verdict === 'fail' && finding.severity === 'error');
  if (hasError || pairs.fail + pairs.partial > 0) return 'fail';
  const hasUnknown = findings.some((finding) => finding.verdict === 'unknown' && finding.severity === 'error');
  // Who names a sender wants to know about it.
  const isSenderUnknown = senders.some(({ roundTrip }) => roundTrip.unknown > 0);
  if (nodes === 0 || hasUnknown || isSenderUnknown || pairs.unknown > 0) return 'unknown';
  return pairs.pass > 0 ? 'pass' : 'not-applicable';
}

function weakestLevel(nodes: readonly JudgedNode[]): EvidenceLevel {
  const judged = nodes.filter((node) => node.skipped === undefined && isDirect(node));
  if (judged.length === 0) return 'fabric';
  return EVIDENCE_LEVELS.find((level) => judged.some((node) => node.evidenceLevel === level)) ?? 'fabric';
}

function allGaps(survey: Survey, groups: readonly FaultGroup[]): Judgement['gaps'] {
  const derived = groups.flatMap((group) =>
    group.details.flatMap((detail) => (detail.kind === 'gap' ? [detail.gap] : [])),
  );
  const { fabrics, guests, nodes, snapshot } = survey;
  // Outside of clouds nodes' own kernels say all there is, and nobody misses machines.
  const isOutside =
    fabrics.length === 0 && nodes.every(({ name, skipped }) => skipped !== undefined || guests?.hasRead(name) === true);
  const open = isOutside ? snapshot.gaps.filter(({ facet }) => facet !== 'machines') : snapshot.gaps;
  const byText = new Map([...open, ...derived].map((gap) => [JSON.stringify(gap), gap]));
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap);
}

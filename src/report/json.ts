/**
 * report.json, version 1: the machine's copy of the report. The order of everything comes from ids, and no clock, run
 * or duration enters it, so that a replay of the same snapshot gives the same bytes. Its schema is in docs/schema.
 */
import type { JudgedNode, MatrixEntry, OtherPaths, PairCounts, PathCounts, Subjects } from '../model/judgement.ts';
import type { FormerFinding } from '../model/triage.ts';
import { planJson, remediesJson } from './json-plan.ts';
import { compareText, type FindingView, type View } from './view.ts';

export const REPORT_SCHEMA_VERSION = 1;

export type Report = ReturnType<typeof plan>;

export function renderJson(view: View): string {
  return `${JSON.stringify(plan(view), undefined, 2)}\n`;
}

/** The same as data, for whoever puts it into another wrapping. */
export function planReport(view: View): Report {
  return plan(view);
}

// What it returns is written down once, in what it returns.
function plan(view: View) {
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    verdict: view.verdict,
    evidenceLevel: view.evidenceLevel,
    gate: { result: view.gate.result, reasons: view.gate.reasons },
    cluster: { id: view.cluster.id, networkModes: view.cluster.networkModes, podCIDRs: view.cluster.podCIDRs },
    clouds: view.clouds,
    pairs: counts(view.pairs),
    roundTrip: counts(view.roundTrip),
    otherPaths: otherPaths(view.otherPaths),
    classes: [...view.classes].sort((a, b) => compareText(a.id, b.id)).map(({ id, nodes }) => ({ id, nodes })),
    matrix: [...view.matrix].sort(compareEntries).map(entry),
    nodes: view.nodes.map(node),
    findings: [...view.findings].sort((a, b) => compareText(a.key, b.key)).map(finding),
    resolved: view.drift.resolved.map(former),
    unseen: view.drift.unseen.map(former),
    plan: planJson(view.changes),
    causes: view.causes.map(({ finding: { key }, pairsExplained }) => ({ finding: key, pairsExplained })),
    gaps: view.gaps.map(({ facet, subject, reason, permission }) => {
      return { facet, subject, reason, permission: permission ?? null };
    }),
  };
}

// Every part names its keys, so that nothing the model gains slips into the public file unseen.

function counts({ total, pass, fail, partial, unknown, notApplicable }: PairCounts): PairCounts {
  return { total, pass, fail, partial, unknown, notApplicable };
}

function pathCounts({ oneWay, roundTrip }: PathCounts): PathCounts {
  return { oneWay: counts(oneWay), roundTrip: counts(roundTrip) };
}

function otherPaths({ nodeToPod, podToNode, senders }: OtherPaths) {
  return {
    nodeToPod: pathCounts(nodeToPod),
    podToNode: pathCounts(podToNode),
    senders: senders.map((one) => ({ sender: one.sender, where: one.where ?? null, ...pathCounts(one) })),
  };
}

function compareEntries(a: MatrixEntry, b: MatrixEntry): number {
  return compareText(a.from, b.from) || compareText(a.to, b.to) || a.family - b.family;
}

function entry({ from, to, family, verdict, roundTrip, findings }: MatrixEntry): MatrixEntry {
  return { from, to, family, verdict, roundTrip, findings };
}

function node(judged: JudgedNode) {
  return {
    name: judged.name,
    os: judged.os,
    podCIDRs: judged.podCIDRs,
    internalIPs: judged.internalIPs,
    machine: judged.machine ?? null,
    interfaces: judged.interfaces,
    subnets: judged.subnets,
    routeTables: judged.routeTables,
    forwarding: judged.forwarding,
    evidenceLevel: judged.evidenceLevel,
    verdict: judged.verdict,
  };
}

function finding(judged: FindingView) {
  return {
    key: judged.key,
    rule: judged.rule,
    severity: judged.severity,
    verdict: judged.verdict,
    title: judged.title,
    what: judged.what,
    why: judged.why,
    next: judged.next,
    subjects: subjects(judged.subjects),
    evidence: judged.evidence.map(({ source, text }) => ({ source, text })),
    pairsBroken: judged.pairsBroken,
    roundTripsBroken: judged.roundTripsBroken,
    otherPathsBroken: judged.otherPathsBroken ?? 0,
    standing: judged.standing,
    authors: judged.authors ?? [],
    accepted:
      judged.accepted === undefined
        ? null
        : { reason: judged.accepted.reason, expires: judged.accepted.expires ?? null },
    remedies: remediesJson(judged.remedies),
  };
}

function former({ key, rule, title }: FormerFinding): object {
  return { key, rule, title };
}

function subjects({ nodes, prefixes, interfaces, routeTables, subnets, routes, filters }: Subjects): Subjects {
  return { nodes, prefixes, interfaces, routeTables, subnets, routes, filters };
}

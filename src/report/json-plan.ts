/** The part of report.json about a plan and what became of it. */
import type {
  ComparedFinding,
  Comparison,
  Outcome,
  PlannedChange,
  PlanReport,
  WithheldChange,
} from '../model/planned.ts';
import type { Remedies } from '../remedies/scripts.ts';
import { remediesOf, undoRemediesOf } from '../remedies/planned.ts';

// Every part names its keys, so that nothing the model gains slips into the public file unseen.

export function planJson(report: PlanReport | undefined): object | null {
  if (report === undefined) return null;
  const { plan, outcomes, refused, interrupted, comparison } = report;
  const byId = new Map((outcomes ?? []).map((one) => [one.id, one]));
  return {
    purpose: plan.purpose,
    digest: plan.digest,
    changes: plan.changes.map((change) => changeJson(change, byId.get(change.id))),
    withheld: plan.withheld.map(withheldJson),
    refused: refused ?? null,
    interrupted: interrupted ?? false,
    comparison: comparison === undefined ? null : comparisonJson(comparison),
  };
}

function changeJson(change: PlannedChange, outcome: Outcome | undefined): object {
  const { id, kind, place, target, before, after, disruption, permissions, because } = change;
  return {
    id,
    kind,
    place,
    target,
    before,
    after,
    disruption,
    permissions,
    because: because.map(({ finding, title }) => ({ finding, title })),
    remedies: remediesJson(remediesOf(change)),
    undoRemedies: remediesJson(undoRemediesOf(change)),
    outcome:
      outcome === undefined
        ? null
        : { kind: outcome.kind, reason: outcome.reason ?? null, permission: outcome.permission ?? null },
  };
}

export function remediesJson({ aws, gcloud, az, kubectl, ip, powershell, terraform }: Remedies): Remedies {
  return { aws, gcloud, az, kubectl, ip, powershell, terraform };
}

function withheldJson({ id, kind, place, what, because, reasons }: WithheldChange): object {
  return {
    id,
    kind,
    place,
    what,
    because: because.map(({ finding, title }) => ({ finding, title })),
    reasons: reasons.map(({ code, text }) => ({ code, text })),
  };
}

function comparisonJson({ worse, mended, nodesWorse, ...counts }: Comparison): object {
  const { brokenBefore, brokenAfter, unknownBefore, unknownAfter } = counts;
  return {
    worse: worse.map(named),
    nodesWorse,
    mended: mended.map(named),
    brokenBefore,
    brokenAfter,
    unknownBefore,
    unknownAfter,
  };
}

function named({ key, title }: ComparedFinding): object {
  return { key, title };
}

/** The step's outputs: names that workflows script against, so none is ever renamed or dropped. */
import type { View } from './view.ts';

/** Paths and addresses of what was written; absent: not written. */
export interface Written {
  readonly reportJson?: string;
  readonly reportHtml?: string;
  readonly reportSarif?: string;
  readonly reportJunit?: string;
  readonly snapshotFile?: string;
  readonly commentUrl?: string;
  readonly issueUrl?: string;
}

export const OUTPUTS = [
  { name: 'verdict', text: 'pass, fail, unknown or not-applicable: what was found, whatever the step made of it.' },
  { name: 'findings', text: 'Number of all findings: errors, warnings, notices and unknown ones.' },
  { name: 'errors', text: 'Number of failing findings of severity error.' },
  { name: 'warnings', text: 'Number of failing findings of severity warning.' },
  { name: 'unknown', text: 'Number of findings, of any severity, that could not be decided.' },
  { name: 'new-findings', text: 'Number of failing findings that the baseline does not have and nobody accepts.' },
  { name: 'accepted', text: 'Number of findings that the file of input config accepts.' },
  { name: 'resolved', text: 'Number of findings that failed in the baseline and are gone.' },
  { name: 'pairs', text: 'Number of pod paths: ordered pairs of selected nodes.' },
  { name: 'pairs-passing', text: 'Number of pairs whose pod packets get through.' },
  { name: 'pairs-failing', text: 'Number of pairs that fail, for all addresses or for some.' },
  { name: 'pairs-partial', text: 'Number of the failing pairs that fail for some addresses only.' },
  { name: 'pairs-unknown', text: 'Number of pairs that could not be judged.' },
  { name: 'pairs-not-applicable', text: 'Number of pairs that do not depend on what is checked.' },
  { name: 'evidence-level', text: 'The weakest evidence behind the verdict: fabric, fabric+agent or guest.' },
  { name: 'report-json', text: 'Path of report.json.' },
  { name: 'report-html', text: 'Path of report.html.' },
  { name: 'report-sarif', text: 'Path of report.sarif.' },
  { name: 'report-junit', text: 'Path of report.junit.xml.' },
  { name: 'comment-url', text: 'Address of the pull request comment; empty where there is none.' },
  { name: 'issue-url', text: 'Address of the drift issue; empty where there is none.' },
  { name: 'changes', text: 'Number of changes in the plan; empty in mode check.' },
  {
    name: 'changes-applied',
    text: 'Number of changes that mode apply made; those that were there already do not count.',
  },
  { name: 'changes-withheld', text: 'Number of changes that would mend something and are not in the plan.' },
  { name: 'plan-file', text: 'Path of the plan.' },
  { name: 'plan-digest', text: 'Digest of the plan: what has to be approved.' },
  { name: 'undo-file', text: 'Path of the undo file, which mode apply runs as a plan.' },
  { name: 'undo-digest', text: 'Digest of the undo file.' },
  { name: 'journal-file', text: 'Path of the journal: a line before and after each request that changes something.' },
  { name: 'snapshot-file', text: 'Path of the saved snapshot; empty without save-snapshot.' },
] as const;

export type OutputName = (typeof OUTPUTS)[number]['name'];

export function renderOutputs(view: View, written: Written): Record<OutputName, string> {
  const { counts, pairs } = view;
  return {
    verdict: view.verdict,
    findings: String(counts.findings),
    errors: String(counts.errors),
    warnings: String(counts.warnings),
    unknown: String(counts.unknown),
    'new-findings': String(counts.new),
    accepted: String(counts.accepted),
    resolved: String(view.drift.resolved.length),
    pairs: String(pairs.total),
    'pairs-passing': String(pairs.pass),
    'pairs-failing': String(view.broken),
    'pairs-partial': String(pairs.partial),
    'pairs-unknown': String(pairs.unknown),
    'pairs-not-applicable': String(pairs.notApplicable),
    'evidence-level': view.evidenceLevel,
    'report-json': written.reportJson ?? '',
    'report-html': written.reportHtml ?? '',
    'report-sarif': written.reportSarif ?? '',
    'report-junit': written.reportJunit ?? '',
    'comment-url': written.commentUrl ?? '',
    'issue-url': written.issueUrl ?? '',
    ...changeOutputs(view),
    'snapshot-file': written.snapshotFile ?? '',
  };
}

type ChangeOutput = Extract<OutputName, `changes${string}` | `plan-${string}` | `undo-${string}` | 'journal-file'>;

function changeOutputs({ changes }: View): Record<ChangeOutput, string> {
  const applied = changes?.outcomes?.filter(({ kind }) => kind === 'applied').length;
  return {
    changes: changes === undefined ? '' : String(changes.plan.changes.length),
    'changes-applied': changes === undefined ? '' : String(applied ?? 0),
    'changes-withheld': changes === undefined ? '' : String(changes.plan.withheld.length),
    'plan-file': changes?.planFile ?? '',
    'plan-digest': changes?.plan.digest ?? '',
    'undo-file': changes?.undoFile ?? '',
    'undo-digest': changes?.undoDigest ?? '',
    'journal-file': changes?.journalFile ?? '',
  };
}

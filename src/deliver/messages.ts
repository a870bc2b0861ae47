/** The pull request comment and the drift issue: which of them this run writes, and what became of it. */
import type { Config } from '../model/config.ts';
import type { DeliveryError } from '../model/errors.ts';
import type { Delivered, GitHub, Ports, RunEvent } from '../ports.ts';
import { renderComment, renderIssue } from '../report/message.ts';
import type { Written } from '../report/outputs.ts';
import type { View } from '../report/view.ts';

export async function writeMessages(view: View, config: Config, ports: Ports, github: GitHub): Promise<Written> {
  const comment = await writeComment(view, config, ports, github);
  const issue = await writeIssue(view, config, ports, github);
  return {
    ...(comment === undefined ? {} : { commentUrl: comment }),
    ...(issue === undefined ? {} : { issueUrl: issue }),
  };
}

async function writeComment(
  view: View,
  { comment }: Config,
  ports: Ports,
  github: GitHub,
): Promise<string | undefined> {
  const { pullRequest, runUrl } = github.event;
  if (comment === 'never' || pullRequest === undefined) return undefined;
  if (isReadOnly(github.event)) {
    const why = 'the token of a run from a fork or by Dependabot may not write';
    ports.log.info(`No pull request comment: ${why}. The report is in the job summary.`);
    return undefined;
  }
  const create = comment === 'always' || hasProblems(view);
  const delivered = await github.comment(pullRequest, renderComment(view, runUrl), create);
  return tell(ports, 'Pull request comment', delivered);
}

async function writeIssue(
  view: View,
  { driftIssue }: Config,
  ports: Ports,
  github: GitHub,
): Promise<string | undefined> {
  const { pullRequest, runUrl } = github.event;
  // A pull request is no state of the cluster that an issue would have to follow.
  if (driftIssue === 'never' || isReadOnly(github.event) || pullRequest !== undefined) return undefined;
  return tell(ports, 'Drift issue', await github.issue(renderIssue(view, runUrl), wantedIssue(view)));
}

/** Events that have a token of the repository itself, whoever has caused them. */
const RUN_BESIDE: readonly string[] = ['pull_request_target', 'issue_comment', 'workflow_run'];

/** GitHub gives runs from forks and by Dependabot a token that may only read. */
function isReadOnly({ name, isUntrusted }: RunEvent): boolean {
  return isUntrusted && !RUN_BESIDE.includes(name);
}

/** Something a reader would have to act on: accepted faults are known, notices can wait. */
export function hasProblems(view: View): boolean {
  return view.verdict === 'fail' || view.verdict === 'unknown' || view.findings.some(isProblem);
}

function isProblem({ verdict, severity, accepted }: View['findings'][number]): boolean {
  return accepted === undefined && severity !== 'notice' && (verdict === 'fail' || severity === 'error');
}

/**
 * Open as soon as something fails that is new and nobody accepts; closed when nothing fails but what is accepted, and
 * everything was seen. What the baseline has already neither opens the issue nor closes it.
 */
export function wantedIssue(view: View): 'open' | 'closed' | 'leave' {
  const failing = view.findings.filter((one) => one.verdict === 'fail' && isProblem(one));
  if (failing.some(({ standing }) => standing === 'new')) return 'open';
  const isAllSeen = view.verdict !== 'unknown' && view.pairs.unknown === 0 && view.counts.unknown === 0;
  return failing.length === 0 && isAllSeen && view.drift.unseen.length === 0 ? 'closed' : 'leave';
}

function tell({ log }: Ports, what: string, delivered: Delivered | DeliveryError): string | undefined {
  if (delivered instanceof Error) {
    log.warning(`${what}: ${delivered.message} ${delivered.hint}`);
    return undefined;
  }
  if (delivered.kind !== 'none')
    log.info(`${what} ${delivered.kind}${delivered.url === undefined ? '' : `: ${delivered.url}`}`);
  return delivered.url;
}

/** Trouble with GitHub, in words for whoever wrote the workflow. Pure. */
import { AccessError, DeliveryError, type ErrorDetails } from '../model/errors.ts';
import type { RunEvent } from '../ports.ts';
import type { GitHubTrouble } from './trouble.ts';

/** What was tried. */
export interface Attempt {
  /** As the end of "GitHub does not let this run ...". */
  readonly what: string;
  /** As `permissions` of a workflow names it: `issues: write`. */
  readonly permission: string;
}

/** Heading of docs/troubleshooting.md. */
const DOCS = 'github';

type Explained = ErrorDetails & { readonly message: string };

export function toDeliveryError(explained: Explained): DeliveryError {
  return new DeliveryError(explained.message, explained);
}

export function toAccessError(explained: Explained): AccessError {
  return new AccessError(explained.message, explained);
}

/** `now`: milliseconds since the epoch. */
export function explain(trouble: GitHubTrouble, attempt: Attempt, event: RunEvent, now: number): Explained {
  const { what, permission } = attempt;
  const said = `GitHub says: ${trouble.message.replace(/\.$/, '')}.`;
  switch (trouble.kind) {
    case 'denied':
    case 'missing':
      return {
        message: `This run could not ${what}. ${said}${acceptedBy(trouble)}`,
        hint: hintForRights(trouble, permission, event),
        permission,
        docs: DOCS,
        cause: trouble,
      };
    case 'bad-credentials':
      return {
        message: `This run could not ${what}, because its token does not count. ${said}`,
        hint: 'Leave github-token unset, or give it a token that is valid.',
        docs: DOCS,
        cause: trouble,
      };
    case 'locked':
      return {
        message: `This run could not ${what}, because the conversation is locked.`,
        hint: 'Unlock the conversation; until then the job summary has the report.',
        docs: DOCS,
        cause: trouble,
      };
    case 'disabled':
      return {
        message: `This run could not ${what}. ${said}`,
        hint: 'Switch issues on in the settings of the repository.',
        docs: DOCS,
        cause: trouble,
      };
    case 'limited':
      return {
        message: `This run could not ${what}, because there were too many calls; more are let through from ${resetOf(trouble, now)} on. ${said}`,
        hint: 'Nothing has to be done: the next run tries again. If it happens often, let fewer jobs run at a time.',
        docs: DOCS,
        cause: trouble,
      };
    case 'unclear':
      return {
        message: `This run could not ${what}, because GitHub did not answer as it should. ${said}`,
        hint: 'Nothing has to be done: the next run tries again. See https://www.githubstatus.com if it lasts.',
        docs: DOCS,
        cause: trouble,
      };
    case 'refused':
      return {
        message: `This run could not ${what}. ${said}`,
        hint: 'This is a mistake of Pod Route Check: please report it, with this message.',
        docs: DOCS,
        cause: trouble,
      };
  }
}

/** Only whoever may change the workflow is helped by lines for it. */
function hintForRights({ message }: GitHubTrouble, permission: string, event: RunEvent): string {
  if (/personal access token/i.test(message))
    return `Give the token in github-token the right ${permission} on this repository.`;
  if (event.isUntrusted && !RUNS_BESIDE.has(event.name)) {
    return 'Runs for forks and Dependabot have a token that only reads, whatever the workflow asks for; the job summary has the report.';
  }
  const others = permission.startsWith('contents:') ? '' : '\n  contents: read';
  return `Give the job this right; what is not named there is taken away:\npermissions:${others}\n  ${permission}`;
}

/** Not on the pull request's own commits, and with the usual token. */
const RUNS_BESIDE: ReadonlySet<string> = new Set(['pull_request_target', 'issue_comment', 'workflow_run']);

function acceptedBy({ details }: GitHubTrouble): string {
  return details.accepted === undefined ? '' : ` It would accept: ${details.accepted}.`;
}

function resetOf({ details }: GitHubTrouble, now: number): string {
  return new Date(now + (details.waitMs ?? 0)).toISOString().replace(/\.\d+Z$/, 'Z');
}

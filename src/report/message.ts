/** Texts of which GitHub keeps one copy per cluster: the pull request comment and the drift issue. */
import { FOOT_MARK } from '../model/message.ts';
import { cleanLine, codeSpan } from './escape.ts';
import type { Budget } from './fit.ts';
import { renderMarkdown } from './markdown.ts';
import type { View } from './view.ts';
import { plural } from './words.ts';

/** GitHub's limit for the body of a comment or an issue. */
const LIMIT = 65_536;

export interface MessageText {
  readonly marker: string;
  readonly body: string;
}

export function renderComment(view: View, runUrl?: string): MessageText {
  return renderMessage(view, `<!-- pod-route-check comment ${idOf(view)} -->`, runUrl);
}

/** The title changes only when the number of problems does, so that a nightly run does not mail its readers for nothing. */
export function renderIssue(view: View, runUrl?: string): MessageText & { readonly title: string } {
  const failing = view.findings.filter(({ verdict, severity }) => verdict === 'fail' && severity !== 'notice');
  const problems = failing.filter(({ accepted }) => accepted === undefined);
  const isBroken = problems.some(({ pairsBroken }) => pairsBroken > 0);
  const calm = failing.length === 0 ? 'all is well' : 'nothing but what is accepted';
  const state = isBroken
    ? 'pods cannot reach each other'
    : problems.length > 0
      ? plural(problems.length, 'problem')
      : calm;
  const title = cleanLine(`Pod routes of cluster ${view.cluster.id}: ${state}`).slice(0, 200);
  return { ...renderMessage(view, `<!-- pod-route-check issue ${idOf(view)} -->`, runUrl), title };
}

function renderMessage(view: View, marker: string, runUrl: string | undefined): MessageText {
  const run = runUrl === undefined ? '' : ` · [the run with the whole report](${encodeURI(runUrl)})`;
  const foot = `\n${FOOT_MARK}\n<sub>As of ${codeSpan(view.takenAt)}${run}</sub>\n`;
  const budget: Budget = { limit: LIMIT - marker.length - foot.length - 2, unit: 'characters' };
  return { marker, body: `${marker}\n${renderMarkdown({ ...view, takenAt: '' }, budget)}${foot}` };
}

/** Of the cluster, so that it cannot end the comment in which it stands, or pass for another cluster's. */
function idOf(view: View): string {
  return encodeURIComponent(view.cluster.id).replaceAll(
    /[^\w.%]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

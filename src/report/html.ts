/** The report as one page that needs nothing else: data, script and style are in it, and it loads nothing. */
import { createHash } from 'node:crypto';
import { cleanLine, escapeHtml } from './escape.ts';
import { SCRIPT, STYLE } from './page-asset.generated.ts';
import { planPage } from './page/data.ts';
import { pack } from './page/pack.ts';
import type { View } from './view.ts';

/** Pure: the same view gives the same bytes. */
export function renderHtml(view: View): string {
  const data = planPage(view);
  const { headline, mend, report } = data;
  const line = `${headline.verdict} — ${headline.rest}.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY.join('; '))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(`${headline.verdict}: pod routes of ${report.cluster.id}`)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<div id="page"><main><section><h1>${escapeHtml(line)}</h1>${mend === null ? '' : `<p>${escapeHtml(`${mend.label}: ${mend.text}`)}</p>`}</section></main></div>
<noscript>The rest of this page needs JavaScript, which it brings along. report.json holds all that it shows.</noscript>
<script type="application/json" id="data">${pack(data, cleanLine)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Nothing but what stands in the page itself may run or be fetched, whatever else gets into it. */
const POLICY = [
  "default-src 'none'",
  `script-src '${hashOf(SCRIPT)}'`,
  `style-src '${hashOf(STYLE)}'`,
  // The icon: an empty one, so that no browser asks a server for it.
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
];

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

// npm run preview [-- --screenshots]
//
// Writes the HTML report and the job summary of every lab scenario to preview/, with an index, to look at while one
// works on them. With --screenshots it makes the pictures of docs/images instead; that takes Chromium.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { marked } from 'marked';
import { defaultScenario, scenarios } from '../lab/scenarios/registry.ts';
import type { Scenario } from '../lab/scenarios/scenario.ts';
import { escapeHtml } from '../src/report/escape.ts';
import { renderHtml } from '../src/report/html.ts';
import { renderMarkdown } from '../src/report/markdown.ts';
import { verdictWord } from '../src/report/words.ts';
import { findChromium, startChromium } from '../test/peers/chromium.ts';
import { viewOfWorld } from '../test/support/world-view.ts';
import { ROOT } from './run.ts';
import { SUMMARY_STYLE } from './preview/summary-style.ts';

const FOLDER = join(ROOT, 'preview');
const IMAGES = join(ROOT, 'docs/images');

/** What such a scenario is about happens in servers, and there are none here. */
function needsServers({ deny, gceDeny, azureDeny, kubeDeny, expiredToken, apiUnreachable }: Scenario): boolean {
  return [deny, gceDeny, azureDeny, kubeDeny, expiredToken, apiUnreachable].some((setting) => setting !== undefined);
}

/** The summary as GitHub shows it, or nearly so: tables and HTML of the same Markdown, in the same style. */
async function renderSummary(markdown: string, title: string): Promise<string> {
  const body = await marked.parse(markdown, { gfm: true });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${SUMMARY_STYLE}</style><body>${body}</body></html>\n`;
}

async function writeScenario(scenario: Scenario): Promise<string> {
  const view = viewOfWorld(scenario.situation().world, scenario.inputs);
  const markdown = renderMarkdown(view);
  const write = (name: string, text: string): void => writeFileSync(join(FOLDER, `${scenario.name}${name}`), text);
  write('.html', renderHtml(view));
  write('.md', markdown);
  write('-summary.html', await renderSummary(markdown, scenario.title));
  const link = (name: string, text: string): string => `<a href="${scenario.name}${name}">${text}</a>`;
  return [
    `<tr><td>${link('.html', escapeHtml(scenario.name))}</td><td>${verdictWord(view.verdict)}</td>`,
    `<td>${escapeHtml(scenario.title)}</td><td>${link('-summary.html', 'summary')} ${link('.md', 'Markdown')}</td></tr>`,
  ].join('');
}

async function writeAll(): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const rows: string[] = [];
  for (const scenario of scenarios) if (!needsServers(scenario)) rows.push(await writeScenario(scenario));
  const left = scenarios.filter(needsServers).map(({ name }) => name);
  const note = `Left out, as they are about servers that refuse: ${left.join(', ')}.`;
  const index = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Previews</title><style>${SUMMARY_STYLE}</style><body><h1>Reports of all scenarios</h1><table>${rows.join('\n')}</table><p>${escapeHtml(note)}</p></body></html>\n`;
  writeFileSync(join(FOLDER, 'index.html'), index);
  console.log(`Wrote ${String(rows.length)} reports; see ${pathToFileURL(join(FOLDER, 'index.html')).href}`);
}

/** At a fixed size, so that pictures of two versions can be laid side by side. */
async function takePictures(): Promise<void> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error('Pictures take Chromium: name it in CHROMIUM, or put it on the PATH.');
  await writeAll();
  mkdirSync(IMAGES, { recursive: true });
  const browser = await startChromium(chromium);
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
    const { name } = defaultScenario;
    for (const [file, image] of [
      [`${name}.html`, 'page.png'],
      [`${name}-summary.html`, 'summary.png'],
    ] as const) {
      await page.goto(pathToFileURL(join(FOLDER, file)).href);
      await page.screenshot({ path: join(IMAGES, image) });
    }
  } finally {
    await browser.close();
  }
  console.log(`Wrote docs/images/page.png and docs/images/summary.png.`);
}

const { values } = parseArgs({ options: { screenshots: { type: 'boolean', default: false } } });
await (values.screenshots ? takePictures() : writeAll());

/** One view to everybody who waits for it: log, files, annotations, summary, comment, issue, outputs. */
import type { Config, ReportFormat } from '../model/config.ts';
import { isKnownError } from '../model/errors.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { GitHub, Ports } from '../ports.ts';
import { renderAnnotations } from '../report/annotations.ts';
import { renderJson } from '../report/json.ts';
import { renderLog } from '../report/log.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { renderOutputs, type Written } from '../report/outputs.ts';
import type { View } from '../report/view.ts';
import { encodeSnapshot } from '../snapshot/encode.ts';
import { writeMessages } from './messages.ts';

export async function deliverReport(
  view: View,
  snapshot: Snapshot,
  config: Config,
  ports: Ports,
  github: GitHub | undefined,
): Promise<void> {
  const { runner, log } = ports;
  for (const { title, text, folded } of renderLog(view)) {
    if (folded) log.fold(title, text);
    else log.info(title === '' ? text : `\n${title}\n${text}`);
  }
  const files = await writeFiles(view, snapshot, config, ports);
  for (const annotation of renderAnnotations(view)) runner.annotate(annotation);
  await runner.writeSummary(renderMarkdown(view));
  runner.printJson?.(renderJson(view));
  const messages = github === undefined ? {} : await writeMessages(view, config, ports, github);
  const outputs = renderOutputs(view, { ...files, ...messages });
  for (const [name, value] of Object.entries(outputs)) runner.setOutput(name, value);
}

interface FileSpec {
  readonly key: 'reportJson' | 'reportHtml' | 'reportSarif' | 'reportJunit';
  readonly name: string;
  readonly render: (view: View) => string | Promise<string>;
}

/** All but the first are loaded when somebody asks for them. */
const FILES: Readonly<Record<Exclude<ReportFormat, 'none'>, FileSpec>> = {
  json: { key: 'reportJson', name: 'report.json', render: renderJson },
  html: {
    key: 'reportHtml',
    name: 'report.html',
    render: async (view) => (await import('../report/html.ts')).renderHtml(view),
  },
  sarif: {
    key: 'reportSarif',
    name: 'report.sarif',
    render: async (view) => (await import('../report/sarif.ts')).renderSarif(view),
  },
  junit: {
    key: 'reportJunit',
    name: 'report.junit.xml',
    render: async (view) => (await import('../report/junit.ts')).renderJunit(view),
  },
};

async function writeFiles(view: View, snapshot: Snapshot, config: Config, ports: Ports): Promise<Written> {
  const written: Record<string, string> = {};
  for (const format of config.reportFormats) {
    if (format === 'none') continue;
    const { key, name, render } = FILES[format];
    const path = await writeFile(ports, `${config.reportDir}/${name}`, await render(view));
    if (path !== undefined) written[key] = path;
  }
  if (config.saveSnapshot !== undefined) {
    const path = await writeFile(ports, config.saveSnapshot, encodeSnapshot(snapshot));
    if (path !== undefined) written['snapshotFile'] = path;
  }
  return written;
}

/** What was judged must not be lost because one file of it cannot be written. */
async function writeFile({ files, log }: Ports, path: string, text: string): Promise<string | undefined> {
  try {
    return await files.write(path, text);
  } catch (error) {
    if (!isKnownError(error) || error.name !== 'DeliveryError') throw error;
    log.warning(`${error.message} ${error.hint}`);
    return undefined;
  }
}

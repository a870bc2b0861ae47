/**
 * `npm run demo`: the built Action, unmodified, in a broken cluster on this machine.
 *
 * Exit status: 0 when it ran, whatever the step's result was; 1 when it could not run; 2 for a wrong command line.
 */

import { access } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runScenario } from './scenarios/run-scenario.ts';
import type { ScenarioRun } from './scenarios/run-scenario.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { listOfScenarios, readArguments, usage } from './terminal/arguments.ts';
import { logView } from './terminal/log.ts';
import { renderMarkdown } from './terminal/render.ts';
import { painter, wrap } from './terminal/text.ts';
import type { Style } from './terminal/text.ts';

const bundle = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'index.js');

const colours = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
const paint = painter(colours);
const columns = Math.min(160, Math.max(60, process.stdout.isTTY ? process.stdout.columns : 140));

function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

function say(text: string, style: Style = 'plain'): void {
  for (const line of wrap([{ text, style }], columns)) print(paint(line));
}

function title(text: string): void {
  print();
  const filler = '─'.repeat(Math.max(2, columns - text.length - 5));
  print(
    paint([
      { text: `── ${text} `, style: 'bold' },
      { text: filler, style: 'dim' },
    ]),
  );
  print();
}

function tellResult(scenario: Scenario, { result }: ScenarioRun): void {
  const passes = result.exitCode === 0;
  const asExpected = (scenario.expect.step === 'pass') === passes;
  const status = result.exitCode === null ? 'it was stopped' : `exit status ${String(result.exitCode)}`;
  const verdict = result.outputs['verdict'];
  const words = [
    `The step ${passes ? 'passes' : 'fails'} (${status}`,
    verdict === undefined ? '' : `, verdict ${verdict}`,
    asExpected ? '), as it should here.' : `), and in this scenario it should ${scenario.expect.step}.`,
  ];
  print();
  print(paint([{ text: words.join(''), style: passes ? 'green' : 'red' }]));
}

async function demonstrate(scenario: Scenario, nodes: number | undefined): Promise<void> {
  title(`${scenario.name}: the situation`);
  say(`${scenario.title[0]?.toUpperCase() ?? ''}${scenario.title.slice(1)}.`);
  say(scenario.story, 'dim');
  title('the log of the step');
  const log = logView(print, paint);
  const run = await runScenario(scenario, {
    bundle,
    onOutput: (text) => log.write(text),
    ...(nodes === undefined ? {} : { nodes }),
  });
  log.end();
  title('the job summary');
  print(run.result.summary === '' ? 'The step wrote none.' : renderMarkdown(run.result.summary, columns, paint));
  title('the result');
  for (const [name, value] of Object.entries(run.result.outputs)) {
    // The step's workspace is deleted after it, so only the path inside says anything.
    const shown = value.replace(`${run.result.workspace}${sep}`, '');
    if (shown !== '') {
      print(
        paint([
          { text: `${name}=`, style: 'dim' },
          { text: shown, style: 'plain' },
        ]),
      );
    }
  }
  await run.result.remove();
  tellResult(scenario, run);
}

async function main(): Promise<number> {
  const request = readArguments(process.argv.slice(2));
  switch (request.kind) {
    case 'help':
      print(`${usage}\n\nScenarios:\n${listOfScenarios()}`);
      return 0;
    case 'list':
      print(listOfScenarios());
      return 0;
    case 'wrong':
      process.stderr.write(`demo: ${request.because}\n`);
      if (request.withList) process.stderr.write(`\nScenarios:\n${listOfScenarios()}\n`);
      return 2;
    case 'run':
      break;
  }
  try {
    await access(bundle);
  } catch {
    process.stderr.write(`demo: ${relative(process.cwd(), bundle)} is not there; npm run build makes it\n`);
    return 1;
  }
  try {
    await demonstrate(request.scenario, request.nodes);
    return 0;
  } catch (error) {
    process.stderr.write(
      `demo: the lab could not run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return 1;
  }
}

process.exitCode = await main();

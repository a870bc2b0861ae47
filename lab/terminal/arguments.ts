/** The demo's command line. */

import { parseArgs } from 'node:util';

import { defaultScenario, nearestScenario, scenarioNamed, scenarios } from '../scenarios/registry.ts';
import type { Scenario } from '../scenarios/scenario.ts';

export type Request =
  | { kind: 'run'; scenario: Scenario; nodes: number | undefined }
  | { kind: 'list' }
  | { kind: 'help' }
  | { kind: 'wrong'; because: string; withList: boolean };

export const usage = `npm run demo [-- <scenario>] [-- --list] [-- --node-count <number>]

Runs the built Action against a Kubernetes API and the APIs of the clouds on this machine, both made from the scenario's world.
Without a name: ${defaultScenario.name}. Nothing outside this machine is contacted, and no credentials are needed.`;

const options = {
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  'node-count': { type: 'string' },
} as const;

export function listOfScenarios(): string {
  const width = Math.max(...scenarios.map((scenario) => scenario.name.length));
  return scenarios.map((scenario) => `  ${scenario.name.padEnd(width)}  ${scenario.title}`).join('\n');
}

function wrong(because: string, withList = false): Request {
  return { kind: 'wrong', because, withList };
}

/** Reads what stands behind `npm run demo --`. */
export function readArguments(args: readonly string[]): Request {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { kind: 'help' };
  if (values.list === true) return { kind: 'list' };
  const [name, ...more] = positionals;
  if (more.length > 0)
    return wrong(`one scenario at a time, not ${String(positionals.length)}: ${positionals.join(', ')}`);
  const scenario = name === undefined ? defaultScenario : scenarioNamed(name);
  if (scenario === undefined) {
    return wrong(`there is no scenario "${name ?? ''}"; did you mean ${nearestScenario(name ?? '').name}?`, true);
  }
  const count = values['node-count'];
  if (count === undefined) return { kind: 'run', scenario, nodes: undefined };
  const nodes = /^\d+$/.test(count) ? Number(count) : -1;
  if (scenario.nodes === undefined) return wrong(`the number of nodes belongs to the story of ${scenario.name}`);
  const { least, most } = scenario.nodes;
  if (nodes < least || nodes > most) {
    return wrong(
      `--node-count for ${scenario.name} is a whole number from ${String(least)} to ${String(most)}, not ${count}`,
    );
  }
  return { kind: 'run', scenario, nodes };
}

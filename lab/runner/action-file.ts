/** What action.yml tells the runner before the action starts. */

import { readFile } from 'node:fs/promises';

import { parse } from 'yaml';

/** Values of the `github` context that defaults of an action may name. */
const expressions: Record<string, string> = { 'github.token': 'lab-github-token' };

function evaluate(text: string): string {
  return text.replaceAll(/\$\{\{\s*([\w.]+)\s*\}\}/g, (_, name: string) => {
    const value = expressions[name];
    if (value === undefined) throw new Error(`the lab's runner knows no ${name}`);
    return value;
  });
}

/** Defaults by input name, expressions evaluated; inputs without a default are left out, as the runner does. */
export function parseDefaults(yaml: string): Record<string, string> {
  const action = parse(yaml) as { inputs?: Record<string, { default?: unknown } | null> };
  const defaults: Record<string, string> = {};
  for (const [name, input] of Object.entries(action.inputs ?? {})) {
    const value = input?.default;
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') {
      throw new Error(`the default of ${name} is no scalar`);
    }
    defaults[name] = evaluate(String(value));
  }
  return defaults;
}

/** @throws Error when the file cannot be read. */
export async function readDefaults(path: string): Promise<Record<string, string>> {
  return parseDefaults(await readFile(path, 'utf8'));
}

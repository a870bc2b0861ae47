/** Runs of the bundle in the modes plan and apply. */
import { readFile } from 'node:fs/promises';
import { runAction } from '../../lab/runner/run-action.ts';
import type { RunOptions, RunResult } from '../../lab/runner/run-action.ts';
import type { Lab } from '../../lab/servers/index.ts';
import type { Plan } from '../../src/model/planned.ts';
import { BUNDLE, readReport } from './bundle.ts';

export const ALL_KINDS = { 'allow-changes': 'set-forwarding, create-route, replace-route, delete-route' };

export interface Changed {
  readonly verdict: string;
  readonly gate: { readonly result: string; readonly reasons: readonly string[] };
  readonly plan: {
    readonly digest: string;
    readonly refused: string | null;
    readonly changes: readonly { readonly id: string; readonly outcome: { readonly kind: string } | null }[];
    readonly comparison: { readonly brokenBefore: number; readonly brokenAfter: number } | null;
  } | null;
}

export interface Step {
  readonly result: RunResult;
  readonly report: Changed;
  readonly outcomes: readonly string[];
}

export async function step(lab: Lab, inputs: Record<string, string>, more: Partial<RunOptions> = {}): Promise<Step> {
  const all = { kubeconfig: lab.kubeconfig, ...lab.inputs, ...inputs };
  const result = await runAction({ bundle: BUNDLE, env: lab.env, inputs: all, ...more });
  const report = JSON.parse(await readReport(result)) as Changed;
  return { result, report, outcomes: report.plan?.changes.map(({ outcome }) => outcome?.kind ?? 'none') ?? [] };
}

export async function planned(
  lab: Lab,
  inputs: Record<string, string> = ALL_KINDS,
): Promise<{ result: RunResult; plan: Plan; approved: Record<string, string> }> {
  const { result } = await step(lab, { mode: 'plan', ...inputs });
  const { 'plan-file': file = '', 'plan-digest': digest = '' } = result.outputs;
  const plan = JSON.parse(await readFile(file, 'utf8')) as Plan;
  return { result, plan, approved: { mode: 'apply', ...inputs, 'plan-file': file, 'plan-digest': digest } };
}

export function writes(lab: Lab): string[] {
  return lab.requests().flatMap(({ write, operation }) => (write ? [operation] : []));
}

/** Running the committed bundle as a process. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runAction } from '../../lab/runner/run-action.ts';
import type { RunResult } from '../../lab/runner/run-action.ts';
import type { Lab, LabOptions } from '../../lab/servers/index.ts';
import { startLab } from '../../lab/servers/index.ts';
import type { World } from '../../lab/world/world.ts';

/** The committed one; PRC_BUNDLE names another, which lies in a folder beside its action.yml as dist does. */
export const BUNDLE = process.env['PRC_BUNDLE'] ?? fileURLToPath(new URL('../../dist/index.js', import.meta.url));

export interface Report {
  readonly verdict: string;
  readonly evidenceLevel: string;
  readonly gate: { readonly result: string; readonly reasons: readonly string[] };
  readonly pairs: Readonly<Record<string, number>>;
  readonly roundTrip: Readonly<Record<string, number>>;
  readonly findings: readonly {
    readonly key: string;
    readonly rule: string;
    readonly verdict: 'fail' | 'unknown';
    readonly severity: string;
    readonly what: string;
    readonly next: string;
    readonly subjects: Record<
      'nodes' | 'prefixes' | 'interfaces' | 'routeTables' | 'subnets' | 'routes',
      readonly string[]
    >;
  }[];
  readonly gaps: readonly { readonly facet: string; readonly reason: string; readonly permission: string | null }[];
}

export interface BundleRun {
  readonly result: RunResult;
  readonly report: Report;
  readonly reportText: string;
  readonly requests: ReturnType<Lab['requests']>;
}

export interface BundleOptions extends LabOptions {
  readonly inputs?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly recordLoads?: boolean;
}

/** The bundle against the lab's servers over this world. */
export async function runBundle(world: World, options: BundleOptions = {}): Promise<BundleRun> {
  const { inputs, env, recordLoads, ...labOptions } = options;
  const lab = await startLab(world, labOptions);
  try {
    const result = await runAction({
      bundle: BUNDLE,
      env: { ...lab.env, ...env },
      inputs: { kubeconfig: lab.kubeconfig, ...lab.inputs, ...inputs },
      ...(recordLoads === undefined ? {} : { recordLoads }),
    });
    const reportText = await readReport(result);
    return { result, reportText, report: JSON.parse(reportText) as Report, requests: lab.requests() };
  } finally {
    await lab.stop();
  }
}

export async function readReport(result: RunResult): Promise<string> {
  const path = result.outputs['report-json'];
  if (path === undefined || path === '')
    throw new Error(`the run wrote no report:\n${result.stdout}\n${result.stderr}`);
  return readFile(path, 'utf8');
}

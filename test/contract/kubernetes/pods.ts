/** The product's way to pods, against the lab's API server. */
import { openCluster } from '../../../src/cluster/index.ts';
import type { PodAccess } from '../../../src/ports.ts';
import { startLab } from '../../../lab/servers/index.ts';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import { metalCluster } from '../../../lab/world/metal-cluster.ts';
import type { World } from '../../../lab/world/world.ts';

export const world = (): World => metalCluster({ name: 'metal', mode: 'host-gw', nodes: 3 });

export interface Way {
  readonly lab: Lab;
  readonly pods: PodAccess;
  /** What was said meanwhile. */
  readonly lines: readonly string[];
}

export interface WayOptions extends LabOptions {
  /** Makes the signals that end requests. */
  readonly timeout?: (ms: number) => AbortSignal;
  readonly kubeconfig?: (lab: Lab) => string;
}

export async function withPods<T>(made: World, options: WayOptions, work: (way: Way) => Promise<T>): Promise<T> {
  const { timeout, kubeconfig, ...labOptions } = options;
  const lab = await startLab(made, labOptions);
  const lines: string[] = [];
  const note = (text: string): void => void lines.push(text);
  try {
    const reader = openCluster({
      config: { kubeconfig: kubeconfig?.(lab) ?? lab.kubeconfigText, execPlugins: 'auto', timeoutMs: 600_000 },
      env: {},
      // Waiting costs nothing here, so no test is slow because something is tried again.
      clock: { now: () => Date.parse('2026-11-25T12:00:00Z'), sleep: async () => undefined },
      log: { debug: note, info: note, warning: note, fold: () => undefined, group: (_, inner) => inner() },
      random: () => 0,
      ...(timeout === undefined ? {} : { timeout }),
    });
    return await work({ lab, pods: await reader.pods(), lines });
  } finally {
    await lab.stop();
  }
}

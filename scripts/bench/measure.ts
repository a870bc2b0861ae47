/** Everything about one cluster: servers, runs of the bundle, the floor, the shell script, judging. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { readDefaults } from '../../lab/runner/action-file.ts';
import { runAction, type RunResult } from '../../lab/runner/run-action.ts';
import type { LabExchange } from '../../lab/servers/options.ts';
import { ROOT } from '../run.ts';
import { medianUsage, type JudgeTimes, type Usage } from './figures.ts';
import { planFloor } from './plan.ts';
import { bundleFloor, meterEnvironment, readMeter, run, runMetered, Servers } from './process.ts';
import { INPUTS, type BenchMode } from './world.ts';

export type Part = 'judge' | 'run' | 'floor' | 'bash';

export interface Order {
  readonly nodes: number;
  readonly mode: BenchMode;
  readonly parts: readonly Part[];
  readonly runs: number;
  /** Path of the bundle's index.js. */
  readonly bundle: string;
  readonly say: (text: string) => void;
}

/** Absent: not asked for, or not to be had on this machine. */
export interface Measured {
  readonly nodes: number;
  readonly mode: BenchMode;
  readonly requests: number;
  readonly bytes: number;
  readonly run?: Usage;
  /** The bundle with nothing to do: it ends when it does not find its kubeconfig. */
  readonly start?: Usage;
  /** With the SDK's parser of XML, and with ours, which is faster. */
  readonly floor?: Usage;
  readonly ownFloor?: Usage;
  readonly bash?: Usage;
  readonly judging?: JudgeTimes;
}

/** What is run in turn, by the name of its figures. */
type Work = 'run' | 'start' | 'floor' | 'ownFloor' | 'bash';

const TIME = '/usr/bin/time';
const TOOLS = ['bash', 'kubectl', 'aws', 'jq'];

export async function measureCluster(order: Order): Promise<Measured> {
  const { nodes, mode, say } = order;
  say(`${String(nodes)} nodes, ${mode}: making the cluster`);
  const servers = await Servers.start(nodes, mode);
  const folder = await mkdtemp(join(tmpdir(), 'pod-route-check-bench-'));
  try {
    return await new Bench(order, servers, folder).measure();
  } finally {
    await servers.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

class Bench {
  readonly #order: Order;
  readonly #servers: Servers;
  readonly #folder: string;

  constructor(order: Order, servers: Servers, folder: string) {
    this.#order = order;
    this.#servers = servers;
    this.#folder = folder;
  }

  async measure(): Promise<Measured> {
    const { nodes, mode } = this.#order;
    // The first run fills the servers' memory and shows what is asked; it is not counted.
    const snapshot = this.#file('snapshot.json');
    const exchanges = await this.#warmUp(snapshot);
    const usages = await this.#interleave(exchanges);
    const judging = this.#wants('judge') ? await this.#judge(snapshot) : undefined;
    return {
      nodes,
      mode,
      requests: exchanges.length,
      bytes: exchanges.reduce((sum, { bytes }) => sum + bytes, 0),
      ...usages,
      ...(judging === undefined ? {} : { judging }),
    };
  }

  async #warmUp(snapshot: string): Promise<readonly LabExchange[]> {
    const { say, nodes, mode } = this.#order;
    const { result } = await this.#check({ 'save-snapshot': snapshot });
    const { faults } = this.#servers.served;
    const { findings, verdict } = result.outputs;
    say(
      `${String(nodes)} nodes, ${mode}: ${String(faults)} faults, ${findings ?? 'no'} findings, verdict ${verdict ?? 'none'}`,
    );
    if (verdict !== 'fail') throw new Error(`the check did not come to its verdict:\n${result.stdout}${result.stderr}`);
    // The workspace goes, the snapshot was written beside it.
    await result.remove();
    return this.#servers.take();
  }

  /** One of each in turn, so that a busy moment of the machine meets all of them. */
  async #interleave(exchanges: readonly LabExchange[]): Promise<Partial<Record<Work, Usage>>> {
    const plan = this.#file('plan.json');
    await bundleFloor(this.#file('floor.mjs'));
    await writeFile(plan, JSON.stringify(planFloor(exchanges, this.#servers.served)));
    const works = {
      ...(this.#wants('run') ? { run: () => this.#measuredCheck(), start: () => this.#emptyStart() } : {}),
      ...(this.#wants('floor')
        ? { floor: () => this.#floor(plan, 'sdk'), ownFloor: () => this.#floor(plan, 'own') }
        : {}),
      ...(this.#wants('bash') && hasTools() ? { bash: () => this.#bash() } : {}),
    };
    if ('bash' in works) await works.bash();
    const usages: Partial<Record<keyof typeof works, Usage[]>> = {};
    for (let round = 0; round < this.#order.runs; round += 1) {
      for (const [name, work] of Object.entries(works) as [keyof typeof works, () => Promise<Usage>][]) {
        (usages[name] ??= []).push(await work());
      }
    }
    await this.#servers.take();
    return Object.fromEntries(Object.entries(usages).map(([name, list]) => [name, medianUsage(list)]));
  }

  async #check(inputs: Record<string, string>): Promise<{ result: RunResult; usage: Usage }> {
    const { served } = this.#servers;
    const meter = this.#file('meter.json');
    const before = performance.now();
    const result = await runAction({
      bundle: this.#order.bundle,
      defaults: await readDefaults(join(ROOT, 'action.yml')),
      env: { ...served.env, ...meterEnvironment(meter) },
      inputs: { kubeconfig: served.kubeconfig, ...served.inputs, ...INPUTS, ...inputs },
      timeoutMs: 600_000,
    });
    const wallMs = performance.now() - before;
    return { result, usage: await readMeter(meter, wallMs) };
  }

  async #measuredCheck(): Promise<Usage> {
    const { result, usage } = await this.#check({});
    await result.remove();
    return usage;
  }

  async #emptyStart(): Promise<Usage> {
    const { result, usage } = await this.#check({ kubeconfig: this.#file('no-kubeconfig') });
    await result.remove();
    return usage;
  }

  #floor(plan: string, parser: 'sdk' | 'own'): Promise<Usage> {
    const { caFile } = this.#servers.served;
    const env = { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: caFile };
    return runMetered([this.#file('floor.mjs'), plan, parser], env, this.#file('meter.json'));
  }

  /** The peak is that of the largest of its processes, not of all together: less than it really needs. */
  async #bash(): Promise<Usage> {
    const { served } = this.#servers;
    const env = {
      PATH: process.env['PATH'],
      HOME: this.#folder,
      ...served.env,
      // The command line knows the region by its older name only.
      AWS_DEFAULT_REGION: served.env['AWS_REGION'],
      AWS_PAGER: '',
      KUBECONFIG: served.kubeconfig,
    };
    const script = join(import.meta.dirname, 'answer.sh');
    const { wallMs, stderr } = await run(TIME, ['-f', '%U %S %M', script, served.vpc], env);
    const [user = 0, system = 0, peak = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    return { wallMs, cpuMs: (user + system) * 1000, peakBytes: peak * 1024 };
  }

  async #judge(snapshot: string): Promise<JudgeTimes> {
    const rounds = String(Math.max(3, this.#order.runs));
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'judge.ts'), snapshot, rounds], {
      PATH: process.env['PATH'],
    });
    return JSON.parse(stdout) as JudgeTimes;
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  #wants(part: Part): boolean {
    return this.#order.parts.includes(part);
  }
}

/** The shell's answer needs more than this repository brings. */
function hasTools(): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return existsSync(TIME) && TOOLS.every((tool) => folders.some((folder) => existsSync(join(folder, tool))));
}

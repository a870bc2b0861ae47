// The servers, in a process of their own: started with the number of nodes and the mode. Answers come from the lab once
// and from memory from then on, the same bytes for whoever asks.
import { startLab } from '../../lab/servers/index.ts';
import type { LabExchange } from '../../lab/servers/options.ts';
import { benchWorld, type BenchMode } from './world.ts';

/** What the parent needs to reach the servers. */
export interface Served {
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly kubeconfig: string;
  readonly caFile: string;
  readonly token: string;
  readonly urls: { readonly ec2: string; readonly quotas: string; readonly kubernetes: string };
  readonly vpc: string;
  readonly faults: number;
  /** What it took to make the world, in milliseconds. */
  readonly worldMs: number;
}

const [, , nodes, mode] = process.argv;
const before = performance.now();
const { world, faults } = benchWorld(Number(nodes), mode as BenchMode);
const worldMs = performance.now() - before;
let exchanges: LabExchange[] = [];
const lab = await startLab(world, { remember: true, onAnswer: (exchange) => exchanges.push(exchange) });

process.on('message', (message) => {
  if (message === 'take') {
    process.send?.({ exchanges });
    exchanges = [];
  } else {
    void lab.stop().then(() => process.disconnect());
  }
});
const { env, inputs, kubeconfig, token, urls } = lab;
const served: Served = {
  env,
  inputs,
  kubeconfig,
  caFile: env['NODE_EXTRA_CA_CERTS'] ?? '',
  token,
  urls,
  vpc: world.aws[0]?.vpcs[0]?.id ?? '',
  faults,
  worldMs,
};
process.send?.({ served });

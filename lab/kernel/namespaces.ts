// A topology as network namespaces: every node, pod, switch and router has one, and nothing of the machine is touched.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { KernelNode, Topology } from './topology.ts';
import { FIREWALL_TOOLS, routerAddress, routerAddress6 } from './topology.ts';

const COLLECTOR = fileURLToPath(new URL('../../docs/collect/collect.sh', import.meta.url));
const PROBE = fileURLToPath(new URL('probe.py', import.meta.url));

/** Why namespaces cannot be had here; undefined: they can. */
export function whyNoKernelLab(): string | undefined {
  if (process.platform !== 'linux') return 'the kernel lab needs Linux';
  if (process.getuid?.() !== 0) return 'the kernel lab needs root';
  if (spawnSync('ip', ['-V']).status !== 0) return 'the kernel lab needs ip (iproute2)';
  if (spawnSync('python3', ['--version']).status !== 0) return 'the kernel lab needs python3';
  for (const tool of FIREWALL_TOOLS) {
    if (spawnSync(tool, ['-V']).status !== 0) return `the kernel lab needs ${tool} (packages iptables and nftables)`;
  }
  const name = `prc${String(process.pid)}-try`;
  const tried = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (tried.status !== 0) return `the kernel lab cannot make network namespaces: ${tried.stderr.trim()}`;
  const bridge = spawnSync('ip', ['-n', name, 'link', 'add', 'br0', 'type', 'bridge'], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', name]);
  return bridge.status === 0 ? undefined : `the kernel lab cannot make bridges: ${bridge.stderr.trim()}`;
}

/** Did a packet from one pod address arrive at another, and did its answer get back? */
export interface Probe {
  readonly from: string;
  readonly to: string;
  readonly arrived: boolean;
  readonly answered: boolean;
}

export class KernelLab {
  readonly #prefix: string;
  readonly #made: string[] = [];
  readonly #topology: Topology;

  constructor(topology: Topology, name: string) {
    this.#topology = topology;
    this.#prefix = `prc${String(process.pid)}-${name}-`;
    try {
      this.#build();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** What docs/collect/collect.sh says of a node. */
  collect(node: KernelNode): string {
    return this.#inside(node.name, ['sh', COLLECTOR, node.name]);
  }

  /** A packet from every pod address to every one of the other nodes. */
  probe(): Probe[] {
    const pods = this.#topology.nodes.map(({ name, numbers, numbers6 }) => ({
      node: name,
      namespace: `/run/netns/${this.#name(`pod-${name}`)}`,
      addresses: [...numbers.pods, ...(numbers6?.pods ?? [])],
    }));
    const answer = run(['python3', PROBE], JSON.stringify(pods));
    return JSON.parse(answer) as Probe[];
  }

  close(): void {
    for (const name of this.#made.reverse()) spawnSync('ip', ['netns', 'del', name]);
    this.#made.length = 0;
  }

  #build(): void {
    const { nodes, segments, router, isWarm, hasIPv6 } = this.#topology;
    for (let segment = 0; segment < segments; segment += 1) {
      this.#add(`sw${String(segment)}`, ['link add br0 type bridge mcast_snooping 0', 'link set br0 up'], {});
    }
    for (const node of nodes) this.#addNode(node);
    if (router !== undefined) {
      this.#add('router', [], { 'ipv4/ip_forward': '1', 'ipv6/conf/all/forwarding': '1' });
      for (let segment = 0; segment < segments; segment += 1) {
        const addresses = [`${routerAddress(segment)}/24`, ...(hasIPv6 ? [`${routerAddress6(segment)}/64`] : [])];
        this.#connect('router', `eth${String(segment)}`, segment, addresses);
      }
      this.#batch('router', router);
    }
    for (const node of nodes) {
      this.#batch(node.name, node.lines);
      this.#set(node.name, node.switches);
    }
    // Packets that make neighbours known come before firewalls, which may refuse them.
    if (isWarm) this.#warm();
    for (const { name, firewalls } of nodes) {
      for (const { tool, text } of firewalls) {
        this.#inside(name, tool === 'nft' ? [tool, '-f', '-'] : [tool, '--noflush'], text);
      }
    }
  }

  #addNode(node: KernelNode): void {
    this.#add(node.name, ['link add cni0 type bridge mcast_snooping 0', 'link set cni0 up'], {
      'ipv4/ip_forward': '1',
      'ipv4/conf/all/rp_filter': '0',
      'ipv4/conf/default/rp_filter': '0',
      'ipv6/conf/all/forwarding': '1',
    });
    const numbers = [node.numbers, ...(node.numbers6 === undefined ? [] : [node.numbers6])];
    const lengths = [24, 64];
    this.#connect(
      node.name,
      'eth0',
      node.segment,
      numbers.map(({ address }, index) => `${address}/${String(lengths[index])}`),
    );
    const pod = `pod-${node.name}`;
    this.#add(pod, [], {});
    this.#batch(node.name, [
      ...numbers.map(
        ({ gateway, podPrefix }) => `addr add ${gateway}/${lengthOf(podPrefix)} dev cni0 ${noWait(gateway)}`,
      ),
      `link add veth0 type veth peer name eth0 netns ${this.#name(pod)}`,
      'link set veth0 master cni0 up',
    ]);
    this.#batch(pod, [
      ...numbers.flatMap(({ pods, podCIDR }) =>
        pods.map((address) => `addr add ${address}/${lengthOf(podCIDR)} dev eth0 ${noWait(address)}`),
      ),
      'link set eth0 up',
      ...numbers.map(({ gateway }) => `route add default via ${gateway} dev eth0`),
    ]);
    this.#set(node.name, { 'ipv4/neigh/eth0/retrans_time_ms': '50', 'ipv4/neigh/cni0/retrans_time_ms': '50' });
  }

  #connect(name: string, device: string, segment: number, addresses: readonly string[]): void {
    const port = `p${String(this.#made.length)}${device}`;
    const bridge = `sw${String(segment)}`;
    this.#batch(bridge, [
      `link add ${port} type veth peer name ${device} netns ${this.#name(name)}`,
      `link set ${port} master br0 up`,
    ]);
    this.#batch(name, [
      ...addresses.map((address) => `addr add ${address} dev ${device} ${noWait(address)}`),
      `link set ${device} up`,
    ]);
  }

  /** Whoever is in one segment sends a packet to all others there, which answer. */
  #warm(): void {
    const { nodes } = this.#topology;
    const all = nodes.map((node) => ({
      node: node.name,
      namespace: `/run/netns/${this.#name(node.name)}`,
      addresses: addressesOf(node),
      to: nodes.filter(({ segment }) => segment === node.segment).flatMap(addressesOf),
    }));
    run(['python3', PROBE], JSON.stringify(all));
  }

  #add(name: string, lines: readonly string[], switches: Readonly<Record<string, string>>): void {
    run(['ip', 'netns', 'add', this.#name(name)]);
    this.#made.push(this.#name(name));
    // Links are of use at once, and not only when IPv6 has asked for a second whether somebody has their addresses.
    this.#set(name, { 'ipv6/conf/default/accept_dad': '0' });
    this.#batch(name, ['link set lo up', ...lines]);
    this.#set(name, switches);
  }

  #set(name: string, switches: Readonly<Record<string, string>>): void {
    const lines = Object.entries(switches).map(([path, value]) => `echo ${value} > /proc/sys/net/${path}`);
    if (lines.length > 0) this.#inside(name, ['sh', '-ec', lines.join('\n')]);
  }

  /** What one line asks for may be impossible after another: that is part of a fault. */
  #batch(name: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const command = ['ip', '-n', this.#name(name), '-force', '-batch', '-'];
    const { stderr, error } = spawnSync(command[0] ?? '', command.slice(1), {
      input: `${lines.join('\n')}\n`,
      encoding: 'utf8',
    });
    if (error !== undefined) throw error;
    if (/Object "|Command .* is unknown|syntax|garbage/i.test(stderr)) throw new Error(`${name}: ${stderr}`);
  }

  #inside(name: string, command: readonly string[], input = ''): string {
    return run(['ip', 'netns', 'exec', this.#name(name), ...command], input);
  }

  #name(name: string): string {
    return `${this.#prefix}${name}`;
  }
}

function addressesOf({ numbers, numbers6 }: KernelNode): string[] {
  return [numbers.address, ...(numbers6 === undefined ? [] : [numbers6.address])];
}

function lengthOf(prefix: string): string {
  return prefix.split('/')[1] ?? '';
}

/** An IPv6 address is no use until the kernel has asked whether somebody else has it. */
function noWait(address: string): string {
  return address.includes(':') ? 'nodad' : '';
}

function run(command: readonly string[], input = ''): string {
  const [program = '', ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  return stdout;
}

// Clusters whose nodes leave the pods to a router, by chance that is the same in every run.
import { dice } from '../random/dice.ts';
import type { Dice } from '../random/dice.ts';
import type { KernelNode, Topology } from './topology.ts';
import { routerAddress } from './topology.ts';

interface Scene {
  readonly d: Dice;
  readonly node: KernelNode;
  readonly nodes: readonly KernelNode[];
  /** Of the router. */
  readonly lines: string[];
}

/** Each changes the router, and says what it did. */
const FAULTS: readonly ((scene: Scene) => string)[] = [
  ({ node, lines }) => {
    lines.push(`route del ${node.numbers.podCIDR}`);
    return `no route to ${node.name}`;
  },
  ({ d, node, nodes, lines }) => {
    const other = d.pick(nodes.filter((one) => one !== node));
    lines.push(`route replace ${node.numbers.podCIDR} via ${other.numbers.address}`);
    return `${node.name} by way of ${other.name}`;
  },
  ({ node, lines }) => {
    lines.push(`route replace ${node.numbers.podCIDR} via 192.168.${String(50 + node.segment)}.200`);
    return `${node.name} at an address of the past`;
  },
  ({ d, node, lines }) => {
    const type = d.pick(['blackhole', 'unreachable', 'prohibit']);
    const prefix = d.pick([
      node.numbers.podCIDR,
      node.numbers.podCIDR.replace('.0/24', '.128/25'),
      node.numbers.podCIDR.replace('.0/24', '.10/32'),
    ]);
    lines.push(`route replace ${type} ${prefix}`);
    return `${type} ${prefix}`;
  },
  ({ d, node, nodes, lines }) => {
    const other = d.pick(nodes.filter((one) => one !== node));
    lines.push(`route add ${node.numbers.podCIDR.replace('.0/24', '.128/25')} via ${other.numbers.address}`);
    return `half of ${node.name} by way of ${other.name}`;
  },
  ({ node, lines }) => {
    lines.push(`route replace ${node.numbers.podCIDR} dev eth${String(node.segment)}`);
    return `${node.name} on the link`;
  },
  ({ node, lines }) => {
    lines.push(`route del ${node.numbers.podCIDR}`, `route add blackhole 10.244.0.0/16`);
    return `no route to ${node.name}, and an aggregate`;
  },
];

/** Of the nodes: what they do beside the router's work. */
const NODE_FAULTS: readonly ((d: Dice, node: KernelNode, nodes: readonly KernelNode[]) => KernelNode)[] = [
  (d, node) => ({ ...node, switches: { 'ipv4/conf/eth0/rp_filter': d.pick(['1', '2']) } }),
  (d, node) => ({ ...node, switches: { [`ipv4/conf/${d.pick(['eth0', 'cni0'])}/forwarding`]: '0' } }),
  (d, node, nodes) => {
    const near = nodes.filter((one) => one !== node && one.segment === node.segment);
    const peer = near.length === 0 ? undefined : d.pick(near);
    return peer === undefined
      ? node
      : { ...node, lines: [...node.lines, `route add ${peer.numbers.podCIDR} via ${peer.numbers.address}`] };
  },
];

export function torTopology(seed: number): Topology {
  const d = dice(seed * 104_729);
  const segments = d.percent(50) ? 2 : 1;
  const plain = Array.from({ length: d.between(3, 6) }, (_, index): KernelNode => {
    const segment = d.between(0, segments - 1);
    const base = `10.244.${String(index + 1)}`;
    return {
      name: `n${String(index + 1)}`,
      segment,
      numbers: {
        address: `192.168.${String(50 + segment)}.${String(index + 1)}`,
        podCIDR: `${base}.0/24`,
        pods: [`${base}.10`, `${base}.200`],
        gateway: `${base}.1`,
        podPrefix: `${base}.0/24`,
      },
      lines: [`route add default via ${routerAddress(segment)}`],
      switches: {},
      firewalls: [],
      spreads: false,
    };
  });
  const nodes = plain.map((node) => (d.percent(20) ? d.pick(NODE_FAULTS)(d, node, plain) : node));
  const lines = plain.map(({ numbers: { podCIDR, address } }) => `route add ${podCIDR} via ${address}`);
  const says = [`${String(segments)} segment(s) and a router`];
  // One for a node at most: two may lose all addresses that are tried, and not all there are.
  const whole = new Set(plain);
  for (let count = d.between(0, 3); count > 0; count -= 1) {
    const node = d.pick([...whole]);
    whole.delete(node);
    says.push(d.pick(FAULTS)({ d, node, nodes: plain, lines }));
  }
  return { nodes, segments, hasIPv6: false, router: lines, isWarm: d.percent(75), says };
}

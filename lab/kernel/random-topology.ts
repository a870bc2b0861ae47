// Clusters of a few nodes with host routes in all states that people have seen, by chance that is the same in every run.
import type { Dice } from '../random/dice.ts';
import { dice } from '../random/dice.ts';
import type { KernelNode, Topology } from './topology.ts';
import { routerAddress } from './topology.ts';

interface Plan {
  readonly name: string;
  readonly segment: number;
  readonly address: string;
  readonly podCIDR: string;
  readonly base: string;
}

interface Draft {
  readonly lines: string[];
  readonly switches: Record<string, string>;
  podPrefix: string;
}

/** `A`: next hop is the peer's address; `B`: a supernet on the link, and next hop is the peer's own pod gateway. */
type Model = 'A' | 'B';

export function randomTopology(seed: number): Topology {
  const d = dice(seed * 7919);
  const says: string[] = [];
  const segments = d.percent(30) ? 2 : 1;
  const plans = Array.from({ length: d.between(3, 8) }, (_, index): Plan => {
    const segment = d.between(0, segments - 1);
    const base = `10.244.${String(index + 1)}`;
    const address = `192.168.${String(50 + segment)}.${String(index + 1)}`;
    return { name: `n${String(index + 1)}`, segment, address, podCIDR: `${base}.0/24`, base };
  });
  const hasRouter = d.percent(segments === 2 ? 60 : 40);
  const model: Model = d.percent(35) ? 'B' : 'A';
  const hasDefault = hasRouter && d.percent(85);
  says.push(`model ${model}, ${String(segments)} segment(s), ${hasRouter ? 'a' : 'no'} router`);
  const drafts = new Map(plans.map((plan) => [plan, healthy(plan, plans, model, hasDefault)]));
  const faults = d.weighted([
    [15, 0],
    [35, 1],
    [30, 2],
    [20, 4],
  ] as const);
  for (let count = 0; count < faults; count += 1) {
    const plan = d.pick(plans);
    const peer = d.pick(plans.filter((other) => other !== plan));
    const draft = drafts.get(plan);
    if (draft === undefined) continue;
    const breakIt = d.pick(FAULTS);
    says.push(`${plan.name}: ${breakIt({ d, plan, peer, plans, draft, model })}`);
  }
  const router = hasRouter && d.percent(50) ? plans.map((plan) => `route add ${plan.podCIDR} via ${plan.address}`) : [];
  if (router.length > 0) says.push('the router knows the pods');
  return {
    nodes: plans.map((plan) => finish(plan, drafts.get(plan))),
    segments,
    ...(hasRouter ? { router } : {}),
    isWarm: d.percent(75),
    says,
  };
}

function healthy(plan: Plan, plans: readonly Plan[], model: Model, hasDefault: boolean): Draft {
  const lines = hasDefault ? [`route add default via ${routerAddress(plan.segment)}`] : [];
  if (model === 'B') lines.push('route add 10.244.0.0/16 dev eth0');
  for (const peer of plans) {
    // The kernel refuses what is not on the link, as it does for flannel.
    if (peer !== plan) lines.push(`route add ${peer.podCIDR} via ${nextHop(peer, model)} dev eth0`);
  }
  return { lines, switches: {}, podPrefix: plan.podCIDR };
}

function nextHop(peer: Plan, model: Model): string {
  return model === 'A' ? peer.address : `${peer.base}.1`;
}

interface Scene {
  readonly d: Dice;
  readonly plan: Plan;
  readonly peer: Plan;
  readonly plans: readonly Plan[];
  readonly draft: Draft;
  readonly model: Model;
}

/** Each says what it did. */
const FAULTS: readonly ((scene: Scene) => string)[] = [
  ({ peer, draft }) => {
    draft.lines.push(`route del ${peer.podCIDR}`);
    return `no route to ${peer.name}`;
  },
  ({ peer, draft, plan, plans, d, model }) => {
    const other = d.pick(plans.filter((one) => one !== plan && one !== peer));
    draft.lines.push(`route replace ${peer.podCIDR} via ${nextHop(other, model)} dev eth0`);
    return `${peer.name} by way of ${other.name}`;
  },
  ({ peer, draft, plan }) => {
    draft.lines.push(`route replace ${peer.podCIDR} via 192.168.${String(50 + plan.segment)}.200 dev eth0`);
    return `${peer.name} at an address of the past`;
  },
  ({ peer, draft, d }) => {
    const type = d.pick(['blackhole', 'unreachable', 'prohibit']);
    const prefix = d.pick([peer.podCIDR, `${peer.base}.128/25`, `${peer.base}.10/32`, '10.244.0.0/20']);
    draft.lines.push(`route add ${type} ${prefix}`, `route replace ${type} ${prefix}`);
    return `${type} ${prefix}`;
  },
  ({ peer, draft, d, plan }) => {
    const metric = d.pick([5, 500]);
    draft.lines.push(`route del ${peer.podCIDR}`);
    draft.lines.push(`route add ${peer.podCIDR} via ${peer.address} dev eth0 metric 100`);
    draft.lines.push(
      `route add ${peer.podCIDR} via 192.168.${String(50 + plan.segment)}.201 dev eth0 metric ${String(metric)}`,
    );
    return `a second route to ${peer.name} with metric ${String(metric)}`;
  },
  ({ peer, draft, plan, plans, d, model }) => {
    const other = d.pick(plans.filter((one) => one !== plan));
    draft.lines.push(`route add ${peer.base}.128/25 via ${nextHop(other, model)} dev eth0`);
    return `half of ${peer.name} by way of ${other.name}`;
  },
  ({ peer, draft }) => {
    draft.lines.push(`route replace ${peer.podCIDR} via ${peer.address} dev eth0 onlink`);
    return `${peer.name} on the link, whether it is there or not`;
  },
  ({ draft, d }) => {
    const which = d.pick(['ip_forward', 'conf/eth0/forwarding', 'conf/cni0/forwarding']);
    draft.switches[`ipv4/${which}`] = '0';
    return `${which} 0`;
  },
  ({ draft, d }) => {
    const [link, value] = [d.pick(['all', 'eth0', 'cni0']), d.pick(['1', '1', '2'])];
    draft.switches[`ipv4/conf/${link}/rp_filter`] = value;
    return `rp_filter ${value} on ${link}`;
  },
  ({ draft, peer, d }) => {
    draft.switches['ipv4/conf/eth0/rp_filter'] = d.pick(['1', '2']);
    draft.lines.push(`route del ${peer.podCIDR}`);
    return `rp_filter, and no route back to ${peer.name}`;
  },
  ({ draft, d }) => {
    const level = d.pick(['1', '2']);
    draft.switches['ipv4/conf/all/arp_ignore'] = level;
    return `arp_ignore ${level}`;
  },
  ({ draft, plan, d }) => {
    const type = d.pick(['blackhole', 'unreachable']);
    const prefix = d.pick([`${plan.base}.128/25`, `${plan.base}.10/32`]);
    draft.lines.push(`route add ${type} ${prefix}`);
    return `${type} ${prefix}, which is its own`;
  },
  ({ draft, plan }) => {
    draft.lines.push(`route add blackhole ${plan.podCIDR} metric 4000`);
    return 'a blackhole behind its own range, as flannel --ip-blackhole-route makes it';
  },
  ({ draft, plan, peer, model }) => {
    draft.lines.push(`route add ${plan.base}.128/25 via ${nextHop(peer, model)} dev eth0`);
    return `half of its own range sent to ${peer.name}`;
  },
  ({ draft }) => {
    draft.lines.push('link set cni0 down');
    return 'cni0 is down';
  },
  ({ draft, plan }) => {
    draft.podPrefix = `${plan.base}.0/25`;
    return 'cni0 has half of its range';
  },
  ({ draft, peer, plan, d }) => {
    const selector = d.pick([
      `from ${plan.podCIDR}`,
      `to ${peer.podCIDR}`,
      `from ${plan.base}.128/25`,
      'iif cni0',
      'not iif lo',
    ]);
    const way = d.pick([`via ${peer.address} dev eth0`, `via 192.168.${String(50 + plan.segment)}.202 dev eth0`]);
    draft.lines.push(`rule add ${selector} lookup 100`, `route add ${peer.podCIDR} ${way} table 100`);
    return `a rule (${selector}) with a route to ${peer.name} ${way}`;
  },
  ({ draft, peer, plan }) => {
    draft.lines.push(`route add throw ${peer.podCIDR} table 100`, `route add blackhole 10.244.0.0/16 table 100`);
    draft.lines.push(`rule add from ${plan.podCIDR} lookup 100`);
    return `a table that throws ${peer.name} back and drops all others`;
  },
  ({ draft, peer }) => {
    draft.lines.push(`rule add fwmark 0x7 lookup 100`, `route add blackhole ${peer.podCIDR} table 100`);
    return `a rule for marked packets to ${peer.name}`;
  },
  ({ draft, peer }) => {
    draft.lines.push(`rule add from all lookup main suppress_prefixlength 0 priority 50`);
    draft.lines.push(`rule add from all to ${peer.podCIDR} blackhole priority 60`);
    return `a rule that drops what only a default route takes to ${peer.name}`;
  },
];

function finish(plan: Plan, draft: Draft | undefined): KernelNode {
  const { name, segment, address, podCIDR, base } = plan;
  return {
    name,
    segment,
    address,
    podCIDR,
    pods: [`${base}.10`, `${base}.200`],
    gateway: `${base}.1`,
    podPrefix: draft?.podPrefix ?? podCIDR,
    lines: draft?.lines ?? [],
    switches: draft?.switches ?? {},
  };
}

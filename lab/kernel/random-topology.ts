// Clusters of a few nodes with host routes in all states that people have seen, by chance that is the same in every run.
import { dice } from '../random/dice.ts';
import type { Breaking, Draft, Model, Plan } from './faults.ts';
import { breakRoutes, nextHop } from './faults.ts';
import { breakFirewalls } from './firewalls.ts';
import type { KernelNode, Topology } from './topology.ts';
import { routerAddress, routerAddress6 } from './topology.ts';

export function randomTopology(seed: number): Topology {
  const d = dice(seed * 7919);
  const says: string[] = [];
  const segments = d.percent(30) ? 2 : 1;
  const hasIPv6 = d.percent(30);
  const plans = Array.from({ length: d.between(3, 8) }, (_, index): Plan => {
    const segment = d.between(0, segments - 1);
    const number = String(index + 1);
    const base = `10.244.${number}`;
    const base6 = `fd00:244:${number}`;
    return {
      name: `n${number}`,
      segment,
      address: `192.168.${String(50 + segment)}.${number}`,
      podCIDR: `${base}.0/24`,
      base,
      address6: `fd00:${String(50 + segment)}::${number}`,
      podCIDR6: `${base6}::/64`,
      base6,
    };
  });
  const model = d.weighted<Model>([
    [55, 'A'],
    [30, 'B'],
    [15, 'C'],
  ]);
  const hasRouter = model === 'C' || d.percent(segments === 2 ? 60 : 40);
  const hasDefault = model === 'C' || (hasRouter && d.percent(85));
  says.push(
    `model ${model}, ${String(segments)} segment(s), ${hasRouter ? 'a' : 'no'} router${hasIPv6 ? ', dual stack' : ''}`,
  );
  const drafts = new Map(plans.map((plan) => [plan, healthy(plan, plans, model, { hasDefault, hasIPv6 })]));
  const faults = d.weighted([
    [15, 0],
    [35, 1],
    [30, 2],
    [20, 4],
  ] as const);
  const breakSome = (many: number, breakIt: Breaking): void => {
    for (let count = 0; count < many; count += 1) {
      const plan = d.pick(plans);
      const peer = d.pick(plans.filter((other) => other !== plan));
      const draft = drafts.get(plan);
      if (draft === undefined) continue;
      says.push(`${plan.name}: ${breakIt({ d, plan, peer, plans, draft, model })}`);
    }
  };
  breakSome(faults, breakRoutes);
  breakSome(d.pick([0, 0, 1, 2, 4]), breakFirewalls);
  const router =
    hasRouter && (model === 'C' || d.percent(50))
      ? plans.flatMap((plan) => [
          `route add ${plan.podCIDR} via ${plan.address}`,
          ...(hasIPv6 ? [`route add ${plan.podCIDR6} via ${plan.address6}`] : []),
        ])
      : [];
  if (router.length > 0) says.push('the router knows the pods');
  return {
    nodes: plans.map((plan) => finish(plan, drafts.get(plan), hasIPv6)),
    segments,
    hasIPv6,
    ...(hasRouter ? { router } : {}),
    isWarm: d.percent(75),
    says,
  };
}

interface Whole {
  readonly hasDefault: boolean;
  readonly hasIPv6: boolean;
}

function healthy(plan: Plan, plans: readonly Plan[], model: Model, { hasDefault, hasIPv6 }: Whole): Draft {
  const lines = hasDefault ? [`route add default via ${routerAddress(plan.segment)}`] : [];
  if (hasDefault && hasIPv6) lines.push(`route add default via ${routerAddress6(plan.segment)}`);
  if (model === 'B') lines.push('route add 10.244.0.0/16 dev eth0');
  for (const peer of plans) {
    if (peer === plan || model === 'C') continue;
    // The kernel refuses what is not on the link, as it does for flannel.
    lines.push(`route add ${peer.podCIDR} via ${nextHop(peer, model)} dev eth0`);
    // Of IPv6 nobody answers for the pods' gateway on another link, so there is no model B.
    if (hasIPv6) lines.push(`route add ${peer.podCIDR6} via ${peer.address6} dev eth0`);
  }
  return { lines, switches: {}, firewalls: [], podPrefix: plan.podCIDR, spreads: false };
}

function finish(plan: Plan, draft: Draft | undefined, hasIPv6: boolean): KernelNode {
  const { name, segment, address, podCIDR, base, address6, podCIDR6, base6 } = plan;
  const numbers6 = {
    address: address6,
    podCIDR: podCIDR6,
    pods: [`${base6}::10`, `${base6}:0:8000::10`],
    gateway: `${base6}::1`,
    podPrefix: podCIDR6,
  };
  return {
    name,
    segment,
    numbers: {
      address,
      podCIDR,
      pods: [`${base}.10`, `${base}.200`],
      gateway: `${base}.1`,
      podPrefix: draft?.podPrefix ?? podCIDR,
    },
    ...(hasIPv6 ? { numbers6 } : {}),
    lines: draft?.lines ?? [],
    switches: draft?.switches ?? {},
    firewalls: (draft?.firewalls ?? []).filter(({ tool }) => hasIPv6 || tool !== 'ip6tables-nft-restore'),
    spreads: draft?.spreads ?? false,
  };
}

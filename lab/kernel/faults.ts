// What people have seen wrong with nodes' routes, rules and switches; each says what it did.
import type { Dice } from '../random/dice.ts';
import type { FirewallScript } from './topology.ts';

/** A node before anything is wrong with it. */
export interface Plan {
  readonly name: string;
  readonly segment: number;
  readonly address: string;
  readonly podCIDR: string;
  /** The first three numbers of the podCIDR. */
  readonly base: string;
  readonly address6: string;
  readonly podCIDR6: string;
  readonly base6: string;
}

/** What becomes of it. */
export interface Draft {
  readonly lines: string[];
  readonly switches: Record<string, string>;
  readonly firewalls: FirewallScript[];
  podPrefix: string;
  spreads: boolean;
}

/**
 * `A`: next hop is the peer's address; `B`: a supernet on the link, and next hop is the peer's own pod gateway; `C`:
 * a router has the routes.
 */
export type Model = 'A' | 'B' | 'C';

export interface Scene {
  readonly d: Dice;
  readonly plan: Plan;
  readonly peer: Plan;
  readonly plans: readonly Plan[];
  readonly draft: Draft;
  readonly model: Model;
}

/** Says what it did. */
export type Breaking = (scene: Scene) => string;

export const breakRoutes: Breaking = (scene) => scene.d.pick(FAULTS)(scene);

export function nextHop(peer: Plan, model: Model): string {
  return model === 'B' ? `${peer.base}.1` : peer.address;
}

const FAULTS: readonly Breaking[] = [
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
  ({ peer, draft, plan, plans, d }) => {
    const other = d.pick(plans.filter((one) => one !== plan));
    draft.lines.push(
      `route replace ${peer.podCIDR} nexthop via ${peer.address} dev eth0 nexthop via ${other.address} dev eth0`,
    );
    draft.spreads = true;
    return `${peer.name} by way of itself and ${other.name}`;
  },
  ({ draft, peer, plan, plans, d }) => {
    const other = d.pick(plans.filter((one) => one !== plan));
    draft.lines.push(
      d.pick([
        `route del ${peer.podCIDR6}`,
        `route replace ${peer.podCIDR6} via ${other.address6} dev eth0`,
        `route add blackhole ${peer.base6}:0:8000::/65 metric 10`,
        `route add ${peer.podCIDR6} via fd00:${String(50 + plan.segment)}::c8 dev eth0 metric 10`,
      ]),
    );
    return `IPv6: ${draft.lines.at(-1) ?? ''}`;
  },
  ({ draft }) => {
    draft.switches['ipv6/conf/all/forwarding'] = '0';
    return 'IPv6 is not forwarded';
  },
];

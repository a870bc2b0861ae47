import { NO_SUBJECTS } from '../model/judgement.ts';
import type { GuestFacts } from '../model/snapshot.ts';
import { defineRule } from './rule.ts';

interface Data {
  readonly node: string;
}

export const bridgeNetfilterMissing = defineRule<Data>({
  id: 'bridge-netfilter-missing',
  title: 'flannel needs br_netfilter, which is not loaded',
  severity: 'notice',
  needs: ['guests'],
  evaluate: ({ snapshot: { guests = [] }, nodes }) =>
    guests
      .filter(
        (guest) => isMissing(guest) && nodes.some(({ facts, isSkipped }) => facts.name === guest.node && !isSkipped),
      )
      .map(({ node, source }) => ({
        cause: `cluster/${node}`,
        verdict: 'fail' as const,
        subjects: { ...NO_SUBJECTS, nodes: [node] },
        evidence: [
          { source, text: 'there is no net.bridge.bridge-nf-call-iptables, and flannel has chains in iptables' },
        ],
        pairsBroken: 0,
        roundTripsBroken: 0,
        data: { node },
      })),
  explain: ({ data: { node } }) => ({
    what: `The kernel of ${node} has no br_netfilter, without which flannel does not start again.`,
    why: 'Since October 2024 flannel in its iptables mode looks for /proc/sys/net/bridge/bridge-nf-call-iptables at its start, and exits if it is not there. What it has set up stays until then.',
    next: `Run on ${node}: modprobe br_netfilter. To keep it, write br_netfilter into /etc/modules-load.d/br_netfilter.conf.`,
  }),
});

/** Where flannel writes nftables, it does not look for the module. */
function isMissing({ bridgeCallsIptables, firewall = [], unread }: GuestFacts): boolean {
  const isRead = unread.every(({ part }) => part !== 'settings');
  const usesIptables = firewall.some(({ id }) => /^iptables-(nft|legacy) \S+ FLANNEL-/.test(id));
  return isRead && usesIptables && bridgeCallsIptables === undefined;
}

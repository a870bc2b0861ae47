import type { GuestData } from './guest-faults.ts';
import { observeGuests, placeText } from './guest-faults.ts';
import { defineRule, listNames } from './rule.ts';

interface Data extends GuestData {
  /** Of all pods, in the family of the packets. */
  readonly podRanges: readonly string[];
}

export const hostFirewallDrops = defineRule<Data>({
  id: 'host-firewall-drops',
  title: 'The node’s firewall drops forwarded pod packets',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) =>
    observeGuests(context, 'host-firewall-drops').map((observation) => {
      const { family } = observation.data.fault;
      const ranges = context.podRanges.prefixes.filter((prefix) => prefix.family === family);
      return { ...observation, data: { ...observation.data, podRanges: ranges.map(({ text }) => text) } };
    }),
  explain: ({ data }) => {
    const { fault, podCIDRs } = data;
    const { filter = { chain: 'its firewall', text: '' }, node, owner } = fault;
    const where = podCIDRs.length === 1 ? `${placeText(data)}, pods of ${owner},` : `pods in ${listNames(podCIDRs)}`;
    const by = isPolicy(filter) ? `the policy of ${filter.chain}` : `a rule of ${filter.chain} (${filter.text})`;
    return {
      what: `The firewall of ${node} drops forwarded packets to ${where} by ${by}.`,
      why: 'A packet from or to a pod is forwarded by the node, so every chain at the kernel’s forward hook has to accept it; a drop in any of them is final.',
      next: `${advise(data)} Write it down where the node’s firewall is configured as well (firewalld, ufw, /etc/nftables.conf, iptables-persistent), or a restart undoes it.`,
    };
  },
});

interface Filter {
  readonly chain: string;
  readonly text: string;
}

function isPolicy({ text }: Filter): boolean {
  return text.startsWith('policy ');
}

/** Ids of chains are `iptables-nft filter FORWARD` and `nft inet firewalld filter_FORWARD`. */
function advise({ fault: { filter, node, podCIDR, family }, podRanges }: Data): string {
  if (filter === undefined) return `Look at the firewall of ${node}.`;
  const [tool = '', ...names] = filter.chain.split(' ');
  const ranges = podRanges.length > 0 ? podRanges : [podCIDR];
  const isNft = tool === 'nft';
  if (!isPolicy(filter)) {
    const [, handle] = /rule (\d+)/.exec(filter.text) ?? [];
    const command = isNft
      ? `nft delete rule ${names.join(' ')} handle ${handle ?? 'N'}`
      : `${tool} -t ${names[0] ?? 'filter'} ${filter.text.replace(/^-A /, '-D ')}`;
    return `Run on ${node}, if the rule is not meant for pods: ${command}.`;
  }
  const protocol = family === 6 ? 'ip6' : 'ip';
  const commands = ranges.flatMap((range) =>
    isNft
      ? ['saddr', 'daddr'].map((side) => `nft insert rule ${names.join(' ')} ${protocol} ${side} ${range} accept`)
      : ['-s', '-d'].map(
          (side) => `${tool} -t ${names[0] ?? 'filter'} -I ${names[1] ?? 'FORWARD'} ${side} ${range} -j ACCEPT`,
        ),
  );
  return `Let it accept the pods’ range; run on ${node}: ${commands.join(' && ')}.`;
}

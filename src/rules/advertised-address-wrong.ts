import { containsAddress, parseAddress, parsePrefixes } from '../model/prefix.ts';
import { flannelNodes, nodeSubjects } from './flannel.ts';
import type { Observation, RuleContext, RuleNode, Words } from './rule.ts';
import { defineRule, listNames } from './rule.ts';

/** Nobody else reaches a node at these: this host, link-local. */
const OWN_RANGES = parsePrefixes(['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '::/127', 'fe80::/10']);

type Data =
  | { readonly kind: 'shared'; readonly address: string; readonly nodes: readonly string[] }
  | { readonly kind: 'nobody' | 'other'; readonly address: string; readonly node: string; readonly owner?: string }
  /** Told by hand, under a backend whose peers need the address on their own link. */
  | { readonly kind: 'overwrite'; readonly address: string; readonly node: string; readonly own: string };

interface Announced {
  readonly node: RuleNode;
  readonly address: string;
}

export const advertisedAddressWrong = defineRule<Data>({
  id: 'advertised-address-wrong',
  title: 'flannel announces an address at which its node is not',
  severity: 'error',
  needs: ['nodes', 'cni'],
  evaluate: (context) => {
    const announced = announcedBy(context);
    const shared = observeShared(announced);
    const known = new Set([...shared.flatMap(({ subjects }) => subjects.nodes), ...nextHopsAtFault(context)]);
    const owners = new Map(context.nodes.flatMap(({ facts }) => facts.internalIPs.map((ip) => [ip, facts.name])));
    const others = announced.filter(({ node }) => !known.has(node.facts.name));
    return [...shared, ...others.flatMap((one) => observeSingle(one, owners))];
  },
  explain: ({ data }) => explain(data),
});

/** flannel's own word, of nodes where it runs now. */
function announcedBy(context: RuleContext): Announced[] {
  const { agents } = context.snapshot.cluster.cni;
  const running = new Set(agents.map(({ node }) => node));
  const inPods = flannelNodes(context).filter(({ facts }) => running.has(facts.name));
  const embedded = context.nodes.filter(
    ({ facts, isSkipped }) => !isSkipped && facts.k3sNodeArgs !== undefined && facts.ready === 'True',
  );
  return [...new Set([...inPods, ...embedded])].flatMap((node) => {
    const { publicIP, publicIPv6 } = node.facts.flannel ?? {};
    return [publicIP, publicIPv6].flatMap((address) => (address === undefined ? [] : [{ node, address }]));
  });
}

/** These were found by the walk, with the pairs that they break. */
function nextHopsAtFault(context: RuleContext): string[] {
  return context
    .faults('host-gw-off-link')
    .flatMap(({ details }) => details.flatMap((detail) => (detail.kind === 'next-hop' ? [detail.node] : [])));
}

function observeShared(announced: readonly Announced[]): Observation<Data>[] {
  const byAddress = [...Map.groupBy(announced, ({ address }) => address)];
  return byAddress
    .filter(([, all]) => all.length > 1)
    .map(([address, all]) => {
      const nodes = all.map(({ node }) => node.facts.name).sort();
      return {
        ...bare(address, nodes),
        evidence: all.slice(0, 5).map(({ node: { facts } }) => ({
          source: `node ${facts.name}`,
          text: `public-ip ${address}; InternalIP ${facts.internalIPs.join(', ')}`,
        })),
        data: { kind: 'shared', address, nodes },
      };
    });
}

function observeSingle({ node, address }: Announced, owners: ReadonlyMap<string, string>): Observation<Data>[] {
  const { facts, mode } = node;
  const { name, internalIPs, flannel = {} } = facts;
  if (internalIPs.includes(address)) return [];
  const parsed = parseAddress(address);
  const owner = owners.get(address);
  const evidence = [{ source: `node ${name}`, text: `public-ip ${address}; InternalIP ${internalIPs.join(', ')}` }];
  const found = (data: Data, more: Partial<Observation<Data>> = {}): Observation<Data>[] => [
    { ...bare(name, [name]), evidence, data, ...more },
  ];
  if (parsed !== undefined && OWN_RANGES.some((range) => containsAddress(range, parsed))) {
    return found({ kind: 'nobody', address, node: name });
  }
  if (owner !== undefined) return found({ kind: 'other', address, node: name, owner });
  // Under a tunnel an address that peers reach through a router is what overwriting is for.
  const isTold = [flannel.publicIPOverwrite, flannel.publicIPv6Overwrite].includes(address);
  if (!isTold || (mode !== 'host-gw' && mode !== 'cross-subnet')) return [];
  return found({ kind: 'overwrite', address, node: name, own: internalIPs[0] ?? '' }, { severity: 'warning' });
}

function bare(cause: string, nodes: readonly string[]): Omit<Observation<Data>, 'data' | 'evidence'> {
  return {
    cause: `cluster/${cause}`,
    verdict: 'fail',
    subjects: nodeSubjects(nodes),
    pairsBroken: 0,
    roundTripsBroken: 0,
  };
}

const PICK =
  'Let flannel take the link that the nodes reach each other on: add --iface=LINK (or --iface-can-reach=ADDRESS of a peer) to the arguments of its DaemonSet, and the annotation follows when it restarts (k3s: --flannel-iface).';

function explain(data: Data): Words {
  const { address } = data;
  if (data.kind === 'shared') {
    return {
      what: `flannel announces ${address} for ${listNames(data.nodes)}: one address cannot lead to ${String(data.nodes.length)} nodes.`,
      why: 'Packets for the pods of all these nodes go to whoever answers at that address, or nowhere. It is how virtual machines look whose first link has the same address in each of them (VirtualBox: 10.0.2.15).',
      next: PICK,
    };
  }
  const overwrite = `kubectl annotate node ${data.node} flannel.alpha.coreos.com/public-ip-overwrite-`;
  if (data.kind === 'overwrite') {
    return {
      what: `Annotation public-ip-overwrite makes flannel announce ${address} for ${data.node}, which is not its InternalIP ${data.own}.`,
      why: 'Its peers use the address as next hop, which has to be on their own link: if it is not, their kernels refuse the route.',
      next: `Remove it (${overwrite}), and restart flannel on that node; overwriting is for tunnels.`,
    };
  }
  const whose =
    data.kind === 'other' ? `the address of ${data.owner ?? 'another node'}` : 'reached by nobody but the node itself';
  return {
    what: `flannel announces ${address} for ${data.node}, which is ${whose}.`,
    why: 'Packets for the pods of that node do not get there.',
    next: `${PICK} If somebody has set it by hand, remove that: ${overwrite}.`,
  };
}

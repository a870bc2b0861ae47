import { flannelConfigOf } from '../model/flannel.ts';
import type { Family, Prefix } from '../model/prefix.ts';
import { contains, parsePrefixes, smallestCovering } from '../model/prefix.ts';
import type { FlannelConfig } from '../model/snapshot.ts';
import { configEvidence, editCommand, flannelNodes, nodeSubjects, restartCommands } from './flannel.ts';
import type { Observation, RuleContext, RuleNode, Words } from './rule.ts';
import { defineRule, distinctSorted, listNames } from './rule.ts';

/** What flannel can be told, with what it was in the past (Documentation/backends.md). */
const BACKENDS = new Set([
  'host-gw',
  'vxlan',
  'wireguard',
  'ipip',
  'ipsec',
  'udp',
  'alloc',
  'extension',
  'tencent-vpc',
]);
/** Removed in 0.20.0. */
const REMOVED = new Set(['aws-vpc', 'gce', 'ali-vpc']);

type Data =
  | {
      readonly kind: 'network';
      readonly config: FlannelConfig;
      readonly family: Family;
      readonly networks: readonly string[];
      readonly nodes: readonly string[];
      readonly podCIDRs: readonly string[];
      readonly runs: boolean;
      /** The smallest range that holds all podCIDRs of the family. */
      readonly covering: string | undefined;
      readonly restart: string;
    }
  | {
      readonly kind: 'backend';
      readonly config: FlannelConfig;
      readonly nodes: readonly string[];
      readonly runs: boolean;
      readonly restart: string;
    };

export const flannelConfigInvalid = defineRule<Data>({
  id: 'flannel-config-invalid',
  title: 'flannel is told something that it cannot run with',
  severity: 'error',
  needs: ['nodes', 'cni'],
  evaluate: (context) => {
    const { cni } = context.snapshot.cluster;
    const byConfig = Map.groupBy(flannelNodes(context), ({ facts }) => flannelConfigOf(cni, facts.name));
    return [...byConfig].flatMap(([config, nodes]) =>
      config === undefined
        ? []
        : [
            ...observeNetwork(context, config, nodes, 4),
            ...observeNetwork(context, config, nodes, 6),
            ...observeBackend(context, config, nodes),
          ],
    );
  },
  explain: ({ data }) => (data.kind === 'network' ? explainNetwork(data) : explainBackend(data)),
});

function observeNetwork(
  context: RuleContext,
  config: FlannelConfig,
  nodes: readonly RuleNode[],
  family: Family,
): Observation<Data>[] {
  const networks = parsePrefixes(config.networks).filter((network) => network.family === family);
  if (family === 4 && config.ipv4 === false) return [];
  const isInside = (podCIDR: Prefix): boolean => networks.some((network) => contains(network, podCIDR));
  const ranges = nodes.map((node) => {
    const own = parsePrefixes(node.facts.podCIDRs).filter((prefix) => prefix.family === family);
    return { node, own, outside: own.filter((podCIDR) => !isInside(podCIDR)) };
  });
  const outside = ranges.filter(
    // Versions that go by the switch EnableIPv6 alone do not mind the other family.
    ({ node, outside: [first] }) =>
      first !== undefined && (family === 4 || networks.length > 0 || !isReady(context, node)),
  );
  if (outside.length === 0) return [];
  const names = outside.map(({ node }) => node.facts.name);
  const runs = outside.every(({ node }) => isReady(context, node));
  const podCIDRs = distinctSorted(outside.flatMap((one) => one.outside.map(({ text }) => text)));
  return [
    {
      cause: `cluster/${config.source}/network${String(family)}`,
      verdict: 'fail',
      ...(runs ? { severity: 'warning' as const } : {}),
      subjects: { ...nodeSubjects(names), prefixes: podCIDRs },
      evidence: [
        configEvidence(config),
        ...outside.slice(0, SHOWN).map(({ node, outside: own }) => ({
          source: `node ${node.facts.name}`,
          text: `podCIDR ${own.map(({ text }) => text).join(', ')}`,
        })),
      ],
      pairsBroken: 0,
      roundTripsBroken: 0,
      data: {
        kind: 'network',
        config,
        family,
        networks: networks.map(({ text }) => text),
        nodes: names,
        podCIDRs,
        runs,
        covering: smallestCovering(ranges.flatMap(({ own }) => own))?.text,
        restart: restartCommands(context.snapshot.cluster.cni),
      },
    },
  ];
}

/** More would say the same again. */
const SHOWN = 5;

function observeBackend(context: RuleContext, config: FlannelConfig, nodes: readonly RuleNode[]): Observation<Data>[] {
  if (BACKENDS.has(config.backendType)) return [];
  const names = nodes.map(({ facts }) => facts.name);
  const runs = nodes.every((node) => isReady(context, node));
  return [
    {
      cause: `cluster/${config.source}/backend`,
      verdict: 'fail',
      ...(runs ? { severity: 'warning' as const } : {}),
      subjects: nodeSubjects(names),
      evidence: [configEvidence(config)],
      pairsBroken: 0,
      roundTripsBroken: 0,
      data: { kind: 'backend', config, nodes: names, runs, restart: restartCommands(context.snapshot.cluster.cni) },
    },
  ];
}

function isReady({ snapshot }: RuleContext, { facts }: RuleNode): boolean {
  return snapshot.cluster.cni.agents.some(({ node }) => node === facts.name);
}

function explainNetwork(data: Extract<Data, { kind: 'network' }>): Words {
  const { config, family, networks, nodes, podCIDRs, runs, covering, restart } = data;
  const key = family === 4 ? 'Network' : 'IPv6Network';
  const written = networks.length === 0 ? `has no ${key}` : `has ${key} ${networks.join(', ')}`;
  const range = covering ?? podCIDRs[0] ?? '';
  const json = family === 4 ? `"Network": "${range}"` : `"EnableIPv6": true, "IPv6Network": "${range}"`;
  return {
    what: `flannel’s net-conf.json (ConfigMap ${config.source}) ${written}, and the podCIDRs of ${listNames(nodes)} are outside of it: ${listNames(podCIDRs)}.`,
    why: runs
      ? 'flannel runs there: with what it read at its last start, or in a version that does not compare them. Today’s versions stop on a node whose podCIDR is not in their network.'
      : 'flannel stops on a node whose podCIDR is not in its network, and the node gets no routes.',
    next: `Run ${editCommand(config)} and write the range from which the controller manager takes podCIDRs (--cluster-cidr; kubeadm: --pod-network-cidr), which holds at least ${json}. Then restart flannel: ${restart}.`,
  };
}

function explainBackend({ config, nodes, runs, restart }: Extract<Data, { kind: 'backend' }>): Words {
  const { backendType, source } = config;
  const what =
    backendType === ''
      ? `flannel’s net-conf.json (ConfigMap ${source}) has a Backend without Type`
      : `flannel’s net-conf.json (ConfigMap ${source}) asks for backend ${backendType}, which flannel ${REMOVED.has(backendType) ? 'does not have any more since version 0.20.0' : 'does not have'}`;
  const instead = REMOVED.has(backendType)
    ? '"Backend": {"Type":"alloc"} where the cloud’s own controller makes the routes, else {"Type":"vxlan"}'
    : `the backend that is meant, such as "Backend": {"Type":"${backendType === 'host_gw' || backendType === 'hostgw' ? 'host-gw' : 'vxlan'}"}`;
  return {
    what: `${what}; it is what ${listNames(nodes)} read.`,
    why: runs
      ? 'flannel still runs there with what it read at its last start. After the next one it will not.'
      : 'flannel does not start with it, so no node gets routes to the pods of others.',
    next: `Run ${editCommand(config)} and write ${instead}. Then restart flannel: ${restart}.`,
  };
}

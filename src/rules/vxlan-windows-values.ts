import { flannelConfigOf } from '../model/flannel.ts';
import type { FlannelConfig, FlannelGroup } from '../model/snapshot.ts';
import {
  configEvidence,
  editCommand,
  flannelFault,
  flannelNodes,
  groupEvidence,
  groupText,
  nodeSubjects,
  restartCommands,
} from './flannel.ts';
import type { Observation, RuleContext, RuleNode, Words } from './rule.ts';
import { defineRule, listNames } from './rule.ts';

/** The only port, and the lowest VNI, with which flannel starts on Windows (vxlan_windows.go). */
const PORT = 4789;
const LEAST_VNI = 4096;

type Data =
  | {
      readonly kind: 'apart';
      readonly groups: readonly FlannelGroup[];
      readonly config: FlannelConfig | undefined;
      readonly vni: number;
      readonly restart: string;
    }
  /** flannel does not start with it on Windows. */
  | {
      readonly kind: 'refused';
      readonly nodes: readonly string[];
      readonly runs: boolean;
      readonly config: FlannelConfig;
      readonly because: readonly string[];
      readonly restart: string;
    };

export const vxlanWindowsValues = defineRule<Data>({
  id: 'vxlan-windows-values',
  title: 'flannel’s VXLAN is not set up for Windows nodes',
  severity: 'error',
  needs: ['nodes', 'cni'],
  evaluate: (context) => [...observeApart(context), ...observeRefused(context)],
  explain: ({ data }) => (data.kind === 'apart' ? explainApart(data) : explainRefused(data)),
});

function observeApart(context: RuleContext): Observation<Data>[] {
  const { cni } = context.snapshot.cluster;
  return context.faults('vxlan-windows-values').flatMap((group): Observation<Data>[] => {
    const fault = flannelFault(group.details);
    if (fault === undefined) return [];
    const { groups } = fault;
    const vni = groups.find((one) => one.os === 'windows')?.vni ?? LEAST_VNI;
    // Windows cannot be otherwise, so it is the others that have to follow.
    const wrong = groups.filter((one) => (one.vni ?? vni) !== vni || (one.port ?? PORT) !== PORT);
    return [
      {
        ...group,
        subjects: nodeSubjects(wrong.flatMap(({ nodes }) => nodes)),
        evidence: [...groupEvidence(groups), ...(cni.flannel === undefined ? [] : [configEvidence(cni.flannel)])],
        data: { kind: 'apart', groups, config: cni.flannel, vni, restart: restartCommands(cni) },
      },
    ];
  });
}

function observeRefused(context: RuleContext): Observation<Data>[] {
  const { cni } = context.snapshot.cluster;
  const windows = flannelNodes(context).filter(({ facts }) => facts.os === 'windows');
  const bySource = Map.groupBy(windows, ({ facts }) => flannelConfigOf(cni, facts.name));
  return [...bySource].flatMap(([config, nodes]): Observation<Data>[] => {
    const because = config === undefined ? [] : refusals(config);
    if (config === undefined || because.length === 0) return [];
    const names = nodes.map(({ facts }) => facts.name);
    const runs = nodes.every((node) => isRunning(context, node));
    return [
      {
        cause: `cluster/${config.source}`,
        verdict: 'fail',
        ...(runs ? { severity: 'warning' as const } : {}),
        subjects: nodeSubjects(names),
        evidence: [configEvidence(config)],
        pairsBroken: 0,
        roundTripsBroken: 0,
        data: { kind: 'refused', nodes: names, runs, config, because, restart: restartCommands(cni) },
      },
    ];
  });
}

/** What flannel on Windows says no to; absent values are right there. */
function refusals({ backendType, vni, port, directRouting, gbp }: FlannelConfig): string[] {
  if (backendType !== 'vxlan') return [];
  return [
    ...(vni !== undefined && vni < LEAST_VNI ? [`VNI ${String(vni)}`] : []),
    ...(port !== undefined && port !== PORT ? [`Port ${String(port)}`] : []),
    ...(directRouting ? ['DirectRouting'] : []),
    ...(gbp === true ? ['GBP'] : []),
  ];
}

function isRunning({ snapshot }: RuleContext, { facts }: RuleNode): boolean {
  return snapshot.cluster.cni.agents.some(({ node }) => node === facts.name);
}

function backendJson(vni: number): string {
  return JSON.stringify({ Type: 'vxlan', VNI: vni, Port: PORT });
}

function explainApart({ groups, config, vni, restart }: Extract<Data, { kind: 'apart' }>): Words {
  const where =
    config === undefined
      ? `Give flannel on the Linux nodes a net-conf.json with "Backend": ${backendJson(vni)} (k3s: --flannel-conf), and ${restart}`
      : `Run ${editCommand(config)}, let net-conf.json say "Backend": ${backendJson(vni)}, and restart flannel: ${restart}`;
  return {
    what: `flannel runs ${groups.map(groupText).join('; ')}: pods on nodes of different groups do not reach each other.`,
    why: `A node drops VXLAN packets with another VNI or to another port than its own device has. Windows speaks on port ${String(PORT)} only, with a VNI from ${String(LEAST_VNI)} on; Linux takes VNI 1 and port 8472 unless it is told otherwise. Every node still says Ready.`,
    next: `${where}. Let firewalls between the nodes admit UDP ${String(PORT)}.`,
  };
}

function explainRefused({ nodes, runs, config, because, restart }: Extract<Data, { kind: 'refused' }>): Words {
  const state = runs
    ? 'It still runs with what was written before; after its next start it will not'
    : 'It does not run';
  return {
    what: `flannel on Windows does not start with ${because.join(', ')}, which ConfigMap ${config.source} tells it on ${listNames(nodes)}.`,
    why: `Windows takes VXLAN on port ${String(PORT)} with a VNI from ${String(LEAST_VNI)} on, without DirectRouting and GBP. ${state}.`,
    next: `Run ${editCommand(config)}, let net-conf.json say "Backend": ${backendJson(LEAST_VNI)} for Linux and Windows nodes alike, and restart flannel: ${restart}.`,
  };
}

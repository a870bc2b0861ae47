import { flannelConfigOf } from '../model/flannel.ts';
import { FLANNEL_BACKENDS } from '../model/network-modes.ts';
import type { FlannelConfig, FlannelGroup } from '../model/snapshot.ts';
import {
  backendText,
  configEvidence,
  editCommand,
  flannelFault,
  flannelNodes,
  groupEvidence,
  groupText,
  nodeSubjects,
  restartCommands,
} from './flannel.ts';
import type { Observation, RuleContext, Words } from './rule.ts';
import { defineRule, listNames } from './rule.ts';

type Data =
  | {
      readonly kind: 'mixed';
      readonly difference: 'backend' | 'values';
      readonly groups: readonly FlannelGroup[];
      readonly config: FlannelConfig | undefined;
      readonly isLost: boolean;
      readonly restart: string;
    }
  /** All nodes run alike, and not as they are told. */
  | {
      readonly kind: 'pending';
      readonly nodes: readonly string[];
      readonly running: string;
      readonly config: FlannelConfig;
      readonly restart: string;
    };

export const backendMixed = defineRule<Data>({
  id: 'backend-mixed',
  title: 'flannel runs in different ways, and nodes do not understand each other',
  severity: 'error',
  needs: ['nodes', 'cni'],
  evaluate: (context) => {
    const mixed = observeMixed(context);
    return mixed.some(({ data }) => data.kind === 'mixed' && data.difference === 'backend')
      ? mixed
      : [...mixed, ...observePending(context)];
  },
  explain: ({ data }) => (data.kind === 'mixed' ? explainMixed(data) : explainPending(data)),
});

function observeMixed(context: RuleContext): Observation<Data>[] {
  const { cni } = context.snapshot.cluster;
  return context.faults('backend-mixed').flatMap((group): Observation<Data>[] => {
    const fault = flannelFault(group.details);
    if (fault === undefined) return [];
    const { difference, groups } = fault;
    const isAsTold = (one: FlannelGroup): boolean => {
      const config = flannelConfigOf(cni, one.nodes[0] ?? '');
      if (config?.backendType !== one.type) return false;
      return difference === 'backend' || one.vni === undefined || one.vni === (config.vni ?? 1);
    };
    const told = groups.filter(isAsTold);
    // Where nobody knows what was meant, the many are right.
    const wrong = told.length === 0 ? groups.slice(1) : groups.filter((one) => !told.includes(one));
    return [
      {
        ...group,
        subjects: nodeSubjects(wrong.flatMap(({ nodes }) => nodes)),
        evidence: [...groupEvidence(groups), ...(cni.flannel === undefined ? [] : [configEvidence(cni.flannel)])],
        data: {
          kind: 'mixed',
          difference,
          groups,
          config: told.length === 0 ? undefined : cni.flannel,
          isLost: group.verdict === 'fail',
          restart: restartCommands(cni),
        },
      },
    ];
  });
}

/** One by one, the next restarts would cut nodes off from those that have not restarted yet. */
function observePending(context: RuleContext): Observation<Data>[] {
  const { cni } = context.snapshot.cluster;
  const waiting = flannelNodes(context).flatMap((node) => {
    const config = flannelConfigOf(cni, node.facts.name);
    const running = node.facts.flannel?.backendType;
    const isPending =
      config !== undefined &&
      running !== undefined &&
      running !== config.backendType &&
      FLANNEL_BACKENDS[config.backendType] !== undefined;
    return isPending ? [{ name: node.facts.name, running, config }] : [];
  });
  const [first] = waiting;
  if (first === undefined) return [];
  const nodes = waiting.map(({ name }) => name);
  return [
    {
      cause: 'cluster/flannel-pending',
      verdict: 'fail',
      severity: 'warning',
      subjects: nodeSubjects(nodes),
      evidence: [
        configEvidence(first.config),
        { source: `nodes ${listNames(nodes)}`, text: `flannel runs ${first.running}` },
      ],
      pairsBroken: 0,
      roundTripsBroken: 0,
      data: { kind: 'pending', nodes, running: first.running, config: first.config, restart: restartCommands(cni) },
    },
  ];
}

function explainMixed({ difference, groups, config, isLost, restart }: Extract<Data, { kind: 'mixed' }>): Words {
  const lost = isLost
    ? 'nothing else carries the packets, so they are lost'
    : 'whether a router between the nodes carries the packets all the same was not read';
  return {
    what: `flannel runs ${groups.map(groupText).join('; ')}: nodes of different groups do not reach each other’s pods.`,
    why:
      difference === 'backend'
        ? `flannel ignores nodes of another backend with a line in its log, so their kernels have no route to each other’s pods; ${lost}. Every node still says Ready.`
        : 'A node drops VXLAN packets with another VNI or to another port than its own device has. Every node still says Ready.',
    next:
      config === undefined
        ? `Decide for one of them, write it into flannel’s net-conf.json, and restart flannel on all nodes (${restart}).`
        : `The ConfigMap ${config.source} says ${backendText({ ...config, type: config.backendType })}; flannel reads it only when it starts. Restart it on all nodes: ${restart}.`,
  };
}

function explainPending({ nodes, running, config, restart }: Extract<Data, { kind: 'pending' }>): Words {
  return {
    what: `The ConfigMap ${config.source} tells flannel to run ${config.backendType}, and on ${listNames(nodes)} it still runs ${running}.`,
    why: 'flannel reads its configuration only when it starts: each node that restarts is cut off from those that have not yet.',
    next: `If the change is meant, restart all at once, and expect an interruption: ${restart}. If not, undo it: ${editCommand(config)}.`,
  };
}

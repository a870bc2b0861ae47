import type { DaemonSetFacts, NodeFacts, Toleration } from '../model/snapshot.ts';
import { nodeSubjects } from './flannel.ts';
import { defineRule, listNames } from './rule.ts';

interface Data {
  readonly set: DaemonSetFacts;
  readonly nodes: readonly string[];
}

export const daemonsetOsSelector = defineRule<Data>({
  id: 'daemonset-os-selector',
  title: 'A DaemonSet for Linux is let onto Windows nodes',
  severity: 'warning',
  needs: ['nodes', 'cni'],
  evaluate: (context) => {
    const windows = context.nodes.filter(({ facts, isSkipped }) => facts.os === 'windows' && !isSkipped);
    const sets = context.snapshot.cluster.cni.daemonSets ?? [];
    return sets
      .filter(({ os, name }) => os === 'any' && !name.includes('windows'))
      .map((set) => ({ set, nodes: windows.filter(({ facts }) => lands(set, facts)).map(({ facts }) => facts.name) }))
      .filter(({ nodes }) => nodes.length > 0)
      .map((data) => ({
        cause: `cluster/${data.set.namespace}/${data.set.name}`,
        verdict: 'fail' as const,
        subjects: nodeSubjects(data.nodes),
        evidence: [
          {
            source: `DaemonSet ${data.set.namespace}/${data.set.name}`,
            text: 'neither its nodeSelector nor its required node affinity names an operating system',
          },
        ],
        pairsBroken: 0,
        roundTripsBroken: 0,
        data,
      }));
  },
  explain: ({ data: { set, nodes } }) => {
    const { namespace, name } = set;
    const patch = { spec: { template: { spec: { nodeSelector: { 'kubernetes.io/os': 'linux' } } } } };
    return {
      what: `DaemonSet ${namespace}/${name} is made for Linux, and nothing keeps its pods off the Windows nodes ${listNames(nodes)}.`,
      why: 'A Linux image cannot run there: the pods never start, and the DaemonSet never gets ready, which hides real trouble.',
      next: `Limit it: kubectl -n ${namespace} patch daemonset ${name} --type merge -p '${JSON.stringify(patch)}'.`,
    };
  },
});

/** Taints that Kubernetes itself puts on nodes are tolerated by all DaemonSets. */
function lands({ tolerations }: DaemonSetFacts, { taints }: NodeFacts): boolean {
  return taints.every((text) => {
    const [, key = '', value = '', effect = ''] = /^([^=:]*)=?([^:]*):(.*)$/.exec(text) ?? [];
    if (effect === 'PreferNoSchedule' || key.startsWith('node.kubernetes.io/')) return true;
    return tolerations.some((one) => tolerates(one, key, value, effect));
  });
}

function tolerates(one: Toleration, key: string, value: string, effect: string): boolean {
  const isKey = one.key === undefined || (one.key === key && (one.value === undefined || one.value === value));
  return isKey && (one.effect === undefined || one.effect === effect);
}

/** What the rules about flannel share: words for how it runs, and the commands that change it. */
import type { FaultDetail } from '../model/faults.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { Agent, CniFacts, FlannelConfig, FlannelGroup } from '../model/snapshot.ts';
import type { Observation, RuleContext, RuleNode } from './rule.ts';
import { listNames } from './rule.ts';

export type FlannelFault = Extract<FaultDetail, { kind: 'flannel' }>;

/** The groups that a finding's paths are about; undefined: it is about none. */
export function flannelFault(details: readonly FaultDetail[]): FlannelFault | undefined {
  return details.find((detail) => detail.kind === 'flannel');
}

/** `vxlan with VNI 1 and UDP port 8472`. */
export function backendText({ type, vni, port }: Omit<FlannelGroup, 'os' | 'nodes'>): string {
  const values = [
    ...(vni === undefined ? [] : [`VNI ${String(vni)}`]),
    ...(port === undefined ? [] : [`UDP port ${String(port)}`]),
  ];
  return values.length === 0 ? type : `${type} with ${values.join(' and ')}`;
}

/** `vxlan with VNI 1 on a, b and c`. */
export function groupText(group: FlannelGroup): string {
  return `${backendText(group)} on ${group.os === 'windows' ? 'Windows ' : ''}${listNames(group.nodes)}`;
}

/** One piece of evidence for each way in which flannel runs. */
export function groupEvidence(groups: readonly FlannelGroup[]): Observation<unknown>['evidence'] {
  return groups.map((group) => ({
    source: `nodes ${listNames(group.nodes)}`,
    text: `flannel runs ${backendText(group)}${group.os === 'windows' ? ', on Windows' : ''}`,
  }));
}

export function configEvidence(config: FlannelConfig): { source: string; text: string } {
  const { source, backendType, vni, port, directRouting, networks } = config;
  const values = [
    ...(vni === undefined ? [] : [`VNI ${String(vni)}`]),
    ...(port === undefined ? [] : [`Port ${String(port)}`]),
    ...(directRouting ? ['DirectRouting on'] : []),
    ...(config.gbp === true ? ['GBP on'] : []),
  ];
  const backend = backendType === '' ? 'no backend type' : `backend ${backendType}`;
  const where = networks.length === 0 ? 'no network' : `network ${networks.join(', ')}`;
  return { source: `ConfigMap ${source}`, text: [backend, ...values, where].join(', ') };
}

/** `kubectl -n kube-flannel edit configmap kube-flannel-cfg`. */
export function editCommand({ source }: FlannelConfig): string {
  const [namespace = '', name = ''] = source.split('/');
  return `kubectl -n ${namespace} edit configmap ${name}`;
}

/** For each of flannel's DaemonSets; where it is in no pod, it runs in k3s or RKE2 itself. */
export function restartCommands({ agents, notReady = [], daemonSets = [] }: CniFacts): string {
  const isInPod = [...agents, ...notReady].some((one) => one.agents.some(isFlannel));
  if (!isInPod) return 'restart k3s or RKE2 on the nodes';
  const sets = daemonSets.filter(({ runs }) => runs !== 'kube-proxy');
  if (sets.length === 0) return 'delete the pods of its DaemonSet';
  return sets.map(({ namespace, name }) => `kubectl -n ${namespace} rollout restart daemonset/${name}`).join(' and ');
}

function isFlannel(agent: Agent): boolean {
  return agent === 'flannel' || agent === 'canal';
}

/** Nodes with flannel in a pod, Ready or not, that are judged. */
export function flannelNodes({ snapshot, nodes }: RuleContext): RuleNode[] {
  const { agents, notReady = [] } = snapshot.cluster.cni;
  const names = new Set([...agents, ...notReady].flatMap((one) => (one.agents.some(isFlannel) ? [one.node] : [])));
  return nodes.filter((node) => !node.isSkipped && names.has(node.facts.name));
}

export function nodeSubjects(nodes: readonly string[]): Observation<unknown>['subjects'] {
  return { ...NO_SUBJECTS, nodes: [...nodes].sort() };
}

/**
 * flannel between two nodes: it talks to its own kind only. A peer of another backend is ignored with a line in the log
 * (pkg/backend/route_network.go, vxlan_network.go), and a VXLAN packet with another VNI or port than the receiver's own
 * device has is nobody's there. Both nodes stay Ready.
 */
import type { Fault } from '../model/faults.ts';
import type { FlannelDifference, FlannelGroup } from '../model/flannel.ts';
import type { FlannelBackend } from './modes/guess.ts';
import { PLAIN_MODES } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';

/** Present where flannel's nodes are not all set up alike. */
export interface FlannelSplit {
  /** Some differ in their backends, so that what is no peer of a node may go by its default route. */
  readonly hasBackends: boolean;
  /** The one fault of all pairs that differ so. */
  readonly faults: Readonly<Record<FlannelDifference, Fault>>;
}

/** Undefined: they understand each other, as far as is known. */
export function differenceOf(
  a: FlannelBackend | undefined,
  b: FlannelBackend | undefined,
): FlannelDifference | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.type !== b.type) return 'backend';
  return a.type === 'vxlan' && (areDifferent(a.vni, b.vni) || areDifferent(a.port, b.port)) ? 'values' : undefined;
}

function areDifferent(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

/** Present where flannel on each of them ignores the other one. Where no tunnel is at either end, the walk sees that. */
export function flannelRift({ flannel }: Survey, from: SurveyedNode, to: SurveyedNode): Fault | undefined {
  if (flannel === undefined || to.standsFor !== undefined) return undefined;
  const isPlain = PLAIN_MODES.has(from.mode.mode) && PLAIN_MODES.has(to.mode.mode);
  const isRift = !isPlain && differenceOf(from.mode.flannel, to.mode.flannel) === 'backend';
  return isRift ? flannel.faults.backend : undefined;
}

/** Nodes that are skipped are nobody's peers worth a word. Undefined: all are set up alike. */
export function splitFlannel(nodes: readonly SurveyedNode[]): FlannelSplit | undefined {
  const groups = groupNodes(nodes);
  const [first, ...others] = groups;
  if (first === undefined || !others.some((other) => groups.some((one) => differenceOf(one, other) !== undefined))) {
    return undefined;
  }
  const tunnels = groups.filter(({ type }) => type === 'vxlan');
  const isForWindows = tunnels.some(({ os }) => os === 'windows');
  return {
    hasBackends: new Set(groups.map(({ type }) => type)).size > 1,
    faults: {
      backend: faultOf('backend-mixed', 'cluster/flannel-backends', 'backend', groups),
      values: faultOf(
        isForWindows ? 'vxlan-windows-values' : 'backend-mixed',
        'cluster/vxlan-values',
        'values',
        tunnels,
      ),
    },
  };
}

function faultOf(
  rule: Fault['rule'],
  cause: string,
  difference: FlannelDifference,
  groups: readonly FlannelGroup[],
): Fault {
  const detail = { kind: 'flannel' as const, difference, groups };
  return { rule, verdict: 'fail', owner: 'shared', slot: cause, cause, detail };
}

/** By what they run, those with most nodes first. */
function groupNodes(nodes: readonly SurveyedNode[]): FlannelGroup[] {
  const groups = new Map<string, { group: FlannelGroup; names: string[] }>();
  for (const { name, mode, facts, skipped } of nodes) {
    if (mode.flannel === undefined || skipped !== undefined) continue;
    const key = `${describeBackend(mode.flannel)} ${facts.os}`;
    let known = groups.get(key);
    if (known === undefined) {
      const names: string[] = [];
      known = { group: { ...mode.flannel, os: facts.os, nodes: names }, names };
      groups.set(key, known);
    }
    known.names.push(name);
  }
  return [...groups.entries()]
    .sort(([a, one], [b, other]) => other.names.length - one.names.length || (a < b ? -1 : 1))
    .map(([, { group }]) => group);
}

/** Equal for nodes that are set up alike. */
export function describeBackend({ type, vni = -1, port = -1 }: FlannelBackend): string {
  return `${type} ${String(vni)} ${String(port)}`;
}

/** What a node's machine (or the lack of one) means for every packet from and towards the node. */
import type { Fault, FaultDetail } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import { parseProviderId } from '../model/provider-id.ts';
import type { Gap, NodeFacts, Snapshot } from '../model/snapshot.ts';
import type { JoinResult } from './join.ts';
import { gapsOf } from './survey.ts';

type MachineDetail = Extract<FaultDetail, { kind: 'machine' }>;

export function judgeMachines(
  nodes: readonly NodeFacts[],
  joins: readonly JoinResult[],
  snapshot: Snapshot,
  skips: readonly (string | undefined)[],
): Fault[][] {
  const searched = snapshot.fabrics.map((fabric) => fabric.id);
  const unread = gapsOf(snapshot.gaps, ['machines', 'interfaces']);
  const mixUps = findMixUps(nodes, joins, skips);
  return joins.map((join, index) => {
    const node = nodes[index];
    if (node === undefined) return [];
    const fault = (detail: Omit<MachineDetail, 'kind' | 'node' | 'searched'>): Fault[] => [
      machineFault({ kind: 'machine', node: node.name, searched, ...detail }),
    ];
    switch (join.kind) {
      case 'joined': {
        const { machine } = join;
        if (machine.state === 'running') return [];
        if (machine.state === 'unknown') {
          const reason = `its state is ${machine.stateText}`;
          return [gapFault({ facet: 'machines', subject: `machine ${machine.id}`, scope: join.fabric.id, reason })];
        }
        return fault({ problem: machine.state, machine: machine.id, stateText: machine.stateText });
      }
      case 'elsewhere':
        return [gapFault(elsewhereGap(node, join.reason, snapshot))];
      case 'ambiguous':
        return fault({ problem: 'ambiguous', candidates: join.candidates });
      case 'absent': {
        const [gap] = unread.filter((item) => item.scope === undefined || concernsNode(item, node));
        if (gap !== undefined) return [gapFault(gap)];
        if (searched.length === 0) return [gapFault(elsewhereGap(node, 'no cloud was read', snapshot))];
        const providerID = join.providerID === undefined ? {} : { providerID: join.providerID };
        const cloud = skips[index] === undefined ? (cloudOf(node) ?? '') : '';
        const lost = mixUps.get(cloud);
        if (lost !== undefined) {
          const places = snapshot.fabrics.filter((fabric) => fabric.kind === cloud).map((fabric) => fabric.id);
          return [
            machineFault({
              kind: 'machine',
              node: node.name,
              problem: 'none-found',
              nodes: lost,
              searched: places,
              ...providerID,
            }),
          ];
        }
        return fault({ problem: 'absent', ...providerID });
      }
    }
  });
}

/**
 * Clouds in which not one of the nodes that name them was found: the wrong account, project or region, and not many
 * dead machines. Cloud -> the names of all those nodes.
 */
function findMixUps(
  nodes: readonly NodeFacts[],
  joins: readonly JoinResult[],
  skips: readonly (string | undefined)[],
): Map<string, string[]> {
  const lost = new Map<string, string[]>();
  const found = new Set<string>();
  nodes.forEach((node, index) => {
    const join = joins[index];
    if (join === undefined || skips[index] !== undefined) return;
    if (join.kind === 'joined' && join.by === 'provider-id') found.add(join.fabric.kind);
    const cloud = join.kind === 'absent' ? cloudOf(node) : undefined;
    if (cloud === undefined) return;
    const names = lost.get(cloud);
    if (names === undefined) lost.set(cloud, [node.name]);
    else names.push(node.name);
  });
  return new Map([...lost].filter(([cloud]) => !found.has(cloud)));
}

/** A gap of another cloud is no reason why this node was not found. */
function concernsNode(gap: Gap, node: NodeFacts): boolean {
  const cloud = cloudOf(node);
  return cloud === undefined || gap.scope === cloud || (gap.scope ?? '').startsWith(`${cloud}/`);
}

function cloudOf(node: NodeFacts): string | undefined {
  return node.providerID === undefined ? undefined : parseProviderId(node.providerID).cloud;
}

function elsewhereGap(node: NodeFacts, reason: string, snapshot: Snapshot): Parameters<typeof gapFault>[0] {
  const cloud = cloudOf(node);
  const gaps = snapshot.gaps.filter(
    (gap) => gap.facet === 'machines' && (gap.scope === undefined || gap.scope === cloud),
  );
  const [gap] = gaps;
  if (gap !== undefined) return gap;
  const subject = cloud === undefined ? 'machines of nodes without a cloud' : `machines in ${cloud}`;
  return { facet: 'machines', subject, reason };
}

function machineFault(detail: MachineDetail): Fault {
  const isProven = detail.problem === 'terminated' || detail.problem === 'stopped';
  const isMixUp = detail.problem === 'none-found';
  const cause = isMixUp ? `${detail.searched.join('+')}/*` : `cluster/${detail.node}`;
  return {
    rule: 'node-unmatched',
    verdict: isProven ? 'fail' : 'unknown',
    owner: isMixUp ? 'shared' : 'from',
    slot: isMixUp ? cause : 'machine',
    cause,
    detail,
  };
}

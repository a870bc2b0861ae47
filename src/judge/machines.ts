/** What a node's machine (or the lack of one) means for every packet from and towards the node. */
import type { Fault, FaultDetail } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import { parseProviderId } from '../model/provider-id.ts';
import type { NodeFacts, Snapshot } from '../model/snapshot.ts';
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
  const lost = looksLikeMixUp(joins, skips) ? lostNodes(nodes, joins, skips) : [];
  const isLost = new Set(lost);
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
        const [gap] = unread;
        if (gap !== undefined) return [gapFault(gap)];
        if (searched.length === 0) return [gapFault(elsewhereGap(node, 'no cloud was read', snapshot))];
        const providerID = join.providerID === undefined ? {} : { providerID: join.providerID };
        if (isLost.has(node.name)) return fault({ problem: 'none-found', nodes: lost, ...providerID });
        return fault({ problem: 'absent', ...providerID });
      }
    }
  });
}

/** Not one of the nodes that name a cloud was found there: the wrong account or region, not many dead machines. */
function looksLikeMixUp(joins: readonly JoinResult[], skips: readonly (string | undefined)[]): boolean {
  const judged = joins.filter((_, index) => skips[index] === undefined);
  const named = judged.filter((join) => join.kind === 'absent' && join.providerID !== undefined);
  return named.length > 0 && !judged.some((join) => join.kind === 'joined' && join.by === 'provider-id');
}

function lostNodes(
  nodes: readonly NodeFacts[],
  joins: readonly JoinResult[],
  skips: readonly (string | undefined)[],
): string[] {
  return nodes.flatMap((node, index) => {
    const join = joins[index];
    const isNamed = join?.kind === 'absent' && join.providerID !== undefined;
    return isNamed && skips[index] === undefined ? [node.name] : [];
  });
}

function elsewhereGap(node: NodeFacts, reason: string, snapshot: Snapshot): Parameters<typeof gapFault>[0] {
  const cloud = node.providerID === undefined ? undefined : parseProviderId(node.providerID).cloud;
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

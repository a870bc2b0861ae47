/**
 * Calico as the one who moves packets: IPPools say how, and each block of addresses belongs to a pool. Source: Calico's
 * reference of IPPool and of the public clouds (routes are per block; CrossSubnet encapsulates between subnets only).
 */
import type { Prefix } from '../../model/prefix.ts';
import { contains, parsePrefix } from '../../model/prefix.ts';
import type { CalicoPool } from '../../model/snapshot.ts';
import type { Guess, NodeEvidence, Tunnel } from './guess.ts';
import { IPIP, gapAbout, udp, unknown } from './guess.ts';

export function fromCalico(evidence: NodeEvidence): Guess {
  const { cni, ranges, node } = evidence;
  const pools = cni.calicoPools;
  if (!pools?.some((pool) => !pool.disabled)) {
    return unknown('Calico runs here, but no enabled IPPool was read', gapAbout(evidence, /IPPool/));
  }
  const own = ranges.source === undefined ? undefined : poolsOf(ranges.prefixes, pools);
  if (own === 'none') return unknown('Calico runs here, and a block of this node lies in no IPPool that was read');
  const deciding = own === undefined || own.length === 0 ? pools.filter((pool) => !pool.disabled) : own;
  const modes = new Map(deciding.map((pool) => [modeOf(pool), pool]));
  const [[mode, pool] = [], second] = [...modes];
  if (mode === undefined || pool === undefined || second !== undefined) {
    const names = deciding.map((one) => `${one.name} ${wordOf(one)}`).join(', ');
    return unknown(`Calico runs here with IPPools of different modes (${names})`);
  }
  const tunnel = tunnelOf(deciding);
  const reason = `Calico runs here with IPPool ${pool.name}: ${wordOf(pool)}`;
  if (mode === 'overlay') return { mode, reason, ...(tunnel === undefined ? {} : { tunnel }) };
  if (ranges.missing !== undefined) {
    return unknown(`${reason}, and which blocks this node has could not be read`, ranges.missing);
  }
  if (ranges.source === undefined) {
    return unknown(`${reason}, and no BlockAffinity exists: who gives addresses to pods is not known`);
  }
  if (node.calico?.wireguard === true) {
    return { mode: 'overlay', reason: `${reason}, and WireGuard carries its packets between nodes` };
  }
  const announced = [node.calico?.address, node.calico?.addressV6].filter((text) => text !== undefined);
  return {
    mode,
    reason,
    ...(announced.length === 0 ? {} : { announced }),
    ...(mode === 'cross-subnet' && tunnel !== undefined ? { tunnel } : {}),
  };
}

/** The pools of all blocks, each once; a disabled pool gives out no new blocks, and those it gave go on as before. */
function poolsOf(blocks: readonly Prefix[], pools: readonly CalicoPool[]): CalicoPool[] | 'none' {
  const parsed = pools.flatMap((pool) => {
    const cidr = parsePrefix(pool.cidr);
    return cidr === undefined ? [] : [{ pool, cidr }];
  });
  const found = blocks.map((block) => parsed.find(({ cidr }) => contains(cidr, block))?.pool);
  return found.includes(undefined) ? 'none' : [...new Set(found.filter((pool) => pool !== undefined))];
}

function modeOf({ ipipMode, vxlanMode }: CalicoPool): 'overlay' | 'cross-subnet' | 'host-gw' {
  if (ipipMode === 'Always' || vxlanMode === 'Always') return 'overlay';
  return ipipMode === 'CrossSubnet' || vxlanMode === 'CrossSubnet' ? 'cross-subnet' : 'host-gw';
}

function wordOf({ ipipMode, vxlanMode }: CalicoPool): string {
  if (ipipMode === 'Never' && vxlanMode === 'Never') return 'no encapsulation';
  return ipipMode === 'Never' ? `VXLAN ${vxlanMode}` : `IP-in-IP ${ipipMode}`;
}

/** Calico's VXLAN has port 4789 unless a FelixConfiguration says otherwise, which is not read. */
function tunnelOf(pools: readonly CalicoPool[]): Tunnel | undefined {
  const names = new Set(pools.map((pool) => (pool.ipipMode === 'Never' ? 'vxlan' : 'ipip')));
  if (names.size !== 1) return undefined;
  return names.has('ipip') ? IPIP : udp('VXLAN', 4789);
}

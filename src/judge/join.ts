/** Which machine a node runs on: by provider id, else by private address inside networks known to be the cluster's. */
import { parseProviderId } from '../model/provider-id.ts';
import type { FabricFacts, InterfaceFacts, MachineFacts, NodeFacts } from '../model/snapshot.ts';

export type JoinResult =
  | {
      readonly kind: 'joined';
      readonly by: 'provider-id' | 'address';
      readonly fabric: FabricFacts;
      readonly machine: MachineFacts;
    }
  | { readonly kind: 'absent'; readonly providerID?: string }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }
  /** The provider id names a cloud that was not read, or no cloud at all. */
  | { readonly kind: 'elsewhere'; readonly reason: string };

interface Place {
  readonly fabric: FabricFacts;
  readonly machine: MachineFacts;
}

export function joinNodes(nodes: readonly NodeFacts[], fabrics: readonly FabricFacts[]): JoinResult[] {
  const byKey = new Map<string, Place>();
  for (const fabric of fabrics) {
    for (const machine of fabric.machines) {
      const place = { fabric, machine };
      for (const key of machine.keys) byKey.set(key, place);
    }
  }
  const byProvider = nodes.map((node) => joinByProviderId(node, byKey, fabrics));
  const needsAddress = nodes.some((_, index) => byProvider[index] === undefined);
  if (!needsAddress) return byProvider.map((result) => result ?? { kind: 'absent' });
  const known = networksOf(byProvider, fabrics);
  const left = nodes.filter((_, index) => byProvider[index] === undefined);
  const byAddress = interfacesByAddress(fabrics, new Set(left.flatMap((node) => node.internalIPs)));
  const byId = machinesById([...byAddress.values()].flat());
  return nodes.map((node, index) => byProvider[index] ?? joinByAddress(node, byAddress, byId, known));
}

/** Undefined: this node has no provider id that could decide. */
function joinByProviderId(
  node: NodeFacts,
  byKey: ReadonlyMap<string, Place>,
  fabrics: readonly FabricFacts[],
): JoinResult | undefined {
  if (node.providerID === undefined || node.providerID === '') return undefined;
  const id = parseProviderId(node.providerID);
  if (id.cloud === undefined) return undefined;
  const place = id.key === undefined ? undefined : byKey.get(id.key);
  if (place !== undefined) {
    return { kind: 'joined', by: 'provider-id', fabric: place.fabric, machine: place.machine };
  }
  if (!fabrics.some((fabric) => fabric.kind === id.cloud)) {
    return { kind: 'elsewhere', reason: `its provider id names ${id.cloud}, which was not read` };
  }
  return { kind: 'absent', providerID: node.providerID };
}

/** The networks of the nodes that a provider id has placed; empty: none could be placed that way. */
function networksOf(results: readonly (JoinResult | undefined)[], fabrics: readonly FabricFacts[]): Set<string> {
  const machines = new Set(results.flatMap((result) => (result?.kind === 'joined' ? [result.machine.id] : [])));
  const networks = new Set<string>();
  for (const fabric of fabrics) {
    const here = new Set<string>();
    for (const face of fabric.interfaces) {
      if (face.machine !== undefined && machines.has(face.machine)) here.add(face.network);
    }
    for (const network of here) networks.add(`${fabric.id}/${network}`);
  }
  return networks;
}

interface Holder {
  readonly fabric: FabricFacts;
  readonly face: InterfaceFacts;
}

function interfacesByAddress(fabrics: readonly FabricFacts[], wanted: ReadonlySet<string>): Map<string, Holder[]> {
  const result = new Map<string, Holder[]>();
  for (const fabric of fabrics) {
    for (const face of fabric.interfaces) {
      if (face.machine === undefined) continue;
      for (const address of face.addresses) {
        if (!wanted.has(address)) continue;
        const holders = result.get(address);
        if (holders === undefined) result.set(address, [{ fabric, face }]);
        else holders.push({ fabric, face });
      }
    }
  }
  return result;
}

/** `fabric/machine` -> the machines of these interfaces. */
function machinesById(holders: readonly Holder[]): Map<string, Place> {
  const wanted = new Map<FabricFacts, Set<string | undefined>>();
  for (const { fabric, face } of holders) wanted.set(fabric, (wanted.get(fabric) ?? new Set()).add(face.machine));
  const result = new Map<string, Place>();
  for (const [fabric, ids] of wanted) {
    for (const machine of fabric.machines)
      if (ids.has(machine.id)) result.set(`${fabric.id}/${machine.id}`, { fabric, machine });
  }
  return result;
}

function joinByAddress(
  node: NodeFacts,
  byAddress: ReadonlyMap<string, readonly Holder[]>,
  byId: ReadonlyMap<string, Place>,
  known: ReadonlySet<string>,
): JoinResult {
  const found = new Map<string, Place>();
  for (const address of node.internalIPs) {
    for (const { fabric, face } of byAddress.get(address) ?? []) {
      if (known.size > 0 && !known.has(`${fabric.id}/${face.network}`)) continue;
      const id = `${fabric.id}/${String(face.machine)}`;
      const place = byId.get(id);
      if (place !== undefined) found.set(id, place);
    }
  }
  const [only] = found.values();
  if (only === undefined) return { kind: 'absent' };
  if (found.size > 1)
    return { kind: 'ambiguous', candidates: [...found.values()].map(({ machine }) => machine.id).sort() };
  return { kind: 'joined', by: 'address', ...only };
}

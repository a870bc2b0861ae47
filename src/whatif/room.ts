/** What planned nodes are given: names, podCIDRs and addresses that nothing has yet. */
import type { Family, Prefix } from '../model/prefix.ts';
import { contains, parseAddress, parsePrefix, parsePrefixes } from '../model/prefix.ts';
import { mergePrefixes } from '../model/prefix-set.ts';
import type { InterfaceFacts, MachineFacts, NodeFacts, Snapshot } from '../model/snapshot.ts';
import type { Misfit } from '../model/what-if.ts';
import { freeAddresses, freeNetworks } from './free.ts';
import type { Batch, Pattern, Present } from './pools.ts';
import { GRANT_LISTS, grantsOf } from './pools.ts';

/** One planned node with its machine and interface. */
export interface PlannedNode {
  readonly pattern: Pattern;
  readonly facts: NodeFacts;
  readonly machine: MachineFacts;
  readonly face: InterfaceFacts;
}

/** Networks of one length that are free; `home`: the range in which it looks first. */
interface Search {
  readonly length: number;
  readonly home: Prefix | undefined;
  readonly networks: Generator<Prefix, undefined>;
}

/** Hands out what is free, and remembers what was not. */
export class Room {
  readonly misfits: Misfit[] = [];
  readonly #ranges: readonly Prefix[];
  readonly #isKnown: boolean;
  readonly #used: Prefix[];
  readonly #names: Set<string>;
  readonly #searches = new Map<Family, Search>();
  readonly #addresses = new Map<string, ReturnType<typeof freeAddresses>>();

  constructor(snapshot: Snapshot, present: Present) {
    this.#ranges = parsePrefixes(present.podRanges);
    this.#isKnown = present.podRangesAreKnown;
    this.#used = usedRanges(snapshot, present);
    this.#names = new Set(snapshot.cluster.nodes.map(({ name }) => name));
  }

  fill({ pool, pattern, subnets }: Batch): PlannedNode[] {
    const planned: PlannedNode[] = [];
    const missed = new Map<string, Omit<Misfit, 'fitting'>>();
    const lastMissed = new Map<string, number>();
    const miss = (number: number, problem: Misfit['problem'], subject: string, length?: number): void => {
      const key = `${problem} ${subject}`;
      // A node that wants several ranges is still one node.
      if (lastMissed.get(key) === number) return;
      lastMissed.set(key, number);
      const nodes = (missed.get(key)?.nodes ?? 0) + 1;
      const wanted = length === undefined ? {} : { length };
      missed.set(key, { pool: pool.name, nodes, problem, subject, ...wanted });
    };
    for (let number = 1; number <= pool.count; number += 1) {
      const subnet = subnets[(number - 1) % subnets.length] ?? pattern.face.subnet;
      const addresses = this.#takeAddresses(pattern, subnet);
      if (addresses.length === 0) miss(number, 'subnet-full', subnet);
      const podCIDRs = pattern.ranges.flatMap((own) => {
        const length = pool.podCIDRLengths[own.family] ?? own.length;
        const free = this.#takeNetwork(own, length);
        if (free === undefined) miss(number, 'pod-range-full', this.#rangeText(own.family), length);
        return free === undefined ? [] : [free.text];
      });
      if (addresses.length === 0 || podCIDRs.length < pattern.ranges.length) continue;
      planned.push(this.#makeNode({ pool, pattern, subnets }, number, subnet, addresses, podCIDRs));
    }
    this.misfits.push(...[...missed.values()].map((one) => ({ ...one, fitting: pool.count - one.nodes })));
    return planned;
  }

  #rangeText(family: Family): string {
    const own = this.#ranges.filter((range) => range.family === family).map(({ text }) => text);
    return own.join(' and ');
  }

  #takeNetwork(like: Prefix, length: number): Prefix | undefined {
    const { family } = like;
    const home = this.#ranges.find((range) => contains(range, like));
    let search = this.#searches.get(family);
    // A search knows only what was in use when it began, and that itself hands out.
    if (search?.length !== length || search.home !== home) {
      search = { length, home, networks: this.#freeNetworks(family, length, home) };
      this.#searches.set(family, search);
    }
    const free = search.networks.next().value ?? undefined;
    if (free !== undefined) this.#used.push(free);
    return free;
  }

  /**
   * `home` first: what is in another range may be for other things. Beyond a guessed range there may be more of it: the
   * range around it, twice as large, and so on.
   */
  *#freeNetworks(family: Family, length: number, home: Prefix | undefined): Generator<Prefix, undefined> {
    const others = this.#ranges.filter((range) => range.family === family && range !== home);
    const ranges = home === undefined ? others : [home, ...others];
    for (const range of ranges) yield* freeNetworks(range, length, this.#used);
    const [guess] = ranges;
    if (this.#isKnown || guess === undefined) return undefined;
    for (let size = guess.length - 1; size >= 8; size -= 1) {
      const wider = parsePrefix(`${guess.text.split('/')[0] ?? ''}/${String(size)}`);
      if (wider !== undefined) yield* freeNetworks(wider, length, [...this.#used, guess]);
    }
    return undefined;
  }

  /** One of each family that the pattern has. */
  #takeAddresses({ fabric, face }: Pattern, subnetId: string): string[] {
    const subnet = fabric.subnets.find(({ id }) => id === subnetId);
    const families = new Set(face.addresses.flatMap((text) => parseAddress(text)?.family ?? []));
    return [...families].sort().flatMap((family) => {
      for (const text of subnet?.prefixes ?? []) {
        const prefix = parsePrefix(text);
        if (prefix?.family !== family) continue;
        const key = `${fabric.id}/${subnetId}/${text}`;
        let free = this.#addresses.get(key);
        if (free === undefined) {
          const inSubnet = fabric.interfaces.filter((one) => one.subnet === subnetId);
          free = freeAddresses(prefix, new Set(inSubnet.flatMap(({ addresses }) => addresses)));
          this.#addresses.set(key, free);
        }
        const address = free.next().value ?? undefined;
        if (address !== undefined) return [address.text];
      }
      return [];
    });
  }

  #makeNode(
    { pool, pattern }: Batch,
    number: number,
    subnet: string,
    addresses: readonly string[],
    podCIDRs: readonly string[],
  ): PlannedNode {
    let name = `planned-${pool.name}-${String(number)}`;
    while (this.#names.has(name)) name = `${name}-new`;
    this.#names.add(name);
    const { uid: _uid, providerID: _id, createdAt: _at, calico, ...facts } = pattern.facts;
    const { assignedPrefixes = [], nextHopAddresses, ...face } = pattern.face;
    const assigned = mergePrefixes(parsePrefixes(assignedPrefixes));
    // Alias ranges and delegated prefixes: whoever assigns them to one node does so for the next.
    const isAssigned =
      pattern.ranges.length > 0 && pattern.ranges.every((own) => assigned.some((prefix) => contains(prefix, own)));
    const network = pattern.fabric.subnets.find(({ id }) => id === subnet)?.network ?? face.network;
    const machine = `planned/${pool.name}/${String(number)}`;
    const v4 = addresses.find((text) => parseAddress(text)?.family === 4);
    const v6 = addresses.find((text) => parseAddress(text)?.family === 6);
    const { flannel } = facts;
    return {
      pattern,
      facts: {
        ...facts,
        name,
        podCIDRs,
        internalIPs: addresses,
        os: pool.os ?? facts.os,
        ready: 'True',
        unschedulable: false,
        ...(calico?.wireguard === undefined ? {} : { calico: { wireguard: calico.wireguard } }),
        ...(flannel === undefined
          ? {}
          : {
              flannel: {
                ...flannel,
                ...(flannel.publicIP === undefined || v4 === undefined ? {} : { publicIP: v4 }),
                ...(flannel.publicIPv6 === undefined || v6 === undefined ? {} : { publicIPv6: v6 }),
              },
            }),
      },
      machine: {
        id: machine,
        keys: [],
        state: 'running',
        stateText: 'planned',
        planned: pool.name,
        ...(pattern.machine.zone === undefined ? {} : { zone: pattern.machine.zone }),
      },
      face: {
        ...face,
        id: `${machine}/interface`,
        machine,
        network,
        subnet,
        addresses,
        ...(isAssigned ? { assignedPrefixes: podCIDRs } : {}),
        ...(nextHopAddresses === undefined ? {} : { nextHopAddresses: addresses }),
        forwarding: pool.forwarding ?? pattern.machine.template?.forwarding ?? 'unknown',
      },
    };
  }
}

/** Where pods have other ranges, spec.podCIDRs are nobody's. */
function usedRanges(snapshot: Snapshot, { nodes }: Present): Prefix[] {
  const judged = new Map(nodes.map(({ name, podCIDRs }) => [name, podCIDRs]));
  const grants = grantsOf(snapshot);
  return snapshot.cluster.nodes.flatMap(({ name, podCIDRs }) => {
    const granted = GRANT_LISTS.flatMap((list) => grants[list].get(name) ?? []);
    const spec = granted.length > 0 ? [] : podCIDRs;
    return parsePrefixes([...granted, ...(judged.get(name) ?? spec)]);
  });
}

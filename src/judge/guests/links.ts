/** Which links of which nodes hang on one layer-2 segment, and who answers there for an address. */
import type { GuestLink } from '../../model/guest.ts';
import type { Prefix } from '../../model/prefix.ts';
import { containsAddress, parseAddress } from '../../model/prefix.ts';
import type { RouterFacts } from '../../model/router.ts';
import type { Kernel } from './kernel.ts';
import type { PortFilter } from './port-filter.ts';
import { Routers } from './routers.ts';

export interface Guest {
  readonly name: string;
  readonly kernel: Kernel;
  /** Its links towards other nodes and routers. */
  readonly uplinks: ReadonlySet<string>;
  /** Absent: nothing filters addresses at its ports, as far as anybody knows. */
  readonly port?: PortFilter;
}

/** A link of a node. */
export interface Port {
  readonly guest: Guest;
  readonly device: string;
}

export type NextHop =
  | { readonly kind: 'port'; readonly port: Port }
  /** It was asked for minutes ago, and nobody answered. */
  | { readonly kind: 'silent'; readonly witness: string }
  /** Somebody has it who is no node that was read. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'unclear'; readonly reason: string };

export class Segments {
  /** Those that are no nodes. */
  readonly routers: Routers;
  readonly #guests: readonly Guest[];
  /** Links by hardware address: a bridge or a VLAN may share that of the link below it. */
  readonly #byMac = new Map<string, Port[]>();
  readonly #byAddress: ReadonlyMap<string, readonly Guest[]>;
  /** Of each link, another one of its segment; the last one stands for all. */
  readonly #parents = new Map<string, string>();
  readonly #members = new Map<string, Port[]>();
  /** Networks that are not one segment, whatever somebody says, with what was seen. */
  readonly #refused = new Map<Prefix, string>();

  /** @param told networks of which somebody says that each is one segment */
  constructor(guests: readonly Guest[], told: readonly Prefix[], routers: readonly RouterFacts[] = []) {
    this.#guests = guests;
    this.routers = new Routers(routers, this);
    const holders = guests.flatMap((guest) =>
      guest.kernel.facts.links.flatMap(({ addresses }) => addresses.map(({ address }) => ({ address, guest }))),
    );
    this.#byAddress = new Map(
      [...Map.groupBy(holders, ({ address }) => address)].map(([address, found]) => [
        address,
        [...new Set(found.map(({ guest }) => guest))],
      ]),
    );
    for (const port of this.#ports()) {
      const mac = linkOf(port)?.mac;
      if (mac !== undefined) this.#byMac.set(mac, [...(this.#byMac.get(mac) ?? []), port]);
    }
    this.#joinTold(told);
    this.#joinSeen();
    for (const port of this.#ports()) {
      const root = this.#root(keyOf(port));
      this.#members.set(root, [...(this.#members.get(root) ?? []), port]);
    }
  }

  /** Who gets a frame for this address that a node sends on this link. */
  find({ guest, device }: Port, address: string): NextHop {
    const entry = guest.kernel.neighbour(device, address);
    const owners = this.#ownersNear({ guest, device }, address);
    const [owner] = owners;
    if (entry?.state === 'failed') {
      const witness = `${guest.kernel.facts.source}: nobody answered on ${device} for ${address}`;
      // Its own neighbours have heard of it in the same minutes: it may just have come up.
      if (owner === undefined) return { kind: 'silent', witness };
      return { kind: 'unclear', reason: `${witness}, though ${owner.port.guest.name} has it` };
    }
    if (owners.length > 1) {
      const names = owners.map(({ port }) => port.guest.name).join(' and ');
      return { kind: 'unclear', reason: `${address} is an address of ${names}` };
    }
    if (entry?.mac !== undefined) {
      const holder = this.#holder(entry.mac, address, guest);
      if (owner !== undefined && holder?.guest === owner.port.guest) return { kind: 'port', port: owner.port };
      if (entry.state === 'confirmed')
        return holder === undefined ? { kind: 'stranger' } : { kind: 'port', port: holder };
      if (entry.state === 'static') {
        const isNear = holder !== undefined && this.#areTogether(holder, { guest, device });
        if (isNear) return { kind: 'port', port: holder };
        return { kind: 'unclear', reason: `${device} of ${guest.name} has a fixed entry for ${address}: ${entry.mac}` };
      }
      if (owner !== undefined) {
        const reason = `${guest.name} last saw ${address} at ${entry.mac}, which is not ${owner.port.guest.name}`;
        return { kind: 'unclear', reason };
      }
    }
    if (owner !== undefined) {
      if (owner.answers) return { kind: 'port', port: owner.port };
      return { kind: 'unclear', reason: `whether ${owner.port.guest.name} answers for ${address} is not read` };
    }
    return { kind: 'unclear', reason: this.#whyNobody(guest, device, address) };
  }

  get guests(): readonly Guest[] {
    return this.#guests;
  }

  /** Whether a link of a node has an address in the network. */
  isIn(port: Port, network: Prefix): boolean {
    return hasAddressIn(port, network);
  }

  /** Nodes that have this address, wherever they are. */
  holders(address: string): readonly Guest[] {
    return this.#byAddress.get(address) ?? [];
  }

  /** Hardware addresses at which nodes have seen this address lately. */
  macsOf(address: string): ReadonlySet<string> {
    const entries = this.#guests.flatMap(({ kernel }) => kernel.facts.neighbours);
    const seen = entries.filter((one) => one.address === address && one.state === 'confirmed');
    return new Set(seen.flatMap(({ mac }) => mac ?? []));
  }

  /** Some node has asked for this address lately without an answer, and none with one, on links of which this is true. */
  sawSilence(address: string, isThere: (port: Port) => boolean): boolean {
    const states = this.#guests.flatMap((guest) =>
      guest.kernel.facts.neighbours
        .filter((one) => one.address === address && isThere({ guest, device: one.device }))
        .map(({ state }) => state),
    );
    return states.includes('failed') && !states.includes('confirmed');
  }

  /** Links of other nodes on the same segment. */
  near(port: Port): readonly Port[] {
    const members = this.#members.get(this.#root(keyOf(port))) ?? [];
    return members.filter((other) => other.guest !== port.guest);
  }

  /** The Windows node that keeps this address for a network of its pods; undefined: nobody does, or somebody has it. */
  keeperOf(address: string): Guest | undefined {
    if (this.#byAddress.has(address)) return undefined;
    return this.#guests.find(({ kernel }) =>
      kernel.facts.hns?.networks.some(
        ({ type, subnets }) => type === 'l2bridge' && subnets.some(({ gateway }) => gateway === address),
      ),
    );
  }

  #whyNobody(guest: Guest, device: string, address: string): string {
    const [owner] = this.#byAddress.get(address) ?? [];
    if (owner === undefined) return `who has the next hop ${address} on ${device} of ${guest.name} is not known`;
    for (const [prefix, witness] of this.#refused) {
      if (hasAddressIn({ guest, device }, prefix))
        return `${prefix.text} is not one segment, as input node-subnets says: ${witness}`;
    }
    return `nothing shows that ${guest.name} (${device}) and ${owner.name}, which has ${address}, are on one segment: neither has heard of the other lately, and input node-subnets says nothing`;
  }

  #ownersNear(port: Port, address: string): { readonly port: Port; readonly answers: boolean }[] {
    const owners = (this.#byAddress.get(address) ?? []).filter((guest) => guest !== port.guest);
    return owners.flatMap((guest) =>
      guest.kernel.facts.links.flatMap(({ name: device }) => {
        const other = { guest, device };
        const answers = this.#areTogether(port, other) ? guest.kernel.answersFor(address, device) : false;
        return answers === false ? [] : [{ port: other, answers: answers === true }];
      }),
    );
  }

  /** The link with this hardware address; among several, the one that has the address. */
  #holder(mac: string, address: string, except: Guest): Port | undefined {
    const all = (this.#byMac.get(mac) ?? []).filter(({ guest }) => guest !== except);
    if (all.length < 2) return all[0];
    const having = all.filter((port) => linkOf(port)?.addresses.some((one) => one.address === address) ?? false);
    return having.length === 1 ? having[0] : undefined;
  }

  *#ports(): Generator<Port, undefined> {
    for (const guest of this.#guests) {
      for (const { name: device, up } of guest.kernel.facts.links) if (up) yield { guest, device };
    }
    return undefined;
  }

  #joinTold(told: readonly Prefix[]): void {
    for (const prefix of told) {
      const ports = [...this.#ports()].filter(
        (port) => port.guest.uplinks.has(port.device) && hasAddressIn(port, prefix),
      );
      const witness = this.#contradiction(ports, prefix);
      if (witness !== undefined) this.#refused.set(prefix, witness);
      else for (const port of ports.slice(1)) if (ports[0] !== undefined) this.#join(ports[0], port);
    }
  }

  /** An address that is seen at two hardware addresses: two racks with the same numbers, and no one segment. */
  #contradiction(ports: readonly Port[], prefix: Prefix): string | undefined {
    const macs = new Map<string, string>();
    for (const port of ports) {
      for (const { address, device, mac, state } of port.guest.kernel.facts.neighbours) {
        const parsed = parseAddress(address);
        const isHere = device === port.device && parsed !== undefined && containsAddress(prefix, parsed);
        if (!isHere || state !== 'confirmed' || mac === undefined) continue;
        const own = this.holders(address).flatMap((guest) =>
          guest.kernel.facts.links.flatMap((link) => link.mac ?? []),
        );
        const known = own.length === 0 ? macs.get(address) : own.includes(mac) ? mac : own[0];
        if (known !== undefined && known !== mac)
          return `${port.guest.name} sees ${address} at ${mac}, and it is at ${known} too`;
        macs.set(address, mac);
      }
    }
    return undefined;
  }

  /** Whoever answered lately with a node's own hardware address is that node, on the same segment. */
  #joinSeen(): void {
    for (const guest of this.#guests) {
      for (const { device, mac, state, address } of guest.kernel.facts.neighbours) {
        if (state !== 'confirmed' || mac === undefined) continue;
        const holder = this.#holder(mac, address, guest);
        if (holder !== undefined) this.#join({ guest, device }, holder);
      }
    }
  }

  #join(a: Port, b: Port): void {
    const [rootA, rootB] = [this.#root(keyOf(a)), this.#root(keyOf(b))];
    if (rootA !== rootB) this.#parents.set(rootA, rootB);
  }

  #areTogether(a: Port, b: Port): boolean {
    return this.#root(keyOf(a)) === this.#root(keyOf(b));
  }

  #root(key: string): string {
    let root = key;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent;
    if (root !== key) this.#parents.set(key, root);
    return root;
  }
}

export function linkOf({ guest, device }: Port): GuestLink | undefined {
  return guest.kernel.links.get(device);
}

function keyOf({ guest, device }: Port): string {
  return `${guest.name} ${device}`;
}

function hasAddressIn(port: Port, prefix: Prefix): boolean {
  return (linkOf(port)?.addresses ?? []).some(({ address }) => {
    const parsed = parseAddress(address);
    return parsed !== undefined && containsAddress(prefix, parsed);
  });
}

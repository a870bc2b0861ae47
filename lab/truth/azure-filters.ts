/** Network security groups: at the interface and at the subnet each packet meets one, or none, and both must let it through. */

import { formatAddress, holds, rangeOf } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import type {
  AzureNicWorld,
  AzureRuleEnd,
  AzureSecurityGroupWorld,
  AzureSecurityRuleWorld,
  AzureWorld,
} from '../world/azure.ts';
import { DEFAULT_SECURITY_RULES } from '../world/azure-rules.ts';
import { Filters } from './filters.ts';
import type { Crossing, FilterLine, FilterStage } from './filters.ts';
import { isAssigned } from './ground.ts';
import type { Machine, Nic } from './ground.ts';

type Answer = 'yes' | 'perhaps' | 'no';

/** An address, and the machine that has it or the pod with it. */
interface End {
  x: Address;
  machine: Machine | undefined;
}

/** No address of the internet is among these. */
const private4 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'];
const private6 = ['fc00::/7', 'fe80::/10'];

/** A line for some ports says nothing about protocols that have none. */
const portProtocols = ['tcp', 'udp'];

function isIn(x: Address, prefixes: string[]): boolean {
  return prefixes.some((prefix) => holds(asRange(prefix), x));
}

function asRange(text: string): Range {
  return rangeOf(text.includes('/') ? text : `${text}/${text.includes(':') ? '128' : '32'}`);
}

/** A tag is no address: it begins with a letter that no address has, and holds no colon. */
function isTag(text: string): boolean {
  return /^[A-Za-z]+[A-Za-z.]*$/.test(text);
}

export class AzureFilters {
  private readonly azure: AzureWorld;
  private readonly worldOf: Map<Nic, AzureNicWorld>;
  private readonly tags = new Map<string, Answer>();

  /** `worldOf`: the object behind each interface; it may still be filled. */
  constructor(azure: AzureWorld, worldOf: Map<Nic, AzureNicWorld>) {
    this.azure = azure;
    this.worldOf = worldOf;
  }

  filters(): Filters {
    return new Filters((crossing) => this.stages(crossing));
  }

  ranges(): Range[] {
    const { securityGroups, routeTables, vnets } = this.azure;
    const ends = securityGroups.flatMap((group) => group.rules.flatMap((rule) => [rule.source, rule.destination]));
    const named = ends.flatMap((end) => ('prefixes' in end ? end.prefixes : []));
    const prefixes = named.filter((text) => text !== '*' && !isTag(text));
    return [
      ...prefixes.map(asRange),
      ...routeTables.flatMap((table) => table.routes.map((route) => rangeOf(route.prefix))),
      ...vnets.flatMap((vnet) => vnet.prefixes.map(rangeOf)),
      ...[...this.worldOf.keys()].flatMap((nic) => nic.own),
    ];
  }

  private stages(crossing: Crossing): FilterStage[] {
    const { from, to } = crossing;
    return [
      ...this.stage(this.worldOf.get(from)?.securityGroup, from, 'Outbound', crossing),
      ...this.stage(this.subnetOf(from)?.securityGroup, from, 'Outbound', crossing),
      ...(to === undefined ? [] : this.stage(this.subnetOf(to)?.securityGroup, to, 'Inbound', crossing)),
      ...(to === undefined ? [] : this.stage(this.worldOf.get(to)?.securityGroup, to, 'Inbound', crossing)),
    ];
  }

  private subnetOf(nic: Nic): AzureWorld['vnets'][number]['subnets'][number] | undefined {
    const vnet = this.azure.vnets.find((one) => one.name === nic.network);
    return vnet?.subnets.find((one) => one.name === nic.subnet);
  }

  private stage(
    name: string | undefined,
    at: Nic,
    direction: AzureSecurityRuleWorld['direction'],
    { from, source, target, owner }: Crossing,
  ): FilterStage[] {
    if (name === undefined) return [];
    const group = this.azure.securityGroups.find((one) => one.name === name);
    const sender = from.machine;
    const who = `${formatAddress(source)} of ${sender?.key ?? 'nobody'} to ${formatAddress(target)} of ${owner.key}`;
    return [
      {
        name: `${direction} ${name} at ${at.network}/${at.subnet}: ${who}`,
        stateful: true,
        lines: () => {
          if (group?.provisioningState !== 'Succeeded') return 'unread';
          return this.lines(group, at, direction, { x: source, machine: sender }, { x: target, machine: owner });
        },
      },
    ];
  }

  private lines(
    group: AzureSecurityGroupWorld,
    at: Nic,
    direction: AzureSecurityRuleWorld['direction'],
    source: End,
    target: End,
  ): FilterLine[] {
    const rules = [...group.rules, ...DEFAULT_SECURITY_RULES]
      .filter((rule) => rule.direction === direction)
      .sort((a, b) => a.priority - b.priority);
    return rules.flatMap((rule) => {
      const answers = [this.isMeant(rule.source, source, at), this.isMeant(rule.destination, target, at)];
      if (answers.includes('no')) return [];
      // For some source ports only, or perhaps not in force: who knows whether it decides.
      const isWhole = rule.sourcePorts.includes('*') && rule.provisioningState === 'Succeeded';
      return linesOf(rule, isWhole && !answers.includes('perhaps'));
    });
  }

  private isMeant(end: AzureRuleEnd, { x, machine }: End, at: Nic): Answer {
    if ('applicationGroups' in end) return this.isMember(end.applicationGroups, x, machine, at);
    if (end.prefixes.includes('*')) return 'yes';
    if (
      isIn(
        x,
        end.prefixes.filter((text) => !isTag(text)),
      )
    )
      return 'yes';
    const answers = end.prefixes.filter(isTag).map((tag) => this.isTagged(tag, x, at));
    return answers.find((one) => one === 'yes') ?? answers.find((one) => one === 'perhaps') ?? 'no';
  }

  /** Groups hold IP configurations of interfaces; whether they hold the pods behind one, nobody knows. */
  private isMember(groups: string[], x: Address, machine: Machine | undefined, at: Nic): Answer {
    const has = (nic: Nic): boolean =>
      this.worldOf
        .get(nic)
        ?.ipConfigurations.some(({ applicationGroups = [] }) =>
          applicationGroups.some((name) => groups.includes(name)),
        ) === true;
    const owners = [...this.worldOf.keys()].filter((nic) => nic.network === at.network && isAssigned(nic, x));
    if (owners.length > 0) return owners.some(has) ? 'yes' : 'no';
    return machine?.nics.some(has) === true ? 'perhaps' : 'no';
  }

  private isTagged(tag: string, x: Address, at: Nic): Answer {
    switch (tag) {
      case 'VirtualNetwork': {
        const key = `${at.network}/${at.subnet} ${formatAddress(x)}`;
        const answer = this.tags.get(key) ?? this.isInNetwork(x, at);
        this.tags.set(key, answer);
        return answer;
      }
      case 'AzureLoadBalancer':
        return formatAddress(x) === '168.63.129.16' ? 'yes' : 'no';
      case 'Internet':
        if (isIn(x, x.family === 4 ? private4 : private6)) return 'no';
        return this.isTagged('VirtualNetwork', x, at) === 'yes' ? 'no' : 'perhaps';
      default:
        return 'perhaps';
    }
  }

  /** The network's ranges, those of its peers, and what the subnet's user routes name, but for default routes. */
  private isInNetwork(x: Address, at: Nic): Answer {
    const vnet = this.azure.vnets.find((one) => one.name === at.network);
    const peers = this.azure.vnets.filter((one) => vnet?.peerings.some(({ remote }) => remote === one.name));
    if (isIn(x, [...(vnet?.prefixes ?? []), ...peers.flatMap((one) => one.prefixes)])) return 'yes';
    const own = this.subnetOf(at)?.routeTable;
    const tables = new Set(vnet?.subnets.flatMap((subnet) => subnet.routeTable ?? []));
    const naming = this.azure.routeTables.filter((table) =>
      isIn(
        x,
        table.routes.map((route) => route.prefix).filter((prefix) => rangeOf(prefix).length > 0),
      ),
    );
    if (naming.some((table) => table.name === own)) return 'yes';
    return naming.some((table) => tables.has(table.name)) ? 'perhaps' : 'no';
  }
}

function linesOf(rule: AzureSecurityRuleWorld, certain: boolean): FilterLine[] {
  const does = rule.access === 'Allow' ? 'allow' : 'deny';
  const protocol = rule.protocol === '*' ? undefined : rule.protocol.toLowerCase();
  if (rule.destinationPorts.includes('*')) {
    return [{ does, certain, ...(protocol === undefined ? {} : { protocol }) }];
  }
  const ports = rule.destinationPorts.map((text) => {
    const [from = '', to = from] = text.split('-');
    return { from: Number(from), to: Number(to) };
  });
  const protocols = protocol === undefined ? portProtocols : [protocol];
  return protocols.map((one) => ({ does, certain, protocol: one, ports }));
}

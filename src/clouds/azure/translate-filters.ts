/** Network security groups -> facts: their own rules and the default ones. One object in, one object out. */
import type { FilterFacts, FilterRule, PortRange } from '../../model/snapshot.ts';
import { translateEnds } from './translate-ends.ts';
import type { WireSecurityGroup, WireSecurityRule } from './wire.ts';

type Properties = NonNullable<WireSecurityRule['properties']>;

const LAST_PORT = 65_535;
/** Protocols by their names in answers, as facts have them; `*` is all. ESP and AH have no name there. */
const PROTOCOLS: Readonly<Record<string, string>> = { tcp: 'tcp', udp: 'udp', icmp: 'icmp', esp: '50', ah: '51' };

/** Every group has these, and answers hold them; for those that do not. Source: "Default security rules". */
const DEFAULT_RULES: readonly WireSecurityRule[] = [
  defaultRule('AllowVnetInBound', 65_000, 'Inbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'),
  defaultRule('AllowAzureLoadBalancerInBound', 65_001, 'Inbound', 'Allow', 'AzureLoadBalancer', '*'),
  defaultRule('DenyAllInBound', 65_500, 'Inbound', 'Deny', '*', '*'),
  defaultRule('AllowVnetOutBound', 65_000, 'Outbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'),
  defaultRule('AllowInternetOutBound', 65_001, 'Outbound', 'Allow', '*', 'Internet'),
  defaultRule('DenyAllOutBound', 65_500, 'Outbound', 'Deny', '*', '*'),
];

function defaultRule(
  name: string,
  priority: number,
  direction: 'Inbound' | 'Outbound',
  access: 'Allow' | 'Deny',
  sourceAddressPrefix: string,
  destinationAddressPrefix: string,
): WireSecurityRule {
  const ports = { sourcePortRange: '*', destinationPortRange: '*' };
  const ends = { sourceAddressPrefix, destinationAddressPrefix };
  return { name, properties: { protocol: '*', priority, direction, access, ...ports, ...ends } };
}

export function translateFilter({ id, name, properties }: WireSecurityGroup): FilterFacts | undefined {
  if (id === undefined) return undefined;
  const wire = [...(properties?.securityRules ?? []), ...(properties?.defaultSecurityRules ?? DEFAULT_RULES)];
  const rules = wire.map(translateRule);
  const unread = [
    ...(properties === undefined ? [`the rules of ${name ?? id}`] : []),
    ...unsettled(properties?.provisioningState).map((state) => `${name ?? id}, which is in state ${state}`),
    ...rules.flatMap((rule) => (typeof rule === 'string' ? [rule] : [])),
  ];
  return {
    id,
    kind: 'network-security-group',
    ...(name === undefined ? {} : { name }),
    rules: rules.flatMap((rule) => (typeof rule === 'string' ? [] : rule)).sort(inOrder),
    ...(unread.length === 0 ? {} : { unread }),
  };
}

function inOrder(a: FilterRule, b: FilterRule): number {
  return a.direction === b.direction ? a.rank - b.rank : a.direction < b.direction ? -1 : 1;
}

/** A rule that does not say where it stands or what it does is named instead: it could turn any other. */
function translateRule({ name, properties = {} }: WireSecurityRule): FilterRule[] | string {
  const { priority, direction, access } = properties;
  const isWhole = priority !== undefined && isOneOf(direction, DIRECTIONS) && isOneOf(access, ACTIONS);
  if (!isWhole) return `rule ${name ?? 'without a name'}, of which priority, direction or access is not known`;
  const plain = {
    direction: DIRECTIONS[direction],
    action: ACTIONS[access],
    rank: priority,
    ...(name === undefined ? {} : { name }),
  };
  const { traffic, doubts } = trafficOf(properties);
  const states = unsettled(properties.provisioningState).map((state) => `a rule in state ${state}`);
  const ends = translateEnds(properties, plain.direction, [...doubts, ...states]);
  return traffic.map((one) => ({ ...plain, ...one, ...ends }));
}

const DIRECTIONS = { Inbound: 'in', Outbound: 'out' } as const;
const ACTIONS = { Allow: 'allow', Deny: 'deny' } as const;

function isOneOf<T extends object>(word: string | undefined, words: T): word is Extract<keyof T, string> {
  return word !== undefined && Object.hasOwn(words, word);
}

/** While something is being written, or could not be, what the fabric does is anybody's guess. */
function unsettled(state: string | undefined): string[] {
  return state === undefined || state === 'Succeeded' ? [] : [state];
}

type Traffic = Pick<FilterRule, 'protocol' | 'ports'>;

/** Ports belong to TCP and UDP: a rule for some ports of any protocol is one rule for each of the two. */
function trafficOf(properties: Properties): { readonly traffic: readonly Traffic[]; readonly doubts: string[] } {
  const { protocol: word = '' } = properties;
  const isAny = word === '*' || word.toLowerCase() === 'any';
  const protocol = isAny ? undefined : PROTOCOLS[word.toLowerCase()];
  const ports = portsOf(properties.destinationPortRange, properties.destinationPortRanges);
  const sources = portsOf(properties.sourcePortRange, properties.sourcePortRanges);
  const doubts = [
    ...(isAny || protocol !== undefined ? [] : [`protocol ${word === '' ? 'not given' : word}`]),
    ...(sources === 'all' ? [] : [`source ports ${textOf(sources)}`]),
  ];
  const whole: Traffic = protocol === undefined ? {} : { protocol };
  if (ports === 'all') return { traffic: [whole], doubts };
  const ranges = ports.filter((port) => typeof port !== 'string');
  const isReadable = ranges.length === ports.length && ranges.length > 0;
  const havePorts = isAny ? ['tcp', 'udp'] : [protocol ?? ''].filter((one) => one === 'tcp' || one === 'udp');
  if (isReadable && havePorts.length > 0)
    return { traffic: havePorts.map((one) => ({ protocol: one, ports: ranges })), doubts };
  return { traffic: [whole], doubts: [...doubts, `ports ${textOf(ports)}`] };
}

/** In ascending order, joined where they touch; what cannot be read stays text. */
function portsOf(one: string | undefined, several: readonly string[] = []): 'all' | (PortRange | string)[] {
  const texts = [...(one === undefined || one === '' ? [] : [one]), ...several].flatMap((text) => text.split(','));
  if (texts.some((text) => ['*', 'any'].includes(text.trim().toLowerCase()))) return 'all';
  const read = texts.map((text) => parsePorts(text.trim()));
  const ranges = read.filter((port) => typeof port !== 'string').sort((a, b) => a.from - b.from);
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  const isAll = joined.some(({ from, to }) => from === 0 && to === LAST_PORT);
  return isAll ? 'all' : [...joined, ...read.filter((port) => typeof port === 'string')];
}

function parsePorts(text: string): PortRange | string {
  const [, first, last = first] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  return from <= to && to <= LAST_PORT ? { from, to } : text;
}

function textOf(ports: 'all' | readonly (PortRange | string)[]): string {
  if (ports === 'all') return '*';
  const texts = ports.map((port) =>
    typeof port === 'string'
      ? port
      : port.from === port.to
        ? String(port.from)
        : `${String(port.from)}-${String(port.to)}`,
  );
  return texts.join(', ') || 'not given';
}

/** The file of input what-if: planned nodes in YAML or JSON, or everything that is wrong with it. */
import { LineCounter, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import type { PlannedPool, WhatIf } from '../../model/what-if.ts';
import { nearest } from '../nearest.ts';
import { quote, type Problem } from '../problem.ts';

/** More would be a slip: no cluster has so many nodes. */
const MOST_NODES = 100_000;
const TOP_KEYS = ['cluster-size', 'pools'];
const POOL_KEYS = [
  'name',
  'count',
  'subnets',
  'zones',
  'os',
  'pod-cidr-mask',
  'pod-cidr-mask-ipv6',
  'forwarding',
  'like',
];

export function parseWhatIf(text: string, path: string): WhatIf | { readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const problems: Problem[] = document.errors.map(({ message, linePos }) => ({
    where: `what-if, ${path}${linePos === undefined ? '' : ` line ${String(linePos[0].line)}`}`,
    what: `it is no YAML: ${message.split('\n')[0] ?? ''}`,
    hint: EXAMPLE,
  }));
  if (problems.length > 0) return { problems };
  const reader = new Reader(path, lines, problems);
  const plan = reader.plan(document.contents);
  return problems.length > 0 ? { problems } : plan;
}

const EXAMPLE = 'Write for example `pools: [{ name: workers, count: 20, subnets: [subnet-0123456789abcdef0] }]`.';

class Reader {
  readonly #path: string;
  readonly #lines: LineCounter;
  readonly #problems: Problem[];

  constructor(path: string, lines: LineCounter, problems: Problem[]) {
    this.#path = path;
    this.#lines = lines;
    this.#problems = problems;
  }

  plan(node: Node | null): WhatIf {
    if (!isMap(node)) {
      this.#note(node, 'it holds no keys.', EXAMPLE);
      return { pools: [] };
    }
    this.#checkKeys(node, TOP_KEYS);
    const size = this.#count(node, 'cluster-size');
    const list = node.get('pools', true);
    if (list !== undefined && !isSeq(list)) this.#note(list, 'pools is no list.', EXAMPLE);
    const pools = isSeq(list) ? list.items.flatMap((item) => this.#pool(item as Node)) : [];
    const names = pools.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) this.#note(node, `two pools are called ${quote(twice)}.`, 'Give each pool its own name.');
    if (size === undefined && pools.length === 0 && this.#problems.length === 0)
      this.#note(node, 'it plans nothing.', 'Write pools, cluster-size, or both.');
    return { ...(size === undefined ? {} : { clusterSize: size }), pools };
  }

  #pool(node: Node): PlannedPool[] {
    if (!isMap(node)) {
      this.#note(node, 'a pool is no mapping.', EXAMPLE);
      return [];
    }
    this.#checkKeys(node, POOL_KEYS);
    const name = this.#text(node, 'name');
    const count = this.#count(node, 'count');
    if (name === undefined) this.#note(node, 'a pool has no name.', 'Add a name.');
    if (count === undefined && !node.has('count'))
      this.#note(node, 'a pool has no count.', 'Add how many nodes it has.');
    const os = this.#choice(node, 'os', ['linux', 'windows'] as const);
    const forwarding = this.#choice(node, 'forwarding', ['on', 'off'] as const);
    const like = this.#text(node, 'like');
    const v4 = this.#length(node, 'pod-cidr-mask', 32);
    const v6 = this.#length(node, 'pod-cidr-mask-ipv6', 128);
    return [
      {
        name: name ?? '',
        count: count ?? 0,
        subnets: this.#texts(node, 'subnets'),
        zones: this.#texts(node, 'zones'),
        ...(os === undefined ? {} : { os }),
        podCIDRLengths: { ...(v4 === undefined ? {} : { 4: v4 }), ...(v6 === undefined ? {} : { 6: v6 }) },
        ...(forwarding === undefined ? {} : { forwarding }),
        ...(like === undefined ? {} : { like }),
      },
    ];
  }

  #checkKeys(map: YAMLMap, known: readonly string[]): void {
    for (const { key } of map.items as Pair<Node>[]) {
      const name = isScalar(key) ? String(key.value) : '';
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      const hint = near === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${near}?`;
      this.#note(key, `${quote(name)} is not known here.`, hint);
    }
  }

  #value(map: YAMLMap, key: string): unknown {
    const node = map.get(key, true);
    return isScalar(node) ? node.value : node;
  }

  #count(map: YAMLMap, key: string): number | undefined {
    const value = this.#value(map, key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MOST_NODES) return value;
    this.#note(map.get(key, true), `${key} is no whole number from 1 to ${String(MOST_NODES)}.`, 'Correct it.');
    return undefined;
  }

  #length(map: YAMLMap, key: string, most: number): number | undefined {
    const value = this.#value(map, key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 8 && value <= most) return value;
    this.#note(map.get(key, true), `${key} is no prefix length from 8 to ${String(most)}.`, 'Write for example 24.');
    return undefined;
  }

  #text(map: YAMLMap, key: string): string | undefined {
    const value = this.#value(map, key);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    this.#note(map.get(key, true), `${key} is no text.`, 'Put it in quotes.');
    return undefined;
  }

  #texts(map: YAMLMap, key: string): string[] {
    const node = map.get(key, true);
    if (node === undefined) return [];
    const items = isSeq(node) ? node.items : [node];
    return (items as Node[]).flatMap((item) => {
      if (isScalar(item) && typeof item.value === 'string' && item.value !== '') return [item.value];
      this.#note(item, `an item of ${key} is no text.`, 'Put it in quotes.');
      return [];
    });
  }

  /** YAML 1.1 reads `on` and `off` as truth values, and some editors write them so. */
  #choice<T extends string>(map: YAMLMap, key: string, values: readonly T[]): T | undefined {
    const value = this.#value(map, key);
    if (value === undefined) return undefined;
    const found = values.find((one) => one === (value === true ? 'on' : value === false ? 'off' : value));
    if (found === undefined) this.#note(map.get(key, true), `${key} must be ${values.join(' or ')}.`, 'Correct it.');
    return found;
  }

  #note(node: unknown, what: string, hint: string): void {
    const start = (node as Node | null | undefined)?.range?.[0];
    const line = start === undefined ? '' : ` line ${String(this.#lines.linePos(start).line)}`;
    this.#problems.push({ where: `what-if, ${this.#path}${line}`, what, hint });
  }
}

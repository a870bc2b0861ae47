/** The file of input what-if: planned nodes in YAML or JSON, or everything that is wrong with it. */
import { isMap, isSeq } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import type { PlannedPool, WhatIf } from '../../model/what-if.ts';
import { quote, type Problem } from '../problem.ts';
import { YamlReader } from './yaml-reader.ts';

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
  const reader = new Reader({ input: 'what-if', path, text, example: EXAMPLE });
  const plan = reader.problems.length > 0 ? { pools: [] } : reader.plan(reader.root);
  return reader.problems.length > 0 ? { problems: reader.problems } : plan;
}

const EXAMPLE = 'Write for example `pools: [{ name: workers, count: 20, subnets: [subnet-0123456789abcdef0] }]`.';

class Reader extends YamlReader {
  plan(node: Node | null): WhatIf {
    if (!isMap(node)) {
      this.note(node, 'it holds no keys.', EXAMPLE);
      return { pools: [] };
    }
    this.checkKeys(node, TOP_KEYS);
    const size = this.#count(node, 'cluster-size');
    const list = node.get('pools', true);
    if (list !== undefined && !isSeq(list)) this.note(list, 'pools is no list.', EXAMPLE);
    const pools = isSeq(list) ? list.items.flatMap((item) => this.#pool(item as Node)) : [];
    const names = pools.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) this.note(node, `two pools are called ${quote(twice)}.`, 'Give each pool its own name.');
    if (size === undefined && pools.length === 0 && this.problems.length === 0)
      this.note(node, 'it plans nothing.', 'Write pools, cluster-size, or both.');
    return { ...(size === undefined ? {} : { clusterSize: size }), pools };
  }

  #pool(node: Node): PlannedPool[] {
    if (!isMap(node)) {
      this.note(node, 'a pool is no mapping.', EXAMPLE);
      return [];
    }
    this.checkKeys(node, POOL_KEYS);
    const name = this.text(node, 'name');
    const count = this.#count(node, 'count');
    if (name === undefined) this.note(node, 'a pool has no name.', 'Add a name.');
    if (count === undefined && !node.has('count'))
      this.note(node, 'a pool has no count.', 'Add how many nodes it has.');
    const os = this.choice(node, 'os', ['linux', 'windows'] as const);
    const forwarding = this.choice(node, 'forwarding', ['on', 'off'] as const);
    const like = this.text(node, 'like');
    const v4 = this.#length(node, 'pod-cidr-mask', 32);
    const v6 = this.#length(node, 'pod-cidr-mask-ipv6', 128);
    return [
      {
        name: name ?? '',
        count: count ?? 0,
        subnets: this.texts(node, 'subnets'),
        zones: this.texts(node, 'zones'),
        ...(os === undefined ? {} : { os }),
        podCIDRLengths: { ...(v4 === undefined ? {} : { 4: v4 }), ...(v6 === undefined ? {} : { 6: v6 }) },
        ...(forwarding === undefined ? {} : { forwarding }),
        ...(like === undefined ? {} : { like }),
      },
    ];
  }

  #count(map: YAMLMap, key: string): number | undefined {
    const value = this.value(map, key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MOST_NODES) return value;
    this.note(map.get(key, true), `${key} is no whole number from 1 to ${String(MOST_NODES)}.`, 'Correct it.');
    return undefined;
  }

  #length(map: YAMLMap, key: string, most: number): number | undefined {
    const value = this.value(map, key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 8 && value <= most) return value;
    this.note(map.get(key, true), `${key} is no prefix length from 8 to ${String(most)}.`, 'Write for example 24.');
    return undefined;
  }
}

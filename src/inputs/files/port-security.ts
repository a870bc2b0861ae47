/** Input port-security: the word `allowed`, or a file in YAML or JSON about the ports of nodes; or what is wrong with it. */
import { isMap, isScalar, isSeq } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import type { PortFacts, PortSecurityFacts } from '../../model/port.ts';
import { hostPrefix, parseAddress, parsePrefix } from '../../model/prefix.ts';
import { quote, type Problem } from '../problem.ts';
import { YamlReader } from './yaml-reader.ts';

const KEYS = ['node', 'allowed'];
const EXAMPLE = 'Write for example `[{ node: worker-1, allowed: [10.244.1.0/24] }, { node: worker-2, allowed: any }]`.';

export function parsePortSecurity(
  text: string,
  path: string,
): PortSecurityFacts | { readonly problems: readonly Problem[] } {
  const reader = new Reader({ input: 'port-security', path, text, example: EXAMPLE });
  const ports = reader.problems.length > 0 ? [] : reader.ports(reader.root);
  if (reader.problems.length > 0) return { problems: reader.problems };
  return { source: `file ${path}`, ports: ports.sort((a, b) => (a.node < b.node ? -1 : 1)) };
}

class Reader extends YamlReader {
  ports(node: Node | null): PortFacts[] {
    if (!isSeq(node) || node.items.length === 0) {
      this.note(node, 'it is no list of nodes.', EXAMPLE);
      return [];
    }
    const ports = node.items.flatMap((item) => this.#port(item as Node));
    const names = ports.map((port) => port.node);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      this.note(node, `it has two entries for node ${quote(twice)}.`, 'Write all that its ports allow into one entry.');
    return ports;
  }

  #port(item: Node): PortFacts[] {
    if (!isMap(item)) {
      this.note(item, 'an entry is no mapping.', EXAMPLE);
      return [];
    }
    this.checkKeys(item, KEYS);
    const node = this.text(item, 'node');
    if (!item.has('node')) this.note(item, 'an entry has no node.', 'Add the name of the node in the cluster.');
    const allowed = this.#allowed(item);
    return node === undefined ? [] : [{ node, ...(allowed === undefined ? {} : { allowed }) }];
  }

  /** Undefined: any address, or it is no answer, which is then among the problems. */
  #allowed(entry: YAMLMap): readonly string[] | undefined {
    const value = entry.get('allowed', true);
    if (isScalar(value) && value.value === 'any') return undefined;
    if (!isSeq(value)) {
      const what = value === undefined ? 'an entry says not what is allowed.' : 'allowed is neither a list nor any.';
      this.note(value ?? entry, what, 'Write any, or a list of addresses and networks; [] for none but its own.');
      return undefined;
    }
    const texts = this.texts(entry, 'allowed');
    for (const text of texts) {
      if (parseAllowed(text) === undefined)
        this.note(value, `${quote(text)} is no address and no network.`, 'Write for example 10.244.1.0/24 or fd00::7.');
    }
    return [...new Set(texts.flatMap((text) => parseAllowed(text) ?? []))].sort();
  }
}

/** Canonical. */
function parseAllowed(text: string): string | undefined {
  if (text.includes('/')) return parsePrefix(text)?.text;
  const address = parseAddress(text);
  return address === undefined ? undefined : hostPrefix(address).text;
}

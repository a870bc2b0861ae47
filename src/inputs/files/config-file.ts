/** The configuration file: faults that somebody knows and accepts; or everything that is wrong with it. */
import { isMap, isSeq } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import { RULE_IDS, type RuleId } from '../../model/config.ts';
import { parseAddress, hostPrefix, parsePrefix } from '../../model/prefix.ts';
import type { IgnoreEntry } from '../../model/triage.ts';
import { nearest } from '../nearest.ts';
import { quote, type Problem } from '../problem.ts';
import { YamlReader } from './yaml-reader.ts';

export interface ConfigFile {
  readonly ignore: readonly IgnoreEntry[];
}

const TOP_KEYS = ['ignore'];
const CRITERIA = ['rule', 'node', 'prefix', 'route'];
const ENTRY_KEYS = [...CRITERIA, 'reason', 'expires'];
const EXAMPLE =
  'Write for example `ignore: [{ rule: orphan-route, prefix: 10.244.9.0/24, reason: "kept for the old cluster", expires: 2026-12-31 }]`.';

export function parseConfigFile(text: string, path: string): ConfigFile | { readonly problems: readonly Problem[] } {
  const reader = new Reader({ input: 'config', path, text, example: EXAMPLE });
  const file = reader.problems.length > 0 ? { ignore: [] } : reader.file(reader.root);
  return reader.problems.length > 0 ? { problems: reader.problems } : file;
}

class Reader extends YamlReader {
  /** An empty file accepts nothing. */
  file(node: Node | null): ConfigFile {
    if (node === null) return { ignore: [] };
    if (!isMap(node)) {
      this.note(node, 'it holds no keys.', EXAMPLE);
      return { ignore: [] };
    }
    this.checkKeys(node, TOP_KEYS);
    const list = node.get('ignore', true);
    if (list === undefined || this.value(node, 'ignore') === null) return { ignore: [] };
    if (!isSeq(list)) this.note(list, 'ignore is no list.', EXAMPLE);
    return { ignore: isSeq(list) ? list.items.flatMap((item) => this.#entry(item as Node)) : [] };
  }

  #entry(node: Node): IgnoreEntry[] {
    if (!isMap(node)) {
      this.note(node, 'an entry of ignore is no mapping.', EXAMPLE);
      return [];
    }
    this.checkKeys(node, ENTRY_KEYS);
    const rule = this.#rule(node);
    const prefix = this.#prefix(node);
    const expires = this.#date(node);
    const [name, route, reason] = [this.text(node, 'node'), this.text(node, 'route'), this.text(node, 'reason')];
    if (!CRITERIA.some((key) => node.has(key))) {
      this.note(node, 'an entry fits everything.', `Add at least one of ${CRITERIA.join(', ')}.`);
    }
    if (reason === undefined && !node.has('reason')) {
      this.note(node, 'an entry has no reason.', 'Say why the fault is accepted; the report shows it.');
    }
    return [
      {
        ...(rule === undefined ? {} : { rule }),
        ...(name === undefined ? {} : { node: name }),
        ...(prefix === undefined ? {} : { prefix }),
        ...(route === undefined ? {} : { route }),
        reason: reason ?? '',
        ...(expires === undefined ? {} : { expires }),
      },
    ];
  }

  #rule(map: YAMLMap): RuleId | undefined {
    const text = this.text(map, 'rule');
    if (text === undefined) return undefined;
    const found = RULE_IDS.find((id) => id === text);
    if (found === 'rule-crashed') {
      this.note(map.get('rule', true), 'rule-crashed cannot be accepted.', 'Report the crash instead.');
    } else if (found === undefined) {
      const near = nearest(text, RULE_IDS);
      const hint = near === undefined ? 'The rules are listed in docs/rules.' : `Did you mean ${near}?`;
      this.note(map.get('rule', true), `there is no rule ${quote(text)}.`, hint);
    }
    return found;
  }

  #prefix(map: YAMLMap): string | undefined {
    const text = this.text(map, 'prefix');
    if (text === undefined) return undefined;
    const address = parseAddress(text);
    const prefix = address === undefined ? parsePrefix(text) : hostPrefix(address);
    if (prefix === undefined) {
      this.note(map.get('prefix', true), `prefix ${quote(text)} is none.`, 'Write for example 10.244.9.0/24.');
    }
    return prefix?.text;
  }

  #date(map: YAMLMap): string | undefined {
    const text = this.text(map, 'expires');
    if (text === undefined) return undefined;
    const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
    // The thirtieth of February is taken for the second of March.
    if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
    this.note(
      map.get('expires', true),
      `expires ${quote(text)} is no day.`,
      'Write year-month-day, such as 2026-12-31.',
    );
    return undefined;
  }
}

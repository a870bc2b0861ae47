/** What the readers of YAML files share: values of a kind, or a problem with the line where it is. */
import { LineCounter, isScalar, isSeq, parseDocument } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { nearest } from '../nearest.ts';
import { quote, type Problem } from '../problem.ts';

/** `input`: the input that names the file; `example`: what a right file looks like. */
export interface YamlFile {
  readonly input: string;
  readonly path: string;
  readonly text: string;
  readonly example: string;
}

export class YamlReader {
  readonly problems: Problem[];
  /** Null: nothing is in it, or it is no YAML, which is then among the problems. */
  readonly root: Node | null;
  readonly #place: string;
  readonly #lines = new LineCounter();

  constructor({ input, path, text, example }: YamlFile) {
    this.#place = `${input}, ${path}`;
    const document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true });
    this.problems = document.errors.map(({ message, linePos }) => ({
      where: `${this.#place}${linePos === undefined ? '' : ` line ${String(linePos[0].line)}`}`,
      what: `it is no YAML: ${message.split('\n')[0] ?? ''}`,
      hint: example,
    }));
    this.root = this.problems.length > 0 ? null : document.contents;
  }

  checkKeys(map: YAMLMap, known: readonly string[]): void {
    for (const { key } of map.items as Pair<Node>[]) {
      const name = isScalar(key) ? String(key.value) : '';
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      const hint = near === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${near}?`;
      this.note(key, `${quote(name)} is not known here.`, hint);
    }
  }

  value(map: YAMLMap, key: string): unknown {
    const node = map.get(key, true);
    return isScalar(node) ? node.value : node;
  }

  text(map: YAMLMap, key: string): string | undefined {
    const value = this.value(map, key);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    this.note(map.get(key, true), `${key} is no text.`, 'Put it in quotes.');
    return undefined;
  }

  texts(map: YAMLMap, key: string): string[] {
    const node = map.get(key, true);
    if (node === undefined) return [];
    const items = isSeq(node) ? node.items : [node];
    return (items as Node[]).flatMap((item) => {
      if (isScalar(item) && typeof item.value === 'string' && item.value !== '') return [item.value];
      this.note(item, `an item of ${key} is no text.`, 'Put it in quotes.');
      return [];
    });
  }

  /** YAML 1.1 reads `on` and `off` as truth values, and some editors write them so. */
  choice<T extends string>(map: YAMLMap, key: string, values: readonly T[]): T | undefined {
    const value = this.value(map, key);
    if (value === undefined) return undefined;
    const found = values.find((one) => one === (value === true ? 'on' : value === false ? 'off' : value));
    if (found === undefined) this.note(map.get(key, true), `${key} must be ${values.join(' or ')}.`, 'Correct it.');
    return found;
  }

  note(node: unknown, what: string, hint: string): void {
    const start = (node as Node | null | undefined)?.range?.[0];
    const line = start === undefined ? '' : ` line ${String(this.#lines.linePos(start).line)}`;
    this.problems.push({ where: `${this.#place}${line}`, what, hint });
  }
}

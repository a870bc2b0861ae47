// What scripts/generate.ts writes: each text from the one table that it mirrors. Pure.
import { stringify } from 'yaml';
import type { Severity } from '../src/model/config.ts';
import type { InputSpec } from '../src/inputs/spec.ts';
import type { Room } from './rooms.ts';

/** What a rule says about itself. */
export interface RuleFacts {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly needs: readonly string[];
}

/** A row of the table of outputs. */
export interface OutputSpec {
  readonly name: string;
  readonly text: string;
}

/** The first line of every file that is generated whole. */
const NOTICE = 'Written by `npm run generate`; change the table that it is made from.';

/** action.yml, for the runner and the Marketplace. */
export function renderAction(
  inputs: readonly InputSpec[],
  outputs: readonly OutputSpec[],
  description: string,
): string {
  const action = {
    name: 'Pod Route Check',
    description,
    author: 'Pod Route Check contributors',
    branding: { icon: 'share-2', color: 'blue' },
    inputs: Object.fromEntries(
      inputs.map((spec) => [
        spec.name,
        // An input without a default line would still be passed as an empty string; stating it shows that it is meant.
        { description: describeInput(spec), required: false, default: spec.default },
      ]),
    ),
    outputs: Object.fromEntries(outputs.map(({ name, text }) => [name, { description: text }])),
    runs: { using: 'node24', main: 'dist/index.js' },
  };
  return `# ${NOTICE}\n${stringify(action, { lineWidth: 0, defaultStringType: 'PLAIN' })}`;
}

function describeInput(spec: InputSpec): string {
  if (spec.available === 'later') return `Not available yet. ${spec.text}`;
  const values = spec.values === undefined ? '' : ` Values: ${spec.values.join(', ')}.`;
  return `${spec.text}${values}`;
}

/** Markdown: the inputs that can be used, then the names that are only reserved. */
export function renderInputTable(inputs: readonly InputSpec[]): string {
  const rows = inputs
    .filter((spec) => spec.available === 'now')
    .map((spec) => [
      code(spec.name),
      spec.text,
      spec.values?.map(code).join(', ') ?? kind(spec),
      orNothing(spec.default),
    ]);
  const later = inputs.filter((spec) => spec.available === 'later').map(({ name }) => code(name));
  return [
    table(['Input', 'Meaning', 'Values', 'Default'], rows),
    `Reserved for features that do not exist yet, and refused with a clear message when they are set: ${later.join(', ')}.`,
  ].join('\n\n');
}

function kind({ type }: InputSpec): string {
  const kinds: Record<InputSpec['type'], string> = {
    choice: 'one of its values',
    duration: 'duration',
    flag: '`true` or `false`',
    lines: 'lines',
    list: 'list: commas, spaces or new lines',
    number: 'number',
    path: 'path',
    secret: 'text (put it in a secret)',
    text: 'text',
  };
  return kinds[type];
}

export function renderOutputTable(outputs: readonly OutputSpec[]): string {
  return table(
    ['Output', 'Meaning'],
    outputs.map(({ name, text }) => [code(name), text]),
  );
}

export function renderRuleTable(rules: readonly RuleFacts[]): string {
  return table(
    ['Rule', 'What it finds', 'Severity'],
    rules.map(({ id, title, severity }) => [`[${code(id)}](docs/rules/${id}.md)`, title, severity]),
  );
}

/** The head of a rule's page. */
export function renderRuleFacts(rule: RuleFacts): string {
  const needs = rule.needs.length === 0 ? 'nothing' : rule.needs.join(', ');
  return table(['Rule', 'Severity', 'Facts it needs'], [[code(rule.id), rule.severity, needs]]);
}

export function renderRoomTable(rooms: readonly Room[]): string {
  const rows = rooms.map((room) => {
    const lazily = room.lazily?.map(shortPath).join(', ');
    const ours = room.rooms.map(shortPath).join(', ') || 'nothing of ours';
    return [
      code(shortPath(room.path)),
      lazily === undefined ? ours : `${ours}; only by \`import()\`: ${lazily}`,
      (room.packages ?? []).map(code).join(', ') || '-',
      room.because,
    ];
  });
  return table(['Room', 'May import', 'Packages', 'Because'], rows);
}

function shortPath(path: string): string {
  if (path === '*') return 'everything';
  return path.replace(/^src\//, '').replace(/\/$/, '');
}

/** A file of the repository as a folded code block, so that it can be copied from where it is described. */
export function renderFile(path: string, language: string, text: string): string {
  return `[${code(path)}](${path}):\n\n\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** Puts a text between `<!-- generated:name -->` and `<!-- /generated:name -->`. Throws when the marks are not there. */
export function fillIn(page: string, path: string, name: string, text: string): string {
  const start = `<!-- generated:${name} -->`;
  const end = `<!-- /generated:${name} -->`;
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path} needs the lines ${start} and ${end}, in this order.`);
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function orNothing(text: string): string {
  return text === '' ? '' : code(text);
}

/** One function per kind of value. Each notes what is wrong and then returns something usable, so that all is looked at. */
import { RULE_IDS, SEVERITIES, type RuleId, type Severity } from '../model/config.ts';
import { parseAddress, parsePrefix } from '../model/prefix.ts';
import { nearest } from './nearest.ts';
import { quote, type Problem } from './problem.ts';
import { inputSpec, type ChoiceName, type ChoiceValue } from './spec.ts';

/** Filled while the inputs are parsed. */
export interface Notes {
  readonly problems: Problem[];
  readonly warnings: string[];
}

/** Items between commas, spaces and new lines; an item that comes twice counts once. */
export function parseList(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((item) => item !== ''))];
}

/** One a line; paths may hold spaces. */
export function parsePaths(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== '' && !line.startsWith('#')))];
}

/** One of the input's values, in any case; the default where it is none of them. */
export function parseChoice<N extends ChoiceName>(name: N, text: string, notes: Notes): ChoiceValue<N> {
  return parseOne(name, text, {}, notes) ?? (inputSpec(name).default as ChoiceValue<N>);
}

/** `auto`, or the values of a list input in the order given; `aliases` are other words for some of them. */
export function parseChoices<N extends ChoiceName>(
  name: N,
  text: string,
  aliases: Readonly<Record<string, ChoiceValue<N>>>,
  notes: Notes,
): 'auto' | readonly ChoiceValue<N>[] {
  const values = new Set<ChoiceValue<N>>();
  const items = parseList(text);
  if (items.length === 0) {
    const hint = `Write values, or remove the input; unset it is ${inputSpec(name).default}.`;
    notes.problems.push({ where: name, what: `${quote(text)} holds no value.`, hint });
  }
  for (const item of items) {
    const value = parseOne(name, item, aliases, notes);
    if (value !== undefined) values.add(value);
  }
  const isAuto = [...values].includes('auto' as ChoiceValue<N>);
  if (!isAuto) return [...values];
  if (values.size > 1) {
    const hint = 'Write either auto or a list without it.';
    notes.problems.push({ where: name, what: '"auto" cannot be combined with other values.', hint });
  }
  return 'auto';
}

function parseOne<N extends ChoiceName>(
  name: N,
  text: string,
  aliases: Readonly<Record<string, ChoiceValue<N>>>,
  notes: Notes,
): ChoiceValue<N> | undefined {
  const { values = [] } = inputSpec(name);
  const folded = text.toLowerCase();
  const known: string | undefined = Object.hasOwn(aliases, folded) ? aliases[folded] : folded;
  const value = values.find((candidate) => candidate === known);
  if (value !== undefined) return value as ChoiceValue<N>;
  const use = values.length === 1 ? `Use ${values.join('')}.` : `Use one of: ${values.join(', ')}.`;
  const near = nearest(text, [...values, ...Object.keys(aliases)]);
  const hint = near === undefined ? use : `Did you mean ${near}? ${use}`;
  notes.problems.push({ where: name, what: `${quote(text)} is not one of its values.`, hint });
  return undefined;
}

/** Addresses and networks canonical, subnet ids as they are; in the order given. */
export function parseSenders(text: string, notes: Notes): readonly string[] {
  return parseList(text).flatMap((item) => {
    const address = parseAddress(item) ?? parsePrefix(item);
    if (address !== undefined) return [address.text];
    // What looks like a misspelt address must not pass for a name.
    if (!/^[\d.:]+(\/.*)?$/.test(item) && /^[\w./-]+$/.test(item)) return [item];
    const hint = 'Write an address, network/length, or the id of a subnet, separated by commas, spaces or new lines.';
    notes.problems.push({ where: 'extra-senders', what: `${quote(item)} is none of these.`, hint });
    return [];
  });
}

/** Canonical, in the order given. */
export function parsePodCIDRs(text: string, notes: Notes): readonly string[] {
  const canonical = new Set<string>();
  for (const item of parseList(text)) {
    const prefix = parsePrefix(item);
    if (prefix === undefined) {
      const isAddress = parseAddress(item) !== undefined;
      const hint = isAddress
        ? 'Add a prefix length, such as /16.'
        : 'Write network/length, such as 10.42.0.0/16 or fd00:42::/48, separated by commas, spaces or new lines.';
      const what = `${quote(item)} is ${isAddress ? 'an address and no prefix' : 'no prefix'}.`;
      notes.problems.push({ where: 'pod-cidrs', what, hint });
      continue;
    }
    if (prefix.length === 0) {
      const what = `${quote(item)} is every address there is, so every route would be about pods.`;
      notes.problems.push({ where: 'pod-cidrs', what, hint: "Write the cluster's pod range, such as 10.42.0.0/16." });
      continue;
    }
    if (prefix.text !== item) notes.warnings.push(`pod-cidrs: ${quote(item)} is taken as the network ${prefix.text}.`);
    canonical.add(prefix.text);
  }
  return [...canonical];
}

/** Canonical, in the order given. */
export function parseNodeSubnets(text: string, notes: Notes): readonly string[] {
  return parseList(text).flatMap((item) => {
    const prefix = parsePrefix(item);
    if (prefix !== undefined && prefix.length > 0) return [prefix.text];
    const hint = 'Write network/length, such as 192.168.10.0/24, separated by commas, spaces or new lines.';
    notes.problems.push({ where: 'node-subnets', what: `${quote(item)} is no network of nodes.`, hint });
    return [];
  });
}

export function parseRegions(text: string, notes: Notes): readonly string[] {
  const regions = new Set<string>();
  for (const item of parseList(text)) {
    const region = item.toLowerCase();
    // By form only: new regions come faster than new versions of this table would.
    if (/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(region)) {
      regions.add(region);
      continue;
    }
    const zone = /^([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})[a-z]$/.exec(region)?.[1];
    const what = zone === undefined ? `${quote(item)} is no region.` : `${quote(item)} is an availability zone.`;
    const hint = zone === undefined ? 'Write regions such as eu-west-1 us-east-2.' : `Write its region, ${zone}.`;
    notes.problems.push({ where: 'aws-regions', what, hint });
  }
  return [...regions];
}

type RuleSettings = Partial<Record<RuleId, Severity | 'off'>>;

/** Lines `rule-id: severity`; blank lines and text after # are skipped. */
export function parseRules(text: string, notes: Notes): Readonly<RuleSettings> {
  const settings: RuleSettings = {};
  const choices = [...SEVERITIES, 'off'] as const;
  const use = `Use one of: ${choices.join(', ')}.`;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/#.*$/, '').trim();
    if (line === '') continue;
    const note = (what: string, hint: string): void => {
      notes.problems.push({ where: `rules, line ${String(index + 1)}`, what, hint });
    };
    const [id = '', word, ...rest] = line.split(':').map((part) => part.trim());
    if (word === undefined || word === '' || rest.length > 0) {
      note(`${quote(line)} is not of the form rule-id: severity.`, 'Write one rule a line, such as orphan-route: off.');
      continue;
    }
    const rule = RULE_IDS.find((candidate) => candidate === id.toLowerCase());
    const severity = choices.find((candidate) => candidate === word.toLowerCase());
    if (rule === undefined) {
      const near = nearest(id, RULE_IDS);
      note(
        `there is no rule ${quote(id)}.`,
        near === undefined ? `The rules are: ${RULE_IDS.join(', ')}.` : `Did you mean ${near}?`,
      );
    } else if (rule === 'rule-crashed') {
      note('rule-crashed reports a defect of the checker itself and cannot be changed.', 'Remove the line.');
    } else if (Object.hasOwn(settings, rule)) {
      note(`${rule} is set a second time.`, 'Keep one of the lines.');
    }
    if (severity === undefined) {
      const near = nearest(word, choices);
      note(`${quote(word)} is no severity.`, near === undefined ? use : `Did you mean ${near}? ${use}`);
    }
    if (rule !== undefined && severity !== undefined) settings[rule] = severity;
  }
  return settings;
}

const LONGEST_MS = 6 * 3_600_000;

/** Milliseconds, from `90s`, `10m`, `1h30m`, or a number of minutes. */
export function parseTimeout(text: string, notes: Notes): number {
  const form = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/.exec(
    /^\d+$/.test(text) ? `${text}m` : text.toLowerCase(),
  );
  const [, hours = '0', minutes = '0', seconds = '0'] = form ?? [];
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  if (form === null) {
    const hint = 'Write 90s, 10m or 1h30m; a plain number means minutes.';
    notes.problems.push({ where: 'timeout', what: `${quote(text)} is no duration.`, hint });
  } else if (ms < 1000 || ms > LONGEST_MS) {
    const hint = 'Write a duration from 1s to 6h.';
    notes.problems.push({ where: 'timeout', what: `${quote(text)} is out of range.`, hint });
  }
  return ms;
}

/** A path or the content, as it came. Its form is looked at where it is read; here only for what no reader can see. */
export function parseKubeconfig(text: string, notes: Notes): string {
  if (!text.includes('\n') && !text.startsWith('{') && /\bapiVersion:/.test(text)) {
    const hint = 'Pass it through a block scalar or a secret that keeps them.';
    notes.problems.push({ where: 'kubeconfig', what: 'the content has lost its line breaks.', hint });
  }
  return text;
}

/** Arguments of the command line -> the inputs of a workflow step, by the same table. Pure. */
import { nearest } from '../inputs/nearest.ts';
import { inputVariable } from '../inputs/parse.ts';
import { INPUTS } from '../inputs/spec.ts';

/** `inputs`: as the runner would set them. */
export type Command =
  | {
      readonly kind: 'run';
      readonly inputs: Readonly<Record<string, string>>;
      readonly json: boolean;
      readonly verbose: boolean;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** Sentences: what is wrong, and what to write instead. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

export const COMMANDS = ['check', 'replay', 'plan', 'apply'] as const;

/** Options that are no inputs. */
export const SWITCHES = ['json', 'verbose', 'help', 'version'] as const;

export function parseArguments(args: readonly string[]): Command {
  if (args.includes('--help') || args.includes('-h') || args[0] === 'help') return { kind: 'help' };
  if (args.includes('--version')) return { kind: 'version' };
  const problems: string[] = [];
  const [command, ...rest] = args;
  if (!COMMANDS.some((one) => one === command)) {
    const near = nearest(command ?? '', COMMANDS);
    problems.push(
      `${JSON.stringify(command ?? '')} is no command. ${near === undefined ? `Use one of: ${COMMANDS.join(', ')}.` : `Did you mean ${near}?`}`,
    );
    return { kind: 'wrong', problems };
  }
  const inputs: Record<string, string> = {};
  const switches = new Set<string>();
  const others: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    const option = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word);
    if (option === null) {
      others.push(word);
      continue;
    }
    const [, name = '', given] = option;
    if (SWITCHES.some((one) => one === name)) {
      switches.add(name);
      continue;
    }
    if (name === 'mode') {
      problems.push(`The command says the mode. Write ${COMMANDS.join(', ')} instead of --mode.`);
      continue;
    }
    const spec = INPUTS.find((one) => one.name === name);
    if (spec === undefined) {
      const near = nearest(name, [...INPUTS.map((one) => one.name), ...SWITCHES]);
      problems.push(
        `There is no option --${name}. ${near === undefined ? 'Run with --help for all of them.' : `Did you mean --${near}?`}`,
      );
      continue;
    }
    const next = rest[at + 1];
    const isAlone = spec.type === 'flag' && (next === undefined || next.startsWith('--'));
    const value = given ?? (isAlone ? 'true' : next);
    if (value === undefined || (given === undefined && !isAlone && value.startsWith('--'))) {
      problems.push(`--${name} has no value. Write --${name} VALUE.`);
      continue;
    }
    if (given === undefined && !isAlone) at += 1;
    inputs[inputVariable(name)] = value;
  }
  if (command === 'plan' || command === 'apply') inputs[inputVariable('mode')] = command;
  if (command === 'replay') {
    const [snapshot, ...more] = others.splice(0);
    if (snapshot === undefined) problems.push('replay needs the file of a saved snapshot. Write replay SNAPSHOT.');
    else inputs[inputVariable('snapshot')] = snapshot;
    others.push(...more);
  }
  for (const word of others)
    problems.push(`${JSON.stringify(word)} belongs to no option. Run with --help for all of them.`);
  if (problems.length > 0) return { kind: 'wrong', problems };
  return { kind: 'run', inputs: withDefaults(inputs), json: switches.has('json'), verbose: switches.has('verbose') };
}

/** Nobody at a terminal wants files that were not asked for. */
function withDefaults(inputs: Readonly<Record<string, string>>): Record<string, string> {
  const [formats, folder] = [inputVariable('report-formats'), inputVariable('report-dir')];
  return inputs[formats] === undefined && inputs[folder] === undefined
    ? { ...inputs, [formats]: 'none' }
    : { ...inputs };
}

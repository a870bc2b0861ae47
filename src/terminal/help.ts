/** What the command can do, from the table of inputs. Pure. */
import { INPUTS } from '../inputs/spec.ts';

const WIDTH = 100;
const INDENT = '      ';

/** `program`: as it was started. */
export function renderHelp(program: string): string {
  const options = INPUTS.filter(({ available, name }) => available === 'now' && !HIDDEN.includes(name)).map(
    ({ name, type, text, default: value }) =>
      `  --${name}${type === 'flag' ? '' : ' VALUE'}\n${wrap(`${text}${value === '' ? '' : ` Default: ${value}.`}`)}`,
  );
  return [
    'Says for every pair of Kubernetes nodes whether pod packets get through, and which setting is',
    'wrong if not.',
    '',
    'Usage:',
    `  ${program} check [options]            reads the cluster and its clouds, and judges`,
    `  ${program} replay SNAPSHOT [options]  judges a saved snapshot; needs no credentials and no network`,
    `  ${program} plan [options]             checks, and writes down what would be changed (docs/apply.md)`,
    `  ${program} apply [options]            changes it, and checks again`,
    '',
    'Exit codes:',
    '  0  the check passes',
    '  1  the check fails: a path is broken or unknown, by --fail-on and --on-unknown',
    '  2  an argument or a file is wrong',
    '  3  something else kept it from judging',
    '',
    'Options:',
    '  --json\n      Prints report.json instead of the text; all else goes to the standard error.',
    '  --verbose\n      Says more about what is read.',
    ...options,
    '',
  ].join('\n');
}

/** They are for workflows. */
const HIDDEN: readonly string[] = ['mode', 'snapshot', 'github-token', 'comment', 'drift-issue', 'guests'];

function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && INDENT.length + line.length + word.length >= WIDTH) {
      lines.push(line);
      line = '';
    }
    line += `${line === '' ? '' : ' '}${word}`;
  }
  return [...lines, line].map((one) => `${INDENT}${one}`).join('\n');
}

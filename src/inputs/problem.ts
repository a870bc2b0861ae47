/** What is wrong with the inputs, for the workflow's author: all of it at once. */
import { ConfigError } from '../model/errors.ts';

export interface Problem {
  /** The input, as the workflow names it, and where a value has lines the line: `rules, line 2`. */
  readonly where: string;
  /** One sentence; never holds the value of a secret input. */
  readonly what: string;
  /** One sentence: what to write instead. */
  readonly hint: string;
}

/** One error for all problems, so that nobody mends a workflow one run at a time. */
export function renderProblems(problems: readonly Problem[]): ConfigError {
  const lines = problems.map(({ where, what, hint }) => `${where}: ${what} ${hint}`);
  const [only = 'nothing is wrong'] = lines;
  const message =
    lines.length === 1 ? `Input ${only}` : `${String(lines.length)} problems with the inputs:\n- ${lines.join('\n- ')}`;
  return new ConfigError(message, {
    hint: 'Correct the `with:` block of the step, or the arguments; the inputs are described in README.md.',
    docs: 'inputs',
  });
}

/** A value in quotes, cut so that a pasted file does not fill the log. */
export function quote(value: string): string {
  const line = value.replace(/\s+/g, ' ');
  return `"${line.length > 60 ? `${line.slice(0, 57)}...` : line}"`;
}

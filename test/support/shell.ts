/** What a shell makes of a command line. */
import { execFileSync } from 'node:child_process';

/** The arguments of a command line of bash, as a program would get them. Only on Linux. */
export function argumentsOf(line: string): string[] {
  const print = 'for a in "$@"; do printf "%s\\0" "$a"; done';
  const text = execFileSync('bash', ['--norc', '-c', `set -- ${line}\n${print}`], {
    encoding: 'utf8',
    env: { LC_ALL: 'C.UTF-8' },
  });
  return text.split('\0').slice(0, -1);
}

/** Texts that have taken in one quoting or another. */
export const HOSTILE = [
  "it's",
  '$(touch /tmp/x) `id` "quoted" \\ back',
  'a; rm -rf / # b',
  'two\nlines\r\nand\ttab',
  '\u202Eright\u2066to left\u200B',
  '\u{1F642} 节点',
  "\u0007'\\'mixed\u001B[31m",
  '*',
  '~root',
  '!!',
  '',
];

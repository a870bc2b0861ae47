import { describe, expect, test } from '@jest/globals';
import { INPUTS } from '../../../src/inputs/spec.ts';
import { parseArguments } from '../../../src/terminal/arguments.ts';
import { renderHelp } from '../../../src/terminal/help.ts';

const NO_FILES = { 'INPUT_REPORT-FORMATS': 'none' };

test.each<[string, Record<string, string>, { json?: boolean; verbose?: boolean }]>([
  ['check', NO_FILES, {}],
  ['check --cloud aws --fail-on=warning', { INPUT_CLOUD: 'aws', 'INPUT_FAIL-ON': 'warning', ...NO_FILES }, {}],
  ['check --json --verbose', NO_FILES, { json: true, verbose: true }],
  ['check --rules=orphan-route:off', { INPUT_RULES: 'orphan-route:off', ...NO_FILES }, {}],
  ['check --redact --cloud aws', { INPUT_REDACT: 'true', INPUT_CLOUD: 'aws', ...NO_FILES }, {}],
  ['check --report-dir out', { 'INPUT_REPORT-DIR': 'out' }, {}],
  ['check --report-formats html', { 'INPUT_REPORT-FORMATS': 'html' }, {}],
  ['plan --plan-file p.json', { INPUT_MODE: 'plan', 'INPUT_PLAN-FILE': 'p.json', ...NO_FILES }, {}],
  ['apply', { INPUT_MODE: 'apply', ...NO_FILES }, {}],
  ['replay s.json', { INPUT_SNAPSHOT: 's.json', ...NO_FILES }, {}],
  ['replay --json s.json --cloud=', { INPUT_SNAPSHOT: 's.json', INPUT_CLOUD: '', ...NO_FILES }, { json: true }],
])('%s', (line, inputs, { json = false, verbose = false }) => {
  expect(parseArguments(line.split(' '))).toEqual({ kind: 'run', inputs, json, verbose });
});

test.each<[string, string[]]>([
  ['chek', ['"chek" is no command. Did you mean check?']],
  ['destroy', ['"destroy" is no command. Use one of: check, replay, plan, apply.']],
  [
    'check --clod aws',
    [
      'There is no option --clod. Did you mean --cloud?',
      '"aws" belongs to no option. Run with --help for all of them.',
    ],
  ],
  ['check --mode=apply', ['The command says the mode. Write check, replay, plan, apply instead of --mode.']],
  ['check --cloud', ['--cloud has no value. Write --cloud VALUE.']],
  ['check --cloud --json', ['--cloud has no value. Write --cloud VALUE.']],
  ['check extra', ['"extra" belongs to no option. Run with --help for all of them.']],
  ['replay', ['replay needs the file of a saved snapshot. Write replay SNAPSHOT.']],
  ['replay a b', ['"b" belongs to no option. Run with --help for all of them.']],
])('%s is refused', (line, problems) => {
  expect(parseArguments(line.split(' '))).toEqual({ kind: 'wrong', problems });
});

test.each(['--help', 'check --help', '-h', 'help'])('%s asks for help', (line) => {
  expect(parseArguments(line.split(' '))).toEqual({ kind: 'help' });
});

describe('the help', () => {
  const help = renderHelp('prc');

  test('names every input that a terminal can use, and keeps to the width', () => {
    for (const { name, available } of INPUTS) {
      if (available === 'later') expect(help).not.toContain(`--${name} `);
    }
    expect(help).toContain('--kubeconfig VALUE');
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

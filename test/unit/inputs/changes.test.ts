/** Inputs about changes: what they come to, and what contradicts itself. */
import { describe, expect, test } from '@jest/globals';
import { asksToApply, inputVariable, parseInputs } from '../../../src/inputs/parse.ts';

const DIGEST = 'a'.repeat(64);

type Inputs = Readonly<Record<string, string>>;

function parse(inputs: Inputs) {
  return parseInputs(Object.fromEntries(Object.entries(inputs).map(([name, value]) => [inputVariable(name), value])));
}

function problemsOf(inputs: Inputs): string[] {
  const parsed = parse(inputs);
  return 'problems' in parsed ? parsed.problems.map(({ where, what }) => `${where}: ${what}`) : [];
}

describe('the policy', () => {
  test.each<[Inputs, object]>([
    [{ 'allow-changes': 'delete-route' }, { kinds: ['delete-route'] }],
    [{ 'allow-disruption': 'Restart' }, { disruption: 'restart' }],
    [{ 'max-changes': '1000' }, { most: 1000 }],
    [{ 'exclude-nodes': 'a, gpu-*' }, { excludedNodes: ['a', 'gpu-*'] }],
    [
      { 'allow-owners': 'Terraform # ours\n\n CloudFormation stack net \n#x' },
      { owners: ['Terraform', 'CloudFormation stack net'] },
    ],
  ])('%j', (inputs, expected) => {
    expect(parse({ mode: 'plan', ...inputs })).toMatchObject({ config: { policy: expected }, warnings: [] });
  });

  test.each([
    [{ 'max-changes': '0' }, /^max-changes: "0" is no such number/],
    [{ 'max-changes': '1001' }, /^max-changes/],
    [{ 'max-changes': 'all' }, /^max-changes/],
    [{ 'allow-changes': 'everything' }, /^allow-changes: "everything" is not one of its values/],
    [{ 'allow-disruption': 'some' }, /^allow-disruption/],
  ])('%j is refused', (inputs, says) => {
    expect(problemsOf({ mode: 'plan', ...inputs })).toEqual([expect.stringMatching(says)]);
  });
});

describe('contradictions', () => {
  test.each<[Inputs, string[]]>([
    [
      { mode: 'apply', 'plan-file': 'p.json' },
      ['plan-digest: a plan from a file is applied only with the digest that was approved.'],
    ],
    [{ mode: 'apply', 'plan-digest': 'abc' }, ['plan-digest: "abc" is no digest.']],
    [{ mode: 'apply', snapshot: 's.json' }, ['snapshot: what was once there cannot be changed (mode is apply).']],
    [{ mode: 'apply', 'what-if': 'w.yml' }, ['what-if: nodes that do not exist cannot be changed (mode is apply).']],
    [{ mode: 'plan', 'what-if': 'w.yml' }, ['what-if: nodes that do not exist cannot be changed (mode is plan).']],
    [{ mode: 'apply', 'plan-file': 'p.json', 'plan-digest': DIGEST.toUpperCase() }, []],
    [{ mode: 'plan', snapshot: 's.json', 'plan-file': 'p.json' }, []],
  ])('%j', (inputs, expected) => {
    expect(problemsOf(inputs)).toEqual(expected);
  });

  test('what has no effect is said', () => {
    expect(parse({ 'allow-changes': 'delete-route', 'plan-digest': DIGEST })).toMatchObject({
      warnings: ['mode is check, so these inputs have no effect: plan-digest, allow-changes.'],
    });
    expect(parse({ mode: 'plan', 'plan-digest': DIGEST })).toMatchObject({
      warnings: ['mode is plan, so plan-digest has no effect.'],
    });
  });
});

test.each([
  ['apply', true],
  [' Apply ', true],
  ['plan', false],
  ['check', false],
  ['', false],
  ['applying', false],
])('whether anything may be changed is known before the inputs are parsed: %j', (mode, expected) => {
  expect(asksToApply({ INPUT_MODE: mode })).toBe(expected);
  const parsed = parse({ mode });
  expect('config' in parsed && parsed.config.mode === 'apply').toBe(expected);
});

import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import * as faults from '../../../lab/world/faults.ts';
import type { Plan } from '../../../src/model/planned.ts';
import { messageOf } from '../../../src/model/errors.ts';
import { canonicalJson, digestOf } from '../../../src/plan/digest.ts';
import { decodePlan, encodePlan } from '../../../src/plan/file.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { cluster } from '../../support/judging.ts';
import { planFor } from '../../support/planning.ts';

const { plan } = planFor(cluster('host-gw'), [
  faults.checkOn(3),
  faults.wrongTarget(1, { node: 5 }),
  faults.deadRoute(4),
]);

test('a plan and its undo come back from their files as they were', () => {
  for (const one of [plan, undoPlan(plan)]) expect(decodePlan(encodePlan(one), 'p.json', one.digest)).toEqual(one);
});

test('both follow the published schema', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../../docs/schema/plan-v1.schema.json', import.meta.url), 'utf8'),
  ) as object;
  const ajv = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false, allErrors: true });
  const validate = ajv.addVocabulary(['x-unique', 'x-tag']).compile(schema);
  for (const one of [plan, undoPlan(plan)]) {
    validate(JSON.parse(encodePlan(one)));
    expect(validate.errors).toBeNull();
  }
});

describe('the digest', () => {
  const [first, ...rest] = plan.changes;

  test.each<[string, Partial<Plan>]>([
    ['another target', { changes: [{ ...first!, after: { kind: 'forwarding', forwarding: 'off' } }, ...rest] }],
    ['another state before', { changes: [{ ...first!, before: { kind: 'absent' } }, ...rest] }],
    ['a weaker precondition', { changes: [{ ...first!, precondition: {} }, ...rest] }],
    ['one change less', { changes: rest }],
    ['another order', { changes: [...rest, first!] }],
    ['another cluster', { cluster: 'other' }],
    ['another purpose', { purpose: 'undo' }],
  ])('%s is another digest, and the file is refused', (_, changed) => {
    const forged = { ...plan, ...changed };
    expect(digestOf(forged)).not.toBe(plan.digest);
    const refused = decodePlan(encodePlan(forged), 'p.json', plan.digest);
    expect(messageOf(refused)).toMatch(/p\.json has the digest [0-9a-f]{64}, and plan-digest approves/);
    // What the file says of itself counts for nothing.
    expect(decodePlan(encodePlan({ ...forged, digest: plan.digest }), 'p.json', plan.digest)).toBeInstanceOf(Error);
  });

  test('does not hang on when the plan was made, nor on what it leaves out', () => {
    const basedOn = { takenAt: '2030-01-01T00:00:00Z', snapshot: 'x', version: '9' };
    expect(digestOf({ ...plan, basedOn, withheld: [] })).toBe(plan.digest);
  });

  test('does not hang on the order of keys', () => {
    expect(canonicalJson({ b: [2, 1], a: { d: undefined, c: '"' } })).toBe('{"a":{"c":"\\""},"b":[2,1]}');
    expect(digestOf(JSON.parse(encodePlan(plan)) as Plan)).toBe(plan.digest);
  });
});

test.each([
  ['no JSON', '{', /is not JSON/],
  ['another version', '{"schemaVersion":2}', /no plan of schemaVersion 1/],
  ['no object', 'null', /no plan of schemaVersion 1/],
  [
    'a field that nobody knows',
    encodePlan({ ...plan, surprise: 1 } as Plan).replace('"cluster"', '"clutser": 1, "cluster"'),
    /\.clutser is a field that this version does not know/,
  ],
  [
    'a place that is none',
    encodePlan(plan).replaceAll('"cloud": "aws"', '"cloud": "moon"'),
    /\.place\.cloud must be one of/,
  ],
  [
    'a range that is none',
    encodePlan(plan).replaceAll('10.244.1.0/24', '10.244.1.9/24'),
    /must be written 10\.244\.1\.0\/24/,
  ],
])('a file with %s is refused, with what is wrong', (_, text, says) => {
  expect(messageOf(decodePlan(text, 'p.json', plan.digest))).toMatch(says);
});

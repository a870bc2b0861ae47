import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { RULE_IDS } from '../../../src/model/config.ts';
import { DETECTED_MODES } from '../../../src/model/judgement.ts';
import type { Judgement } from '../../../src/model/judgement.ts';
import { renderJson } from '../../../src/report/json.ts';
import { guestsJudgement } from './guest-world.ts';
import {
  brokenJudgement,
  GAP,
  hostileJudgement,
  judgedNode,
  judgement,
  overlayJudgement,
  unknownJudgement,
  view,
} from './worlds.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../../docs/schema/report-v1.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(SCHEMA);

function report(judged: Judgement): Record<string, unknown> {
  return JSON.parse(renderJson(view(judged))) as Record<string, unknown>;
}

describe('the schema', () => {
  const cases: readonly (readonly [string, Judgement])[] = [
    ['pass', judgement()],
    ['fail', brokenJudgement()],
    ['unknown', unknownJudgement()],
    ['overlay', overlayJudgement()],
    ['hostile', hostileJudgement()],
    ['nodes of their own', guestsJudgement()],
  ];
  test.each(cases)('admits a report of %s', (_name, judged) => {
    validate(report(judged));
    expect(validate.errors).toBeNull();
  });

  test.each([
    ['an unknown key', { ...report(judgement()), more: 1 }],
    ['a partial verdict', { ...report(judgement()), verdict: 'partial' }],
    ['a missing key', { ...report(judgement()), gaps: undefined }],
    ['a negative count', { ...report(judgement()), pairs: { ...(report(judgement())['pairs'] as object), fail: -1 } }],
  ])('refuses %s', (_name, value) => {
    expect(validate(JSON.parse(JSON.stringify(value)))).toBe(false);
  });
});

test('has every key of the public contract, in its order', () => {
  const broken = report({ ...brokenJudgement(), gaps: [GAP] });
  expect(Object.keys(broken)).toEqual(
    'schemaVersion verdict evidenceLevel gate cluster clouds pairs roundTrip otherPaths classes matrix nodes findings resolved unseen plan causes gaps'.split(
      ' ',
    ),
  );
  const keysOfFirst = (name: string): string[] => Object.keys((broken[name] as object[])[0] ?? {});
  expect(keysOfFirst('nodes').join(' ')).toBe(
    'name os podCIDRs internalIPs machine interfaces subnets routeTables forwarding evidenceLevel verdict',
  );
  expect(keysOfFirst('findings').join(' ')).toBe(
    'key rule severity verdict title what why next subjects evidence pairsBroken roundTripsBroken otherPathsBroken standing authors accepted remedies',
  );
  expect(keysOfFirst('matrix').join(' ')).toBe('from to family verdict roundTrip findings');
  expect(keysOfFirst('causes').join(' ')).toBe('finding pairsExplained');
  expect(keysOfFirst('gaps').join(' ')).toBe('facet subject reason permission');
});

test('is byte-identical whatever the order in which the judgement lists things', () => {
  const broken = { ...brokenJudgement(), gaps: [GAP, { ...GAP, scope: 'a' }, { ...GAP, facet: 'cni' as const }] };
  const shuffled: Judgement = {
    ...broken,
    nodes: broken.nodes.toReversed(),
    findings: broken.findings.toReversed(),
    classes: broken.classes.toReversed(),
    matrix: broken.matrix.toReversed(),
    causes: broken.causes.toReversed(),
    gaps: broken.gaps.toReversed(),
  };
  expect(renderJson(view(shuffled))).toBe(renderJson(view(broken)));
});

test('contains commands for every tool, even where there are none', () => {
  const findings = report(brokenJudgement())['findings'] as { rule: string; remedies: object }[];
  expect(findings[0]?.remedies).toEqual({
    aws: [
      'aws ec2 modify-network-interface-attribute --network-interface-id eni-0a100000000000003 --no-source-dest-check --region eu-west-1',
    ],
    gcloud: [],
    az: [],
    kubectl: [],
    ip: [],
    powershell: [],
    terraform: [
      '# In the resource that holds eni-0a100000000000003: aws_network_interface, or aws_instance for its first:',
      'source_dest_check = false',
    ],
  });
  expect(report(unknownJudgement())['findings']).toMatchObject([{ remedies: { aws: [], gcloud: [], az: [] } }]);
});

test('a machine and a permission that are not known are null', () => {
  const { machine: _machine, ...unmatched } = judgedNode(1);
  const { permission: _permission, ...gap } = GAP;
  const json = report(judgement({ nodes: [unmatched], gaps: [gap] }));
  expect(json['nodes']).toMatchObject([{ machine: null }]);
  expect(json['gaps']).toMatchObject([{ permission: null }]);
});

test('names the time, version and place of the run nowhere', () => {
  const text = renderJson(view(brokenJudgement()));
  expect(text).not.toContain('2026-11-21');
  expect(text).not.toContain('1.0.0');
});

test('every mode that the judge can find is one that the schema admits', () => {
  const text = readFileSync(new URL('../../../docs/schema/report-v1.schema.json', import.meta.url), 'utf8');
  const schema = JSON.parse(text) as {
    properties: { cluster: { properties: { networkModes: { items: { enum: string[] } } } } };
  };
  expect(schema.properties.cluster.properties.networkModes.items.enum).toEqual([...DETECTED_MODES]);
});

test('every rule id of the model is a string that the schema admits', () => {
  // The schema leaves rule open on purpose: a new rule is an addition, not a new version.
  for (const rule of RULE_IDS) {
    const [finding] = brokenJudgement().findings;
    if (finding === undefined) throw new Error('no finding');
    expect(validate(report(judgement({ findings: [{ ...finding, rule }] })))).toBe(true);
  }
});

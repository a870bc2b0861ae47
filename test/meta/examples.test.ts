import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { INPUTS } from '../../src/inputs/spec.ts';
import { OUTPUTS } from '../../src/report/outputs.ts';
import { releaseNotes } from '../../scripts/release-notes.ts';

interface Step {
  readonly uses?: string;
  readonly id?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const FOLDER = new URL('../../docs/examples/', import.meta.url);
const EXAMPLES = readdirSync(FOLDER).sort();

test.each(EXAMPLES)('%s uses inputs and outputs that exist, with values that are taken', (name) => {
  const text = readFileSync(new URL(name, FOLDER), 'utf8');
  const steps = Object.values((parse(text) as Workflow).jobs).flatMap((job) => job.steps);
  const ours = steps.filter(({ uses }) => uses?.startsWith('OWNER/pod-route-check@'));
  expect(ours.length).toBeGreaterThan(0);
  for (const { id, with: given = {} } of ours) {
    for (const [input, value] of Object.entries(given)) {
      const spec = INPUTS.find((one) => one.name === input);
      expect([input, spec?.available]).toEqual([input, 'now']);
      const values = spec?.type === 'list' ? String(value).split(', ') : [value];
      if (spec?.values !== undefined) for (const one of values) expect(spec.values).toContain(one);
    }
    const used = id === undefined ? [] : [...text.matchAll(new RegExp(`steps\\.${id}\\.outputs\\.([\\w-]+)`, 'g'))];
    for (const [, output] of used) expect(OUTPUTS.map((one) => one.name)).toContain(output);
  }
});

test('release notes are the section of the version that tag and package name', () => {
  const changelog = '# Changelog\n\n## Unreleased\n\n- c\n\n## 1.2.3\n\n- b\n\n## 1.2.2\n\n- a\n';
  expect(releaseNotes('v1.2.3', '1.2.3', changelog)).toBe('- b\n');
  expect(() => releaseNotes('v1.2.4', '1.2.3', changelog)).toThrow('The tag is v1.2.4, and package.json says 1.2.3.');
  expect(() => releaseNotes('v1.2.5', '1.2.5', changelog)).toThrow('has no section about 1.2.5');
});

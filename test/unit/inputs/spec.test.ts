import { expect, test } from '@jest/globals';
import { INPUTS, inputSpec } from '../../../src/inputs/spec.ts';
import { NETWORK_MODE_ALIASES } from '../../../src/model/network-modes.ts';

test.each(INPUTS.map((spec) => [spec.name, spec] as const))('%s is described and consistent', (name, spec) => {
  expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(spec.text).toMatch(/^[A-Z].*\.$/);
  expect(spec.text.length).toBeLessThan(300);
  // A default that its own list refuses would fail every workflow that leaves the input out.
  if (spec.values !== undefined) {
    const given = spec.type === 'list' ? spec.default.split(', ') : [spec.default];
    for (const value of given) expect(spec.values).toContain(value);
  }
  if (spec.available === 'later') expect(spec.values).toBeUndefined();
});

test('aliases lead to values that can be used now and hide none', () => {
  const values = inputSpec('network-mode').values ?? [];
  for (const [alias, mode] of Object.entries(NETWORK_MODE_ALIASES)) {
    expect(values).toContain(mode);
    if (alias !== mode) expect(values).not.toContain(alias);
    expect(alias).toBe(alias.toLowerCase());
  }
});

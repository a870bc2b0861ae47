// What is asked for follows from the rules that are on.
import { expect, test } from '@jest/globals';
import { collectSnapshot } from '../../../src/collect/collect.ts';
import { inputVariable, parseInputs } from '../../../src/inputs/parse.ts';
import type { ClusterFacets, Ports } from '../../../src/ports.ts';

async function ask(rules: string): Promise<{ wanted: ClusterFacets | undefined; told: unknown }> {
  let wanted: ClusterFacets | undefined;
  const silent = (): void => undefined;
  const ports: Partial<Ports> = {
    clock: { now: () => 0, sleep: async () => undefined },
    log: { debug: silent, info: silent, warning: silent, fold: () => undefined, group: (_, work) => work() },
    chooseClouds: () => ({ clouds: [], gaps: [] }),
    guests: async () => undefined,
    segment: async () => undefined,
    cluster: async () => ({
      read: async (facets) => {
        wanted = facets;
        const facts = { id: 'c', nodes: [], cni: { agents: [], complete: true }, serviceCIDRs: ['10.96.0.0/12'] };
        return { facts, gaps: [] };
      },
      reread: async () => ({ facts: [], gaps: [] }),
    }),
  };
  const parsed = parseInputs({ [inputVariable('rules')]: rules });
  if (!('config' in parsed)) throw new Error('the inputs are right');
  const { snapshot } = await collectSnapshot(parsed.config, ports as Ports);
  return { wanted, told: snapshot.cluster.serviceCIDRs };
}

test('the ranges of Services are asked for, and kept', async () => {
  expect(await ask('')).toMatchObject({ wanted: { services: true }, told: ['10.96.0.0/12'] });
});

test('they are not, where the only rule that needs them is off', async () => {
  expect((await ask('range-collision: off')).wanted).toMatchObject({ services: false });
});

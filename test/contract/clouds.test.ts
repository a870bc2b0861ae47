/** One suite for every cloud's reader: what it brings is judged like the world itself, and it never writes. */
import { describe, expect, test } from '@jest/globals';
import { randomWorld } from '../../lab/random/random-world.ts';
import type { Lab, LabOptions } from '../../lab/servers/index.ts';
import { startLab } from '../../lab/servers/index.ts';
import type { World } from '../../lab/world/world.ts';
import { judgeSnapshot } from '../../src/judge/judge.ts';
import type { Judgement } from '../../src/model/judgement.ts';
import type { NetworkMode } from '../../src/model/config.ts';
import type { FabricReader } from '../../src/ports.ts';
import { labPerTest } from '../support/lab-per-test.ts';
import { snapshotOfWorld } from '../support/world-snapshot.ts';
import { openReader as openAws } from './aws/expected.ts';
import * as azure from './azure/expected.ts';
import * as gcp from './gcp/expected.ts';

interface Provider {
  readonly serve: (world: World, options?: LabOptions) => Promise<Lab>;
  readonly open: (lab: Lab) => FabricReader;
  readonly leave: () => void;
}

const PROVIDERS: Readonly<Record<'aws' | 'gcp' | 'azure', Provider>> = {
  aws: { serve: startLab, open: (lab) => openAws(lab.env), leave: () => undefined },
  gcp: { serve: gcp.serveGce, open: (lab) => gcp.openReader(lab), leave: gcp.leave },
  azure: { serve: azure.serveAzure, open: (lab) => azure.openReader(lab), leave: azure.leave },
};

const SEEDS = [31, 32, 33, 34, 35, 36];

describe.each(['aws', 'gcp', 'azure'] as const)('%s', (cloud) => {
  const provider = PROVIDERS[cloud];
  const serve = labPerTest(provider.serve, provider.leave);

  test.each([
    ['plainly', {}],
    ['throttled on every third call', { throttleEvery: 3 }],
  ])(
    'random worlds read %s are judged as the worlds themselves, and nothing is written',
    async (_, options) => {
      for (const seed of SEEDS) {
        const random = randomWorld(seed, cloud);
        const lab = await serve(random.world, options);
        const read = await provider.open(lab).read(snapshotOfWorld(random.world).cluster.nodes);
        expect(lab.requests().filter((request) => request.write)).toEqual([]);
        expect(summary(seed, judge(random.world, random.inputs, read))).toEqual(
          summary(seed, judge(random.world, random.inputs)),
        );
      }
    },
    120_000,
  );

  test('what is read a second time is what was read the first time', async () => {
    const { world } = randomWorld(SEEDS[0] ?? 0, cloud);
    const reader = provider.open(await serve(world));
    const [first] = (await reader.read(snapshotOfWorld(world).cluster.nodes)).facts;
    const suspects = {
      nodes: [],
      machines: (first?.machines ?? []).slice(0, 2).map(({ id }) => id),
      interfaces: (first?.interfaces ?? []).slice(0, 2).map(({ id }) => id),
      tables: (first?.tables ?? [])
        .filter(({ implicit }) => implicit !== true)
        .slice(0, 1)
        .map(({ id }) => id),
      filters: [],
    };
    const again = await reader.reread(suspects);
    expect(again.gaps).toEqual([]);
    const facts = again.facts.find(({ id }) => id === first?.id);
    const pick = <T extends { readonly id: string }>(items: readonly T[] = [], ids: readonly string[]): readonly T[] =>
      items.filter(({ id }) => ids.includes(id));
    expect(pick(facts?.interfaces, suspects.interfaces)).toEqual(pick(first?.interfaces, suspects.interfaces));
    expect(pick(facts?.machines, suspects.machines).map(({ id, state }) => ({ id, state }))).toEqual(
      pick(first?.machines, suspects.machines).map(({ id, state }) => ({ id, state })),
    );
    expect(pick(facts?.tables, suspects.tables)).toEqual(pick(first?.tables, suspects.tables));
  }, 60_000);
});

function judge(
  world: World,
  inputs: Readonly<Record<string, string>>,
  read?: Awaited<ReturnType<FabricReader['read']>>,
): Judgement {
  const told = inputs['network-mode'];
  const networkModes = told === undefined ? ('auto' as const) : [told as NetworkMode];
  const perfect = snapshotOfWorld(world);
  const snapshot = read === undefined ? perfect : { ...perfect, fabrics: read.facts, gaps: read.gaps };
  return judgeSnapshot(snapshot, { networkModes, podCIDRs: [], rules: {} });
}

function summary(seed: number, { pairs, roundTrip, findings }: Judgement): unknown {
  const failing = findings.filter(({ verdict }) => verdict === 'fail').map(({ key }) => key);
  return { seed, pairs, roundTrip, failing: failing.sort() };
}

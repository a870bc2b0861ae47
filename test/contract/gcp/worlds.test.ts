/** The Compute Engine reader against whole worlds, compared object by object. */
import { describe, expect, jest, test } from '@jest/globals';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import type { World } from '../../../lab/world/world.ts';
import { expectedOf, gceOf, leave, nodesOf, openReader, plainOf, serveGce } from './expected.ts';
import { busyWorld, instanceAt, NETWORK, sharedWorld, usualWorld } from './worlds.ts';
import { labPerTest } from '../../support/lab-per-test.ts';

// The descriptions that the clients load are 12 MB of JSON, which a busy machine takes its time over.
jest.setTimeout(60_000);

const serve = labPerTest(serveGce, leave);

const alias = (): World => gceCluster({ name: 'suite', mode: 'alias', nodes: 6, subnets: 2 });

describe('reading', () => {
  test.each([
    ['routes by a controller, both families', usualWorld()],
    ['alias ranges', alias()],
    ['Shared VPC, next hops by address', sharedWorld()],
    ['everything at once', busyWorld()],
  ])('%s', async (_, world) => {
    const running = await serve(world);
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(gaps).toEqual([]);
    expect(plainOf(facts)).toEqual(expectedOf(world));
    expect(running.requests().filter(({ write }) => write)).toEqual([]);
  });

  test('pages of one object are read to their end', async () => {
    const world = usualWorld();
    const running = await serve(world, { pageSize: { gce: 1 } });
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(gaps).toEqual([]);
    expect(plainOf(facts)).toEqual(expectedOf(world));
  });

  test('the same twice, to the byte, whatever the order of the nodes', async () => {
    const world = busyWorld();
    const running = await serve(world);
    const reader = openReader(running);
    const [first, second] = [await reader.read(nodesOf(world)), await reader.read([...nodesOf(world)].reverse())];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  test('a stopped machine that a stale warning calls dead is believed when it says that it runs', async () => {
    const world = busyWorld();
    const running = await serve(world);
    const { facts } = await openReader(running).read(nodesOf(world));
    const { name } = instanceAt(gceOf(world), 2);
    const routes = facts[0]!.tables[0]!.routes.filter(
      ({ target }) => target.kind === 'machine' && target.machine.endsWith(`/${name}`),
    );
    expect(routes.map(({ state, stateText }) => [state, stateText])).toEqual([
      ['active', undefined],
      ['active', undefined],
    ]);
  });

  test('few requests, however many nodes', async () => {
    const counts: number[] = [];
    for (const nodes of [10, 200]) {
      const world = gceCluster({ name: 'suite', mode: 'fabric', nodes });
      const running = await serve(world);
      await openReader(running).read(nodesOf(world));
      counts.push(running.requests().filter(({ service }) => service === 'gce').length);
      await running.stop();
    }
    expect(counts).toEqual([5, 5]);
  });
});

describe('where to look', () => {
  test('nodes without provider id are found by their addresses, in the project of the environment', async () => {
    const world = usualWorld();
    const running = await serve(world);
    const nameless = nodesOf(world).map(({ providerID: _, ...node }) => node);
    const { facts, gaps } = await openReader(running).read(nameless);
    expect(gaps).toEqual([]);
    expect(plainOf(facts)).toEqual(expectedOf(world));
  });

  test('no project anywhere is said before anything is asked', async () => {
    const world = usualWorld();
    const running = await serve(world);
    for (const name of Object.keys(process.env))
      if (name.includes('PROJECT')) Reflect.deleteProperty(process.env, name);
    const nameless = nodesOf(world).map(({ providerID: _, ...node }) => node);
    const { facts, gaps } = await openReader(running).read(nameless);
    expect([facts, gaps.length, running.requests()]).toEqual([[], 1, []]);
    expect(gaps[0]?.reason).toMatch(/^no project is known: .* Set gcp-projects$/);
    const found = await openReader(running, { gcpProjects: ['shop-prod'] }).read(nameless);
    expect(found.facts[0]?.machines.length).toBe(5);
  });

  test('where none of the nodes is found, the project that was searched is named', async () => {
    const world = usualWorld();
    const running = await serve(world);
    const strangers = nodesOf(world).map((node) => ({ ...node, providerID: `${node.providerID ?? ''}-old` }));
    const { facts, gaps } = await openReader(running).read(strangers);
    expect(gaps).toEqual([]);
    expect(facts.map(({ id, machines }) => [id, machines.length])).toEqual([['gcp/shop-prod', 0]]);
  });

  test('a vanished node does not sink the others', async () => {
    const world = usualWorld();
    const running = await serve(world);
    const [first] = nodesOf(world);
    const stale = { ...first!, name: 'stale', providerID: 'gce://shop-prod/europe-west3-a/stale' };
    const { facts, gaps } = await openReader(running).read([stale, ...nodesOf(world)]);
    expect(gaps).toEqual([]);
    expect(plainOf(facts)).toEqual(expectedOf(world));
  });

  test('a project that was not read may hold what a route of a Shared VPC leads to', async () => {
    const world = sharedWorld();
    const gce = gceOf(world);
    const hidden = structuredClone(instanceAt(gce, 0));
    hidden.name = 'elsewhere';
    hidden.nics[0]!.ip = '10.132.0.77';
    gce.projects.push({ project: 'other-team', instances: [hidden], instanceTemplates: [], unreachableZones: [] });
    gce.routes.push({
      name: 'to-other-team',
      network: NETWORK,
      destRange: '10.244.77.0/24',
      priority: 1000,
      tags: [],
      description: '',
      target: { kind: 'ip', ip: '10.132.0.77' },
    });
    const running = await serve(world);
    const targetIn = async (gcpProjects: string[]): Promise<unknown> => {
      const { facts } = await openReader(running, { gcpProjects }).read(nodesOf(world));
      return facts[0]?.tables[0]?.routes.find(({ name }) => name === 'to-other-team')?.target;
    };
    expect(await targetIn([])).toEqual({
      kind: 'unknown',
      text: '10.132.0.77, which no instance of the projects read has',
    });
    expect(await targetIn(['shop-prod', 'other-team'])).toEqual({ kind: 'address', address: '10.132.0.77' });
  });
});

describe('reading again', () => {
  test('what is asked for, as it is by then, and nothing else', async () => {
    const world = busyWorld();
    const gce = gceOf(world);
    const running = await serve(world);
    const reader = openReader(running);
    const first = await reader.read(nodesOf(world));
    const idOf = (index: number): string => {
      const { zone, name } = instanceAt(gce, index);
      return `shop-prod/${zone}/${name}`;
    };
    const [lost, machine, face] = [idOf(7), idOf(0), `${idOf(4)}/nic0`];
    instanceAt(gce, 4).canIpForward = false;
    gce.projects[0]!.instances.splice(7, 1);
    gce.routes = gce.routes.filter(({ name }) => name !== 'gone');
    const before = running.requests().length;
    const suspects = {
      nodes: [],
      machines: [machine, lost],
      interfaces: [face],
      tables: [`shop-prod/${NETWORK}`],
      filters: [],
    };
    const { facts, gaps } = await reader.reread(suspects);
    expect(gaps).toEqual([]);
    expect(facts.map(({ id }) => id)).toEqual(['gcp/shop-prod']);
    expect(facts[0]?.machines).toEqual(first.facts[0]?.machines.filter(({ id }) => id === machine));
    expect(facts[0]?.interfaces.map(({ id, forwarding }) => [id, forwarding])).toEqual([[face, 'off']]);
    expect([facts[0]?.networks, facts[0]?.subnets]).toEqual([[], []]);
    const names = facts[0]!.tables.flatMap(({ routes }) => routes.map(({ name }) => name));
    expect(names).not.toContain('gone');
    expect(names).toContain('nobody');
    expect(
      running
        .requests()
        .slice(before)
        .map(({ operation }) => operation)
        .sort(),
    ).toEqual(['instances.aggregatedList shop-prod', 'routes.list shop-prod']);
  });

  test('only tables are asked for where only tables are suspect', async () => {
    const world = sharedWorld();
    const running = await serve(world);
    const reader = openReader(running);
    const { facts } = await reader.read(nodesOf(world));
    const before = running.requests().length;
    const again = await reader.reread({
      nodes: [],
      machines: [],
      interfaces: [],
      tables: [`net-host/${NETWORK}`],
      filters: [],
    });
    expect(again.facts[0]?.tables).toEqual(facts[0]?.tables);
    expect(running.requests().slice(before)).toMatchObject([{ operation: 'routes.list net-host' }]);
  });
});

/** What the reader makes of servers in trouble. */
import { describe, expect, test } from '@jest/globals';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import { nodesOf, openReader } from './expected.ts';
import { expectAllRead, usualWorld, useLab } from './lab-run.ts';

const serve = useLab();

describe('servers in trouble', () => {
  test('throttled requests are repeated until they get through', async () => {
    const running = await serve(usualWorld(), { throttleEvery: 4 });
    await expectAllRead(running);
    expect(running.requests().filter((request) => request.status === 503).length).toBeGreaterThan(0);
  }, 60_000);

  test('answers that break off are asked for again', async () => {
    const running = await serve(usualWorld(), { breakOffEvery: 4 });
    await expectAllRead(running);
  }, 60_000);

  test('pages that come short, empty or one object at a time are read to their end', async () => {
    const running = await serve(usualWorld(), { sparsePages: true, pageSize: { ec2: 1 } });
    await expectAllRead(running);
  });

  test('where tables are missing from the answer, no subnet falls back to the main table', async () => {
    const world = ec2Cluster({ name: 'partly', mode: 'fabric', nodes: 3, subnets: 3 });
    const running = await serve(world, {
      pageSize: { ec2: 2 },
      onRequest: ({ operation, count }) => {
        if (operation === 'DescribeRouteTables' && count > 1) throw new Error('down');
      },
    });
    const env = { ...running.env, AWS_MAX_ATTEMPTS: '2' };
    const { facts, gaps } = await openReader(env).read(nodesOf(running.world));
    expect(gaps.map((gap) => gap.facet)).toEqual(['routes']);
    const [main, first] = world.aws[0]!.routeTables;
    expect(facts[0]?.tables.map((table) => table.id).sort()).toEqual([main!.id, first!.id].sort());
    const governed = facts[0]?.subnets.map((subnet) => [subnet.id, subnet.table]) ?? [];
    const known = new Map([[first!.subnetIds[0]!, first!.id]]);
    expect(governed).toEqual(governed.map(([id]) => [id, known.get(id!)]));
    expect(governed.length).toBe(3);
  });

  test('nobody at the endpoint', async () => {
    const running = await serve(usualWorld());
    const env = { ...running.env, AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '2' };
    const { facts, gaps } = await openReader(env).read(nodesOf(running.world));
    expect(facts.map((fabric) => fabric.id)).toEqual(['aws/unknown/eu-central-1']);
    expect(gaps.map((gap) => gap.facet)).toEqual(['machines']);
    expect(gaps[0]?.reason).toMatch(/cannot be reached.*ECONNREFUSED.*network of the runner/);
  }, 30_000);

  test('when the time is over, everything that was not read is a gap', async () => {
    const running = await serve(usualWorld(), { slowMs: 400 });
    const reader = openReader(running.env, { timeoutMs: 600 });
    const { facts, gaps } = await reader.read(nodesOf(running.world));
    expect(facts[0]?.machines.length).toBe(5);
    expect(gaps.map((gap) => gap.facet).sort()).toEqual([
      'filters',
      'filters',
      'interfaces',
      'networks',
      'routes',
      'subnets',
    ]);
    expect(new Set(gaps.map((gap) => gap.reason.includes('time was over')))).toEqual(new Set([true]));
  });
});

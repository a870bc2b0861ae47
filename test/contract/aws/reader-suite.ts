/** What the AWS reader must do against any server that speaks EC2: written once, run against several. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import { inject } from '../../../lab/world/faults.ts';
import * as faults from '../../../lab/world/faults.ts';
import { nodeOf, interfaceOf } from '../../../lab/world/look.ts';
import type { World } from '../../../lab/world/world.ts';
import type { NodeFacts } from '../../../src/model/snapshot.ts';
import { expectedOf, nodesOf, openReader, plainOf } from './expected.ts';

export interface Ec2Server {
  readonly env: Readonly<Record<string, string>>;
  /** What is served, with the ids that the server gave. */
  readonly world: World;
  /** Whether a route that was made with an interface also shows the instance, as EC2 does. */
  readonly showsRouteMachines: boolean;
  /** Turns the check of an interface off (`on` true: packets of others pass). */
  setForwarding(interfaceId: string, on: boolean): Promise<void>;
  /** Throws where an exchange did not conform to the API description. */
  stop(): Promise<void>;
}

function suiteWorld(): World {
  const healthy = ec2Cluster({ name: 'suite', mode: 'fabric', nodes: 6, subnets: 2, tables: 'per-subnet' });
  return inject(
    healthy,
    faults.checkOn(1),
    faults.secondInterface(2),
    faults.terminated(3),
    faults.stopped(4, 'stopped'),
  ).world;
}

/** `start` serves the world; where it cannot, the caller skips. */
export function awsReaderSuite(name: string, start: (world: World) => Promise<Ec2Server>): void {
  describe(`the AWS reader against ${name}`, () => {
    let server: Ec2Server;
    let nodes: readonly NodeFacts[];

    beforeAll(async () => {
      server = await start(suiteWorld());
      nodes = nodesOf(server.world);
    });

    afterAll(async () => {
      await server.stop();
    });

    test('reads the whole network of the nodes as it is', async () => {
      const { facts, gaps } = await openReader(server.env).read(nodes);
      expect(gaps).toEqual([]);
      expect(plainOf(facts, server)).toEqual(expectedOf(server));
    });

    test('reads the same twice, to the byte', async () => {
      const reader = openReader(server.env);
      const [first, second] = [await reader.read(nodes), await reader.read([...nodes].reverse())];
      expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    });

    test('is not sunk by a provider id that names nothing', async () => {
      const [one] = nodes;
      const stale = { ...one!, name: 'stale', providerID: 'aws:///eu-central-1a/i-0deadbeefdeadbeef' };
      const { facts, gaps } = await openReader(server.env).read([stale, ...nodes]);
      expect(gaps).toEqual([]);
      expect(plainOf(facts, server)).toEqual(expectedOf(server));
    });

    test('finds the network of nodes without provider id by their addresses', async () => {
      const anonymous = nodes.map((node): NodeFacts => {
        const { providerID: _, ...rest } = node;
        return rest;
      });
      const { facts, gaps } = await openReader(server.env).read(anonymous);
      expect(gaps).toEqual([]);
      const [expected] = expectedOf(server);
      const [read] = plainOf(facts, server);
      expect(read?.tables).toEqual(expected?.tables);
      expect(read?.interfaces).toEqual(expected?.interfaces);
      // A terminated machine has no address any more, so nothing leads to it.
      expect(read?.machines).toEqual(expected?.machines.filter((machine) => machine.stateText !== 'terminated'));
    });

    test('reads again what it is asked for, as it is by then, and nothing else', async () => {
      const reader = openReader(server.env);
      const first = await reader.read(nodes);
      const face = interfaceOf(server.world, nodeOf(server.world, 0)).id;
      const table = server.world.aws[0]!.routeTables.at(-1)!.id;
      const machine = server.world.aws[0]!.instances[5]!.id;
      await server.setForwarding(face, false);
      const suspects = {
        nodes: [],
        machines: [machine, 'i-0deadbeefdeadbeef'],
        interfaces: [face],
        tables: [table],
        filters: [],
      };
      const { facts, gaps } = await reader.reread(suspects);
      await server.setForwarding(face, true);
      expect(gaps).toEqual([]);
      const [again] = facts;
      expect(again?.id).toBe(first.facts[0]?.id);
      expect(again?.machines.map((one) => [one.id, one.state])).toEqual([[machine, 'running']]);
      expect(again?.interfaces.map((one) => [one.id, one.forwarding])).toEqual([[face, 'off']]);
      expect(again?.tables).toEqual(first.facts[0]?.tables.filter((one) => one.id === table));
      expect([again?.networks, again?.subnets]).toEqual([[], []]);
    });
  });
}

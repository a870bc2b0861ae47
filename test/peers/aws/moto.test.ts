/** The same reader suite against moto's EC2 server, and what of moto differs from EC2. */
import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CreateRouteCommand, ModifyNetworkInterfaceAttributeCommand } from '@aws-sdk/client-ec2';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import type { Ec2Server } from '../../contract/aws/reader-suite.ts';
import { awsReaderSuite } from '../../contract/aws/reader-suite.ts';
import { expectedOf, nodesOf, openReader, plainOf } from '../../contract/aws/expected.ts';
import { contractsFolder, validateExchanges } from '../../contract/aws/validate-exchanges.ts';
import type { MotoServer } from '../moto-server.ts';
import { findMoto, startMoto } from '../moto-server.ts';
import { motoClient, seedMoto } from '../seed-moto.ts';

const command = findMoto();
const REGION = 'eu-central-1';

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

const POLICY = JSON.parse(
  readFileSync(new URL('../../../docs/permissions/aws-check.json', import.meta.url), 'utf8'),
) as Policy;

function without(policy: Policy, action: string): object {
  const Statement = policy.Statement.map((one) => ({ ...one, Action: one.Action.filter((other) => other !== action) }));
  return { ...policy, Statement };
}

/** A user of its own with just that policy; moto asks nobody who makes one, as long as it does not enforce rights. */
async function createUser(url: string, policy: object): Promise<Record<string, string>> {
  const UserName = `user-${randomUUID()}`;
  const call = async (parameters: Record<string, string>): Promise<string> => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/iam/aws4_request, SignedHeaders=a, Signature=a',
      },
      body: new URLSearchParams({ Version: '2010-05-08', UserName, ...parameters }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`moto's IAM: ${text}`);
    return text;
  };
  await call({ Action: 'CreateUser' });
  await call({ Action: 'PutUserPolicy', PolicyName: 'check', PolicyDocument: JSON.stringify(policy) });
  const made = await call({ Action: 'CreateAccessKey' });
  const read = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(made)?.[1] ?? '';
  return { AWS_ACCESS_KEY_ID: read('AccessKeyId'), AWS_SECRET_ACCESS_KEY: read('SecretAccessKey') };
}

/** The recorder knows EC2 only: Service Quotas is asked directly. */
function envFor(url: string, quotas = url): Record<string, string> {
  const keys = { AWS_ACCESS_KEY_ID: 'reader', AWS_SECRET_ACCESS_KEY: 'reader' };
  return { ...keys, AWS_REGION: REGION, AWS_ENDPOINT_URL_EC2: url, AWS_ENDPOINT_URL_SERVICE_QUOTAS: quotas };
}

interface Recorder {
  readonly url: string;
  /** Ends the recording; throws where the reader sent what the API description does not know. */
  stop(): Promise<void>;
}

/** The recording proxy of the contract check, where that is at hand; else the server itself. */
async function record(url: string): Promise<Recorder> {
  const folder = contractsFolder();
  if (folder === undefined) return { url, stop: () => Promise.resolve() };
  const place = mkdtempSync(join(tmpdir(), 'pod-route-check-moto-'));
  const log = join(place, 'run.jsonl');
  const script = join(folder, 'proxy', 'proxy.mjs');
  const args = [script, '--log', log, '--route', `0,ec2,${url}`];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const port = /^listening (\d+) /.exec(line)?.[1];
  return {
    url: `http://127.0.0.1:${port ?? line}`,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
      const objections = validateExchanges(folder, log, 'request');
      rmSync(place, { recursive: true, force: true });
      expect(objections).toEqual([]);
    },
  };
}

if (command === undefined) {
  test.skip('moto_server is neither in MOTO_SERVER nor on the PATH', () => undefined);
} else {
  awsReaderSuite("moto's server", async (world): Promise<Ec2Server> => {
    const moto = await startMoto(command);
    const seeded = await seedMoto(world, moto.url);
    const recorder = await record(moto.url);
    const client = motoClient(moto.url, REGION);
    return {
      env: envFor(recorder.url, moto.url),
      world: seeded.world,
      showsRouteMachines: false,
      setForwarding: async (NetworkInterfaceId, on) => {
        const SourceDestCheck = { Value: !on };
        await client.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck }));
      },
      stop: async () => {
        client.destroy();
        await moto.stop();
        await recorder.stop();
      },
    };
  });

  describe('what of moto differs from EC2', () => {
    let moto: MotoServer;

    beforeAll(async () => {
      moto = await startMoto(command);
    });

    afterAll(async () => {
      await moto.stop();
    });

    test('with exactly the published policy all is read, and without one action the gap names that action', async () => {
      const guarded = await startMoto(command);
      try {
        const world = faults.inject(
          ec2Cluster({ name: 'policy', mode: 'fabric', nodes: 2, tables: 'main' }),
          faults.prefixListRoute(0, 'owner'),
        ).world;
        const seeded = await seedMoto(world, guarded.url);
        const keys = await createUser(guarded.url, POLICY);
        const denied = await createUser(guarded.url, without(POLICY, 'ec2:DescribeRouteTables'));
        await fetch(`${guarded.url}/moto-api/reset-auth`, { method: 'POST', body: '0' });
        const nodes = nodesOf(seeded.world);
        const whole = await openReader({ ...envFor(guarded.url), ...keys }).read(nodes);
        expect(whole.gaps).toEqual([]);
        const listed = whole.facts[0]?.tables.flatMap((table) => table.routes.filter(({ list }) => list !== undefined));
        expect(listed?.map(({ prefix, rank }) => [prefix, rank])).toEqual([['10.244.0.0/24', 2]]);
        const part = await openReader({ ...envFor(guarded.url), ...denied }).read(nodes);
        expect(part.gaps.map((gap) => gap.permission)).toEqual(['ec2:DescribeRouteTables']);
        expect(part.gaps[0]?.reason).toMatch(/^ec2:DescribeRouteTables is denied/);
        expect(part.facts[0]?.machines.length).toBe(2);
      } finally {
        await guarded.stop();
      }
    });

    test('a route that names only the instance leads to the machine', async () => {
      const world = ec2Cluster({ name: 'by-instance', mode: 'fabric', nodes: 2, tables: 'main' });
      const seeded = await seedMoto(world, moto.url, { routesBy: 'instance' });
      const { facts, gaps } = await openReader(envFor(moto.url)).read(nodesOf(seeded.world));
      expect(gaps).toEqual([]);
      const targets = facts[0]?.tables.flatMap((table) => table.routes.map((route) => route.target)) ?? [];
      const machines = targets.flatMap((target) => (target.kind === 'machine' ? [target.machine] : []));
      expect(machines.sort()).toEqual(seeded.world.aws[0]!.instances.map(({ id }) => id).sort());
    });

    test('a destination that is stored with host bits is read as the network', async () => {
      const world = ec2Cluster({
        name: 'host-bits',
        mode: 'host-gw',
        nodes: 2,
        tables: 'main',
        vpcCidr: '10.50.0.0/16',
      });
      const seeded = await seedMoto(world, moto.url);
      const [region] = seeded.world.aws;
      const client = motoClient(moto.url, REGION);
      await client.send(
        new CreateRouteCommand({
          RouteTableId: region!.routeTables[0]!.id,
          DestinationCidrBlock: '10.244.7.9/24',
          NetworkInterfaceId: region!.interfaces[0]!.id,
        }),
      );
      client.destroy();
      const { facts } = await openReader(envFor(moto.url)).read(nodesOf(seeded.world));
      const prefixes = facts[0]?.tables.flatMap((table) => table.routes.map((route) => route.prefix));
      expect(prefixes).toContain('10.244.7.0/24');
    });

    test('groups and ACLs of every form are read as they were made', async () => {
      const world = ec2Cluster({ name: 'filters', mode: 'fabric', nodes: 3, subnets: 2, vpcCidr: '10.80.0.0/16' });
      const made = faults.inject(world, faults.groupHalfRange(1), faults.egressClosed(2)).world;
      const entry = { number: 10, egress: true, action: 'deny', protocol: '-1', cidr: '10.9.0.0/16' } as const;
      faults.subnetAcl(made, 1, [
        entry,
        { ...entry, number: 20, protocol: '6', ports: { from: 22, to: 23 } },
        // Without a type: moto takes one and does not show it.
        { ...entry, number: 30, egress: false, protocol: '1', icmp: { type: -1, code: -1 } },
      ]);
      const [group] = made.aws[0]!.securityGroups;
      group!.rules.push(
        { egress: false, protocol: 'tcp', ports: { from: 443, to: 443 }, peer: { groupId: group!.id } },
        { egress: false, protocol: 'icmp', ports: { from: 8, to: -1 }, peer: { cidr: '0.0.0.0/0' } },
        { egress: true, protocol: '50', peer: { cidr: '10.9.0.0/16' } },
      );
      const seeded = await seedMoto(made, moto.url);
      const served = { world: seeded.world, showsRouteMachines: false };
      const { facts, gaps } = await openReader(envFor(moto.url)).read(nodesOf(seeded.world));
      expect(gaps).toEqual([]);
      const [read] = plainOf(facts, served);
      const [expected] = expectedOf(served);
      expect(read?.filters).toEqual(expected?.filters);
      expect(read?.subnets).toEqual(expected?.subnets);
      expect(read?.interfaces).toEqual(expected?.interfaces);
    });

    test('a route to a machine that has gone still reads active, and the machine does not', async () => {
      const world = ec2Cluster({ name: 'gone', mode: 'fabric', nodes: 3, tables: 'main', vpcCidr: '10.70.0.0/16' });
      const seeded = await seedMoto(faults.inject(world, faults.terminated(1)).world, moto.url);
      const { facts, gaps } = await openReader(envFor(moto.url)).read(nodesOf(seeded.world));
      expect(gaps).toEqual([]);
      const gone = seeded.world.aws[0]!.instances.find(({ state }) => state === 'terminated')!.id;
      expect(facts[0]?.machines.find(({ id }) => id === gone)?.state).toBe('terminated');
      const states = facts[0]?.tables.flatMap((table) => table.routes.map((route) => route.state));
      expect(new Set(states)).toEqual(new Set(['active']));
    });
  });
}

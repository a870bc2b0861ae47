/** A lab per test, with nothing of a developer's own AWS in reach. */
import { readFileSync } from 'node:fs';
import { beforeEach, expect } from '@jest/globals';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import { startLab } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import type { World } from '../../../lab/world/world.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import type { Served } from './expected.ts';
import { expectedOf, nodesOf, openReader, plainOf } from './expected.ts';

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

const POLICY_FILE = new URL('../../../docs/permissions/aws-check.json', import.meta.url);

/** The policy that the documentation publishes. */
export const POLICY = JSON.parse(readFileSync(POLICY_FILE, 'utf8')) as Policy;

/** Every kind of call is needed to read it. */
export function usualWorld(): World {
  const world = ec2Cluster({ name: 'usual', mode: 'fabric', nodes: 5, subnets: 2, ipv6: true });
  return faults.inject(world, faults.prefixListRoute(0, 'owner')).world;
}

export function served(running: Lab): Served {
  return { world: running.world, showsRouteMachines: true };
}

export async function expectAllRead(running: Lab): Promise<void> {
  const { facts, gaps } = await openReader(running.env).read(nodesOf(running.world));
  expect(gaps).toEqual([]);
  expect(plainOf(facts, served(running))).toEqual(expectedOf(served(running)));
}

/** Call it at the top of a test file; what it returns serves a world until the test ends. */
export function useLab(): (world: World, options?: LabOptions) => Promise<Lab> {
  const outside = { ...process.env };

  // The SDK's own credential chain reads the process's environment.
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, {
      AWS_CONFIG_FILE: '/nowhere/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });

  return labPerTest(startLab, () => (process.env = { ...outside }));
}

/** The limit of routes per table, from Service Quotas beside EC2: read, refused, silent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import type { Lab } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import { nearLimit, inject } from '../../../lab/world/faults.ts';
import type { Reading } from '../../../src/ports.ts';
import type { FabricFacts } from '../../../src/model/snapshot.ts';
import { nodesOf, openReader } from './expected.ts';
import { POLICY, useLab } from './lab-run.ts';

const serve = useLab();
const FACETS = { filters: false, limits: true };

function world() {
  return inject(ec2Cluster({ name: 'limits', mode: 'fabric', nodes: 4, subnets: 2 }), nearLimit(7)).world;
}

function read(lab: Lab, env: Readonly<Record<string, string>> = lab.env): Promise<Reading<readonly FabricFacts[]>> {
  return openReader(env).read(nodesOf(lab.world), FACETS);
}

test('is the one of the account, raises included', async () => {
  const lab = await serve(world());
  const { facts, gaps } = await read(lab);
  expect(gaps).toEqual([]);
  // Four podCIDRs and the default route, and room for seven more.
  expect(facts[0]?.limits).toEqual([
    {
      kind: 'routes-per-table',
      perFamily: true,
      localMayCount: true,
      allowed: 12,
      source: 'Service Quotas vpc/L-93826ACB',
    },
  ]);
  expect(lab.requests().filter(({ service }) => service === 'quotas')).toEqual([
    { service: 'quotas', operation: 'GetServiceQuota', status: 200, write: false },
  ]);
});

test('is allowed by the published policy, and asked for with a web identity as well', async () => {
  const lab = await serve(world(), { iamPolicy: POLICY });
  expect((await read(lab)).facts[0]?.limits?.[0]?.allowed).toBe(12);
  Object.assign(process.env, lab.webIdentityEnv);
  const { facts, gaps } = await read(lab, lab.webIdentityEnv);
  expect(gaps).toEqual([]);
  expect(facts[0]?.limits?.[0]?.allowed).toBe(12);
});

test('is not asked for where nobody wants it', async () => {
  const lab = await serve(world());
  const { facts, gaps } = await openReader(lab.env).read(nodesOf(lab.world), { filters: false, limits: false });
  expect(gaps).toEqual([]);
  expect(facts[0]?.limits).toBeUndefined();
  expect(lab.requests().filter(({ service }) => service === 'quotas')).toEqual([]);
});

test('denied, it is one gap that names the permission, and everything else is read', async () => {
  const lab = await serve(world(), { deny: ['servicequotas:*'] });
  const { facts, gaps } = await read(lab);
  expect(facts[0]?.limits).toBeUndefined();
  expect(facts[0]?.machines).toHaveLength(4);
  expect(gaps).toHaveLength(1);
  expect(gaps[0]).toMatchObject({
    facet: 'limits',
    subject: 'limit of routes per table of 111122223333/eu-central-1',
    scope: 'aws/111122223333/eu-central-1',
    permission: 'servicequotas:GetServiceQuota',
  });
  expect(gaps[0]?.reason).toMatch(/^servicequotas:GetServiceQuota is denied \(AccessDeniedException: User: arn:/);
});

test('throttled for good, or cut off, it is a gap without a permission', async () => {
  for (const options of [{ throttleEvery: 1 }, { breakOffEvery: 1 }]) {
    const quotas = await serve(world(), options);
    const healthy = await serve(world());
    const env = { ...healthy.env, AWS_ENDPOINT_URL_SERVICE_QUOTAS: quotas.urls.quotas };
    const { gaps } = await read(healthy, env);
    expect(gaps.map(({ facet, permission }) => [facet, permission])).toEqual([['limits', undefined]]);
    expect(gaps[0]?.reason).toMatch(/^Service Quotas in eu-central-1 (told no limit|did not answer in time)/);
    await quotas.stop();
    await healthy.stop();
  }
});

test('behind a firewall that swallows it, nobody waits long', async () => {
  const lab = await serve(world());
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const port = (silent.address() as AddressInfo).port;
  const env = { ...lab.env, AWS_ENDPOINT_URL_SERVICE_QUOTAS: `http://127.0.0.1:${String(port)}` };
  await read(lab);
  const startedAt = performance.now();
  const { facts, gaps } = await read(lab, env);
  // Half a second after the rest, however long the silence lasts.
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect(facts[0]?.machines).toHaveLength(4);
  expect(gaps.map(({ reason }) => reason)).toEqual(['Service Quotas in eu-central-1 did not answer in time']);
  silent.closeAllConnections();
  silent.close();
});

test('one general endpoint serves it as well', async () => {
  const lab = await serve(world());
  const { AWS_ENDPOINT_URL_SERVICE_QUOTAS: quotas = '', ...env } = lab.env;
  const { facts } = await read(lab, { ...env, AWS_ENDPOINT_URL: quotas });
  expect(facts[0]?.limits?.[0]?.allowed).toBe(12);
});

test('where no table could be read, its absence is not worth a word', async () => {
  const lab = await serve(world(), { expiredToken: 'aws' });
  const { gaps } = await read(lab);
  expect(gaps.map(({ facet }) => facet)).toEqual(['machines']);
});

/** Azure and Entra ID by way of a proxy, as self-hosted runners reach them; NO_PROXY goes past it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Lab } from '../../../lab/servers/index.ts';
import type { Gap } from '../../../src/model/snapshot.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { enter, leave, nodesOf, openReader, serveAzure } from './expected.ts';
import { usualWorld } from './worlds.ts';

/** A name that the lab's certificate is good for, and that no proxy is spared for. */
const NAME = 'localhost.';

const serve = labPerTest(serveAzure, leave);
let lab: Lab | undefined;
let tunnels: string[] = [];
const sockets = new Set<Duplex>();
const proxy = createServer();
proxy.on('connect', (request, socket, head) => {
  tunnels.push(request.url ?? '');
  // The name that the client asked for is the proxy's to resolve.
  const onward = connect(Number(new URL(lab!.urls.cloud).port), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  for (const one of [onward, socket]) {
    sockets.add(one);
    one.on('error', () => onward.destroy());
  }
});

beforeAll(async () => {
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
});

interface Run {
  readonly env?: Readonly<Record<string, string>>;
  /** Of the process itself, which is no business of ours but for az. */
  readonly process?: Readonly<Record<string, string>>;
  readonly withAz?: boolean;
}

async function run({
  env = {},
  process = {},
  withAz = false,
}: Run): Promise<{ machines: number; gaps: readonly Gap[] }> {
  const world = usualWorld();
  lab = await serve(world);
  enter(lab, { ...process, ...(withAz ? { PATH: lab.azCliPath } : {}) });
  const azureEndpoint = lab.urls.cloud.replace('127.0.0.1', NAME);
  const login = withAz ? {} : { ...lab.env, AZURE_AUTHORITY_HOST: azureEndpoint };
  tunnels = [];
  const reader = openReader(lab, { config: { azureEndpoint }, env: { ...login, ...env } });
  const { facts, gaps } = await reader.read(nodesOf(world));
  return { machines: facts[0]?.machines.length ?? 0, gaps };
}

function proxyUrl(scheme = 'http://'): string {
  return `${scheme}127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
}

test.each(['http://', ''])('the token and all requests go through the proxy: %s', async (scheme) => {
  const { machines, gaps } = await run({ env: { HTTPS_PROXY: proxyUrl(scheme) } });
  expect([machines, gaps]).toEqual([5, []]);
  const { port } = new URL(lab!.urls.cloud);
  expect([...new Set(tunnels)]).toEqual([`${NAME}:${port}`]);
  expect(tunnels.length).toBeGreaterThan(1);
});

test.each([NAME, '*'])('NO_PROXY=%s goes past it, and so fails where only the proxy knows the name', async (entry) => {
  const { gaps } = await run({ env: { HTTPS_PROXY: proxyUrl(), NO_PROXY: entry }, withAz: true });
  expect(tunnels).toEqual([]);
  expect(gaps.length).toBeLessThanOrEqual(1);
});

test('neither HTTP_PROXY, nor what only the SDK would follow, is a proxy for https', async () => {
  const variables = { HTTP_PROXY: proxyUrl(), ALL_PROXY: proxyUrl() };
  await run({ env: variables, process: variables, withAz: true });
  expect(tunnels).toEqual([]);
});

test('a proxy that lets nobody through is one gap', async () => {
  const world = usualWorld();
  lab = await serve(world, { proxy: 'refuse' });
  enter(lab, { PATH: lab.azCliPath });
  const azureEndpoint = lab.urls.cloud.replace('127.0.0.1', NAME);
  const reader = openReader(lab, { config: { azureEndpoint }, env: { HTTPS_PROXY: lab.urls.proxy! } });
  const { gaps } = await reader.read(nodesOf(world));
  expect(gaps.map(({ reason }) => reason)).toEqual([
    'the proxy refuses the connection to Azure (HTTP 407). Check HTTPS_PROXY',
  ]);
});

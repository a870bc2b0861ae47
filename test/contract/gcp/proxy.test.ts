/** Compute Engine and its token endpoint by way of a proxy, as self-hosted runners reach them; NO_PROXY goes past it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { openGcp } from '../../../src/clouds/gcp/index.ts';
import type { NodeFacts } from '../../../src/model/snapshot.ts';
import { countingClock, SILENT } from '../../support/quiet.ts';
import { leave } from './expected.ts';

// The descriptions that the clients load are 12 MB of JSON, which a busy machine takes its time over.
jest.setTimeout(60_000);

const tunnels: string[] = [];
const token = {
  access_token: 'token',
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 3600,
};
// A stranger of both: it has a token for everybody, and no instances.
const server = createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(request.url === '/token' ? token : {}));
});
const proxy = createServer();
proxy.on('connect', (request, socket, head) => {
  tunnels.push(request.url ?? '');
  // The name that the client asked for is the proxy's to resolve.
  const onward = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    onward.write(head);
    onward.pipe(socket);
    socket.pipe(onward);
  });
  for (const end of [onward, socket]) end.on('error', () => end.destroy());
});

const folder = mkdtempSync(join(tmpdir(), 'pod-route-check-'));
const node: NodeFacts = {
  name: 'a',
  providerID: 'gce://shop/europe-west3-a/a',
  podCIDRs: [],
  internalIPs: [],
  os: 'linux',
  ready: 'True',
  unschedulable: false,
  taints: [],
  labels: {},
};

beforeAll(async () => {
  for (const one of [server, proxy]) {
    one.listen(0, '127.0.0.1');
    await once(one, 'listening');
  }
  writeFileSync(join(folder, 'subject'), 'subject');
  writeFileSync(
    join(folder, 'credentials.json'),
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'http://sts.proxied.test/token',
      credential_source: { file: join(folder, 'subject') },
    }),
  );
});

afterEach(leave);

afterAll(() => {
  for (const one of [server, proxy]) {
    one.close();
    one.closeAllConnections();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function reasons(env: Record<string, string>): Promise<string[]> {
  leave();
  const { port } = proxy.address() as AddressInfo;
  Object.assign(process.env, {
    GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'credentials.json'),
    METADATA_SERVER_DETECTION: 'none',
    HTTP_PROXY: `http://127.0.0.1:${String(port)}`,
    ...env,
  });
  const config = { gcpProjects: [], gcpEndpoint: 'http://compute.proxied.test', timeoutMs: 60_000 };
  const outside = { env: process.env, clock: countingClock(), log: SILENT, random: () => 0 };
  const { gaps } = await openGcp({ config, ...outside }).read([node]);
  return gaps.map(({ reason }) => reason);
}

test('the token and all requests go through the proxy that the environment names', async () => {
  expect(await reasons({})).toEqual([]);
  expect([...new Set(tunnels)]).toEqual(['sts.proxied.test:80', 'compute.proxied.test:80']);
});

test('a proxy may be written without scheme', async () => {
  const { port } = proxy.address() as AddressInfo;
  expect(await reasons({ HTTP_PROXY: `127.0.0.1:${String(port)}`, HTTPS_PROXY: `127.0.0.1:${String(port)}` })).toEqual(
    [],
  );
});

test.each(['proxied.test', '*', '.proxied.test:80'])(
  'NO_PROXY=%s goes past it, and so fails where only the proxy knows the name',
  async (NO_PROXY) => {
    const before = tunnels.length;
    expect(await reasons({ NO_PROXY })).toEqual([expect.stringMatching(/token endpoint .* cannot be reached/)]);
    expect(tunnels.length).toBe(before);
  },
);

/** EC2 by way of a proxy, as self-hosted runners reach it; NO_PROXY goes past it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { startLab } from '../../../lab/servers/index.ts';
import type { Lab } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import { connect as connectEc2 } from '../../../src/clouds/aws/connect.ts';
import { SILENT } from '../../support/quiet.ts';

const tunnels: string[] = [];
let lab: Lab;
const proxy = createServer();
proxy.on('connect', (request, socket, head) => {
  tunnels.push(request.url ?? '');
  // The name that the client asked for is the proxy's to resolve: here it is the lab.
  const { port } = new URL(lab.env['AWS_ENDPOINT_URL_EC2'] ?? '');
  const server = connect(Number(port), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    server.write(head);
    server.pipe(socket);
    socket.pipe(server);
  });
  for (const end of [server, socket]) end.on('error', () => end.destroy());
});

beforeAll(async () => {
  lab = await startLab(ec2Cluster({ name: 'proxied', mode: 'fabric', nodes: 2 }));
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
});
afterAll(async () => {
  proxy.close();
  await lab.stop();
});

async function vpcs(env: Record<string, string>): Promise<number> {
  const { port } = proxy.address() as AddressInfo;
  const client = connectEc2(
    'eu-central-1',
    {
      ...lab.env,
      AWS_ENDPOINT_URL_EC2: 'http://ec2.proxied.test',
      HTTP_PROXY: `http://127.0.0.1:${String(port)}`,
      AWS_MAX_ATTEMPTS: '1',
      ...env,
    },
    SILENT,
  );
  const answer = await client.send(new DescribeVpcsCommand({}));
  client.destroy();
  return answer.Vpcs?.length ?? 0;
}

test('requests go through the proxy that the environment names', async () => {
  expect(await vpcs({})).toBe(1);
  expect(tunnels).toContain('ec2.proxied.test:80');
});

test('NO_PROXY goes past it, and so fails where only the proxy knows the name', async () => {
  const before = tunnels.length;
  await expect(vpcs({ NO_PROXY: '.proxied.test' })).rejects.toThrow();
  expect(tunnels.length).toBe(before);
});

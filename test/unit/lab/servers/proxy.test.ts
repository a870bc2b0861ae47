import { expect, test } from '@jest/globals';
import { request } from 'node:http';
import { connect } from 'node:tls';
import type { Socket } from 'node:net';

import type { Lab } from '../../../../lab/servers/index.ts';
import { smallGce } from './small-gce.ts';
import { withLab } from './support.ts';

/** What the proxy answers to CONNECT, and the raw connection. */
async function tunnel(lab: Lab, authority: string): Promise<{ status: number; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const asking = request(lab.urls.proxy!, { method: 'CONNECT', path: authority, agent: false });
    asking.on('connect', ({ statusCode }, socket: Socket) => {
      resolve({ status: statusCode ?? 0, socket });
    });
    asking.on('error', reject);
    asking.end();
  });
}

async function getThrough(lab: Lab, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(lab.urls.proxy!, { path: url, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        resolve(answer.statusCode ?? 0);
      });
    });
    asking.on('error', reject);
    asking.end();
  });
}

test('a tunnel carries TLS from end to end, and is noted', async () => {
  await withLab(smallGce().world, { proxy: true }, async (lab) => {
    const { host, port } = new URL(lab.urls.cloud);
    const { status, socket } = await tunnel(lab, host);
    expect(status).toBe(200);
    const answer = await new Promise<string>((resolve, reject) => {
      const secure = connect({ socket, ca: lab.caPem, host: '127.0.0.1' }, () => {
        secure.write(
          `GET /compute/v1/projects/net-host HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
        );
      });
      let text = '';
      secure.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      secure.on('end', () => {
        resolve(text);
      });
      secure.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(lab.proxied()).toEqual([`CONNECT ${host}`]);
    expect(lab.requests()).toMatchObject([{ service: 'gce', status: 401 }]);
  });
});

test('plain HTTP passes by its whole URL, and nothing leaves the machine', async () => {
  await withLab(smallGce().world, { proxy: true }, async (lab) => {
    expect(await getThrough(lab, `${lab.urls.ec2}/?Action=DescribeVpcs`)).toBe(403);
    expect(lab.requests()).toMatchObject([{ service: 'ec2', operation: 'DescribeVpcs' }]);
    expect(await getThrough(lab, 'http://example.com/')).toBe(403);
    const { status, socket } = await tunnel(lab, 'example.com:443');
    socket.destroy();
    expect(status).toBe(403);
    expect(lab.proxied()).toEqual([
      `GET ${lab.urls.ec2}/?Action=DescribeVpcs`,
      'GET http://example.com/',
      'CONNECT example.com:443',
    ]);
    expect(lab.requests()).toHaveLength(1);
  });
});

test('a proxy that lets nobody through, and none at all', async () => {
  await withLab(smallGce().world, { proxy: 'refuse' }, async (lab) => {
    const { status, socket } = await tunnel(lab, new URL(lab.urls.cloud).host);
    socket.destroy();
    expect(status).toBe(407);
    expect(await getThrough(lab, lab.urls.ec2)).toBe(407);
    expect(lab.requests()).toEqual([]);
  });
  await withLab(smallGce().world, {}, async (lab) => {
    expect(lab.urls.proxy).toBeUndefined();
    expect(lab.proxied()).toEqual([]);
  });
});

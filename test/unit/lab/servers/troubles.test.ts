import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';

import { makeCertificate } from '../../../../lab/servers/certificate.ts';
import { ec2Of, kubeRaw, refusal, smallWorld, withLab } from './support.ts';

const describe = new DescribeVpcsCommand({});

test('throttled as each vendor does it', async () => {
  await withLab(smallWorld(), { throttleEvery: 2 }, async (lab) => {
    await ec2Of(lab).send(describe);
    expect(await refusal(ec2Of(lab).send(describe))).toEqual({
      code: 'RequestLimitExceeded',
      status: 503,
      message: 'Request limit exceeded.',
    });
    expect((await kubeRaw(lab, '/version')).status).toBe(200);
    const throttled = await kubeRaw(lab, '/version');
    expect([throttled.status, throttled.headers['retry-after'], throttled.body.toString()]).toEqual([
      429,
      '1',
      'Too many requests, please try again later.\n',
    ]);
    expect((await ec2Of(lab, { maxAttempts: 2 }).send(describe)).Vpcs).toHaveLength(1);
  });
});

test('answers that break off in the middle', async () => {
  await withLab(smallWorld(), { breakOffEvery: 2 }, async (lab) => {
    expect((await kubeRaw(lab, '/api/v1/nodes')).status).toBe(200);
    await expect(kubeRaw(lab, '/api/v1/nodes')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect((await kubeRaw(lab, '/api/v1/nodes')).status).toBe(200);
  });
});

test('slow answers', async () => {
  await withLab(smallWorld(), { slowMs: 120 }, async (lab) => {
    const start = performance.now();
    await kubeRaw(lab, '/version');
    expect(performance.now() - start).toBeGreaterThan(100);
  });
});

test('the world may be changed between two requests, by their number', async () => {
  const world = smallWorld();
  const seen: string[] = [];
  await withLab(
    world,
    {
      onRequest: ({ service, operation, count }, there) => {
        seen.push(`${service} ${operation} ${count}`);
        if (count === 2) there.aws[0]!.vpcs = [];
      },
    },
    async (lab) => {
      const count = async (): Promise<number> => (await ec2Of(lab).send(describe)).Vpcs!.length;
      expect([await count(), await count()]).toEqual([1, 0]);
    },
  );
  expect(seen).toEqual(['ec2 DescribeVpcs 1', 'ec2 DescribeVpcs 2']);
});

test('a defect of the lab is loud', async () => {
  const broken = { onRequest: () => Promise.reject(new Error('broken hook')) };
  await withLab(smallWorld(), broken, async (lab) => {
    const { status, body } = await kubeRaw(lab, '/version');
    expect([status, body.toString().split('\n')[0]]).toEqual([500, 'lab defect: Error: broken hook']);
    expect(lab.requests()).toEqual([{ service: 'k8s', operation: 'lab defect', status: 500, write: false }]);
  });
});

test('policies that the lab cannot evaluate are refused at start', async () => {
  const statement = {
    Effect: 'Allow',
    Action: '*',
    Resource: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'true' } },
  };
  const nothing = () => Promise.resolve();
  const iamPolicy = { Version: '2012-10-17', Statement: [statement] };
  await expect(withLab(smallWorld(), { iamPolicy }, nothing)).rejects.toThrow('Condition is not evaluated');
  await expect(withLab(smallWorld(), { clusterRole: {} }, nothing)).rejects.toThrow('a role needs rules');
});

test('nothing is left after stop: no port, no file', async () => {
  const { kubeconfig, urls } = await withLab(smallWorld(), {}, async (lab) => {
    expect(existsSync(lab.kubeconfig)).toBe(true);
    return lab;
  });
  expect(existsSync(kubeconfig)).toBe(false);
  for (const url of Object.values(urls)) {
    const { hostname, port } = new URL(url);
    expect(hostname).toBe('127.0.0.1');
    await expect(
      new Promise((resolve, reject) => {
        connect(Number(port), hostname, () => resolve('connected')).on('error', reject);
      }),
    ).rejects.toThrow('ECONNREFUSED');
  }
});

test('the certificate is one that strict clients accept', () => {
  const { caPem, certPem } = makeCertificate();
  const ca = new X509Certificate(caPem);
  const server = new X509Certificate(certPem);
  expect([ca.ca, server.ca]).toEqual([true, false]);
  expect(ca.verify(ca.publicKey)).toBe(true);
  expect(server.checkIssued(ca)).toBe(true);
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.validToDate.getTime()).toBeGreaterThan(Date.now());
});

import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../../../lab/servers/index.ts';
import type { LabExchange } from '../../../../lab/servers/options.ts';
import { ec2Cluster } from '../../../../lab/world/ec2-cluster.ts';
import { labPerTest } from '../../../support/lab-per-test.ts';

const serve = labPerTest(startLab);

/** Nodes of the lab's cluster, as text. */
function nodes({ urls, caPem, token }: Lab): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    get(`${urls.kubernetes}/api/v1/nodes`, { ca: caPem, headers, agent: false }, (response) => {
      text(response).then(resolve, reject);
    }).once('error', reject);
  });
}

test('what was answered well is answered the same again, and every answer is measured', async () => {
  const exchanges: LabExchange[] = [];
  const world = ec2Cluster({ name: 'remember', mode: 'host-gw' });
  const lab = await serve(world, { remember: true, onAnswer: (one) => exchanges.push(one) });
  const first = await nodes(lab);
  world.cluster.nodes.pop();
  expect(await nodes(lab)).toBe(first);
  const expected = {
    service: 'k8s',
    method: 'GET',
    url: '/api/v1/nodes',
    status: 200,
    bytes: Buffer.byteLength(first),
  };
  expect(exchanges).toMatchObject([expected, expected]);
  expect(exchanges[0]?.connection).not.toBe(exchanges[1]?.connection);
});

test('a refusal is not remembered', async () => {
  const lab = await serve(ec2Cluster({ name: 'remember', mode: 'host-gw' }), { remember: true });
  const { urls } = lab;
  const ask = async (): Promise<string> =>
    (await fetch(urls.ec2, { method: 'POST', body: 'Action=DescribeVpcs' })).text();
  // Each has an id of its own.
  expect(await ask()).not.toBe(await ask());
});

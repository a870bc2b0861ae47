// The lab refuses what an API server refuses before any kubelet is asked.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { startLab, type Lab } from '../../../../lab/servers/index.ts';
import { metalCluster } from '../../../../lab/world/metal-cluster.ts';

let lab: Lab;
let path = '';

beforeAll(async () => {
  const world = metalCluster({ name: 'exec', mode: 'host-gw', nodes: 1 });
  const pod = world.cluster.pods.find(({ namespace }) => namespace === 'kube-flannel');
  pod?.containers.push({ name: 'side', image: 'side:v1', args: [] });
  path = `/api/v1/namespaces/kube-flannel/pods/${pod?.name ?? ''}`;
  lab = await startLab(world, {
    exec: () => ({ stdout: 'x' }),
    podProxy: ({ path: asked }) => ({ status: 200, body: asked }),
  });
});

afterAll(() => lab.stop());

interface Refused {
  readonly status: number;
  readonly text: string;
}

/** Undefined: the connection stands. */
function upgrade(url: string, protocol = 'v5.channel.k8s.io', token = lab.token): Promise<Refused | undefined> {
  const socket = new WebSocket(`${lab.urls.kubernetes.replace('https', 'wss')}${url}`, protocol, {
    ca: lab.caPem,
    headers: token === '' ? {} : { Authorization: `Bearer ${token}` },
  });
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('open', () => {
      socket.terminate();
      resolve(undefined);
    });
    socket.on('unexpected-response', (_, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        socket.terminate();
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
  });
}

const RIGHT = 'container=kube-flannel&stdout=true&command=ip';

test('what is asked as it should be', async () => {
  expect(await upgrade(`${path}/exec?${RIGHT}`)).toBeUndefined();
  expect(await upgrade(`${path}/exec?${RIGHT}`, 'v4.channel.k8s.io')).toBeUndefined();
});

test.each([
  [
    'no container, where there are two',
    'stdout=true&command=ip',
    400,
    /a container name must be specified .*\[kube-flannel side\]/,
  ],
  ['a container of another pod', 'container=x&stdout=true&command=ip', 400, /container x is not valid for pod/],
  ['no stream at all', 'container=side&command=ip', 400, /at least 1 of stdin, stdout, stderr/],
] as const)('%s', async (_, query, status, message) => {
  const refused = await upgrade(`${path}/exec?${query}`);
  expect(refused).toEqual({ status, text: expect.stringMatching(message) });
});

test('a pod that is not there, a protocol that nobody speaks, nobody, and a wrong token', async () => {
  const gone = `/api/v1/namespaces/kube-flannel/pods/gone/exec?${RIGHT}`;
  expect(await upgrade(gone)).toMatchObject({ status: 404 });
  expect(await upgrade(`${path}/exec?${RIGHT}`, 'v2.channel.k8s.io')).toEqual({ status: 403, text: '' });
  expect(await upgrade(`${path}/exec?${RIGHT}`, undefined, '')).toMatchObject({ status: 403 });
  expect(await upgrade(`${path}/exec?${RIGHT}`, undefined, 'wrong')).toMatchObject({ status: 401 });
  expect(await upgrade('/api/v1/nodes')).toMatchObject({ status: 400 });
});

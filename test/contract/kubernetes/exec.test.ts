// Commands in containers, as a strict API server and kubelet answer them.
import { describe, expect, test } from '@jest/globals';
import type { Asked, Ran } from '../../../src/model/pod.ts';
import type { PodAccess } from '../../../src/ports.ts';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import type { ExecAnswer } from '../../../lab/servers/options.ts';
import { withPods, world, type WayOptions } from './pods.ts';

const COMMAND = { container: 'kube-flannel', command: ['ip', '-j', 'rule'], timeoutMs: 15_000 };

async function runFirst(pods: PodAccess, command = COMMAND): Promise<Asked<Ran>> {
  const listed = await pods.listHostPods();
  const pod = listed.ok ? listed.value.find(({ namespace }) => namespace === 'kube-flannel') : undefined;
  if (pod === undefined) throw new Error('no pod');
  return pods.run(pod, command);
}

const answering = (answer: ExecAnswer, options: WayOptions = {}): Promise<Asked<Ran>> =>
  withPods(world(), { exec: () => answer, ...options }, ({ pods }) => runFirst(pods));

const LONG = `["${'größer '.repeat(3000)}"]`;

describe.each([
  ['v5.channel.k8s.io', ['v5.channel.k8s.io', 'v4.channel.k8s.io']],
  ['v4.channel.k8s.io', ['v4.channel.k8s.io']],
])('%s', (_, execProtocols) => {
  test('what a command wrote arrives whole, however it is cut into messages', async () => {
    const answer = await answering({ stdout: LONG, stderr: 'a remark' }, { execProtocols });
    expect(answer).toEqual({ ok: true, value: { stdout: LONG, stderr: 'a remark', status: 0 } });
  });

  test('a command that fails says how', async () => {
    const answer = await answering({ stdout: 'half', exit: 2 }, { execProtocols });
    expect(answer).toMatchObject({ ok: true, value: { stdout: 'half', status: 2 } });
  });

  test('a program that the image does not have', async () => {
    expect(await answering('absent', { execProtocols })).toMatchObject({ ok: true, value: { status: 127 } });
  });

  test.each([
    ['not-running', /container not found \("kube-flannel"\)/],
    ['unreachable', /10250: connect: no route to host/],
  ] as const)('%s', async (answer, reason) => {
    const told = await answering(answer, { execProtocols });
    expect(told).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test.each(['connection', 'status'] as const)('the end of the %s before that of the command', async (cut) => {
    const told = await answering({ stdout: LONG, cut }, { execProtocols });
    expect(told).toEqual({ ok: false, reason: 'connection failed (broken off)' });
  });
});

test('the command, the container and the streams are asked for as they are, and nothing else', async () => {
  const asked: unknown[] = [];
  const odd = ['cat', '/proc/a b', '--x=&y', 'ü'];
  await withPods(
    world(),
    {
      exec: (ask) => {
        asked.push([ask.node, ask.container.name, ask.command, ask.streams]);
        return {};
      },
    },
    ({ pods }) => runFirst(pods, { ...COMMAND, command: odd }),
  );
  expect(asked).toEqual([['worker-01', 'kube-flannel', odd, { stdout: true, stderr: true }]]);
});

test('a connection that broke off is tried again', async () => {
  const told = await answering({}, { exec: ({ count }) => (count === 1 ? { cut: 'connection' } : { stdout: 'x' }) });
  expect(told).toMatchObject({ ok: true, value: { stdout: 'x' } });
});

test('a command without end is left alone, and is not tried again', async () => {
  const patience = new AbortController();
  let count = 0;
  const told = await answering('hang', {
    exec: () => {
      count += 1;
      setImmediate(() => {
        patience.abort();
      });
      return 'hang';
    },
    timeout: (ms) => (ms === COMMAND.timeoutMs ? patience.signal : AbortSignal.timeout(ms)),
  });
  expect(told).toEqual({ ok: false, reason: 'nothing more came within 15 s' });
  expect(count).toBe(1);
});

test('output without end is cut', async () => {
  expect(await answering({ endless: true })).toMatchObject({ ok: false, reason: expect.stringContaining('16 MiB') });
}, 30_000);

const DENIED: readonly (readonly [string, LabOptions, string, RegExp])[] = [
  ['get', { kubeDeny: ['get pods/exec'] }, 'v1.34.2', /cannot get resource "pods\/exec"/],
  ['create, from 1.35 on', { kubeDeny: ['create pods/exec'] }, 'v1.35.0', /is forbidden/],
];

test.each(DENIED)('without the right to %s the right is named', async (_, options, version, reason) => {
  const made = world();
  made.cluster.version = version;
  const told = await withPods(made, { exec: () => ({}), ...options }, ({ pods }) => runFirst(pods));
  expect(told).toEqual({
    ok: false,
    reason: expect.stringMatching(reason),
    permission: 'get and create pods/exec in kube-flannel',
  });
});

test('before 1.35 nobody asks for the right to create', async () => {
  expect(await answering({}, { kubeDeny: ['create pods/exec'] })).toMatchObject({ ok: true });
});

test('a pod that is gone, a container of another pod, and a token that has ended', async () => {
  const pod = { namespace: 'kube-flannel', name: 'gone', node: 'worker-01', containers: [] };
  const gone = await withPods(world(), {}, ({ pods }) => pods.run(pod, COMMAND));
  expect(gone).toEqual({ ok: false, reason: 'HTTP 404: pods "gone" not found' });
  const stranger = await withPods(world(), {}, ({ pods }) => runFirst(pods, { ...COMMAND, container: 'other' }));
  expect(stranger).toEqual({ ok: false, reason: expect.stringContaining('container other is not valid for pod') });
  const expired = await withPods(world(), { expiredToken: true }, ({ pods }) => pods.run(pod, COMMAND));
  expect(expired).toEqual({ ok: false, reason: 'HTTP 401' });
});

test('an API server that speaks neither protocol', async () => {
  expect(await answering({}, { execProtocols: ['v3.channel.k8s.io'] })).toEqual({
    ok: false,
    reason: 'HTTP 403',
    permission: 'get and create pods/exec in kube-flannel',
  });
});

test('through the proxy that the kubeconfig names', async () => {
  const kubeconfig = ({ kubeconfigText, urls }: Lab): string =>
    kubeconfigText.replace(/^( +)server: .*$/m, `$&\n$1proxy-url: ${urls.proxy ?? ''}`);
  const { answer, passed } = await withPods(
    world(),
    { proxy: true, kubeconfig, exec: () => ({ stdout: 'x' }) },
    async ({ lab, pods }) => ({ answer: await runFirst(pods), passed: lab.proxied() }),
  );
  expect(answer).toMatchObject({ ok: true, value: { stdout: 'x' } });
  // One tunnel for the list, and one for the command.
  expect(passed).toHaveLength(2);
});

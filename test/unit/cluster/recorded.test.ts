// What a real API server (1.28.0) answered, through the real client: every status it gave.
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { V1DaemonSet } from '@kubernetes/client-node';
import { translateAgentSet } from '../../../src/cluster/agents.ts';
import type { Wire } from '../../../src/cluster/api.ts';
import { makeCall, type Outcome } from '../../../src/cluster/call.ts';
import { parseNetConf } from '../../../src/cluster/cni.ts';
import { connect, type Connection } from '../../../src/cluster/connect.ts';
import { readPages } from '../../../src/cluster/pages.ts';
import { translateNode } from '../../../src/cluster/translate.ts';
import { renderTrouble } from '../../../src/cluster/trouble.ts';
import { ConfigError } from '../../../src/model/errors.ts';
import { fakeClock, kubeconfigFor, listeningLog, serve, TOKEN, type Answer, type TinyServer } from './harness.ts';

interface Recorded extends Answer {
  readonly note: string;
  readonly url: string;
}

const recordings = readFileSync(new URL('kubernetes-1.28.0.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

function recorded(note: string): Recorded {
  const found = recordings.find((one) => one.note === note);
  if (found === undefined) throw new Error(`no recording called ${note}`);
  return found;
}

let server: TinyServer;
let connection: Connection;
let answers: Answer[] = [];
const clock = fakeClock();
const log = listeningLog();
const call = makeCall({ clock, log, random: () => 0, deadline: clock.now() + 600_000, onRetry: () => undefined });

beforeAll(async () => {
  server = await serve(() => answers.shift() ?? { status: 599, body: 'unexpected request' });
  const location = { kind: 'kubeconfig', origin: 'a test', texts: [{ text: kubeconfigFor(server.url) }] } as const;
  const opened = connect(location, {
    context: undefined,
    env: {},
    execPlugins: 'allow',
    timeout: () => AbortSignal.timeout(20_000),
  });
  if (opened instanceof ConfigError) throw opened;
  connection = opened;
});

afterEach(() => {
  answers = [];
  clock.slept.length = 0;
});

afterAll(() => server.stop());

function listNodes(...given: Answer[]): Promise<Outcome<unknown[]>> {
  answers = given;
  const list: Parameters<typeof readPages>[0]['list'] = (page) => connection.core.listNode(page);
  return readPages({ call, what: 'list nodes', list, translate: (node) => translateNode(node as never) });
}

function said(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'accepted' : renderTrouble(outcome.trouble);
}

const first = recorded('first page of nodes (images cut to 2, managedFields dropped)');

function lastPage(note: string): Answer {
  const page = recorded(note).body as { readonly metadata: object };
  return { status: 200, body: { ...page, metadata: { resourceVersion: '9928' } } };
}

describe('lists of nodes', () => {
  test('two pages become facts, in the order of the server', async () => {
    const outcome = await listNodes(first, lastPage('next page'));
    expect(outcome).toMatchObject({ ok: true });
    const nodes = (outcome as { readonly value: readonly { readonly name: string }[] }).value;
    expect(nodes.map(({ name }) => name)).toEqual([
      'ip-10-0-0-10.ec2.internal',
      'ip-10-0-0-11.ec2.internal',
      'ip-10-0-0-12.ec2.internal',
      'ip-10-0-0-13.ec2.internal',
    ]);
    expect(server.requests.slice(-2)).toEqual([
      'GET /api/v1/nodes?limit=500',
      `GET /api/v1/nodes?continue=${(first.body as { metadata: { continue: string } }).metadata.continue}&limit=500`,
    ]);
  });

  test('one node, field by field', async () => {
    answers = [recorded('one node')];
    const node = await connection.core.readNode({ name: 'ip-10-0-0-10.ec2.internal' });
    expect(translateNode(node)).toEqual({
      name: 'ip-10-0-0-10.ec2.internal',
      uid: '74280d90-e9c1-4763-8dd4-7fdb069235c2',
      providerID: 'aws:///us-east-1a/i-0808978ef29e659ef',
      podCIDRs: ['100.64.0.0/24'],
      internalIPs: ['10.0.0.10'],
      os: 'linux',
      arch: 'amd64',
      ready: 'True',
      unschedulable: false,
      taints: [],
      createdAt: '2026-11-20T16:12:10.000Z',
      networkUnavailable: { status: 'False', reason: 'FlannelIsUp' },
      flannel: { backendType: 'aws-vpc', backendData: 'null', publicIP: '10.0.0.10' },
      labels: {
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': 'm6i.xlarge',
        'topology.kubernetes.io/region': 'us-east-1',
        'topology.kubernetes.io/zone': 'us-east-1a',
      },
    });
  });

  test('a list that expires is read again from the start', async () => {
    const expired = recorded('continue token of a compacted / too old revision');
    const outcome = await listNodes(first, expired, first, lastPage('next page'));
    expect(outcome).toMatchObject({ ok: true, value: { length: 4 } });
  });

  test('a list that keeps expiring is read to its end with the token that the server gives for that', async () => {
    const expired = recorded('continue token of a compacted / too old revision');
    const outcome = await listNodes(first, expired, first, expired, first, expired, lastPage('next page'));
    expect(outcome).toMatchObject({ ok: true, value: { length: 4 } });
    const { continue: token } = (expired.body as { metadata: { continue: string } }).metadata;
    expect(server.requests.at(-1)).toBe(`GET /api/v1/nodes?continue=${token}&limit=500`);
  });

  test('a list that cannot even be resumed is given up', async () => {
    const expired = recorded('continue token of a compacted / too old revision');
    const outcome = await listNodes(first, expired, first, expired, first, expired, expired);
    expect(said(outcome)).toMatch(/^HTTP 410: The provided continue parameter is too old/);
  });

  test.each([
    ['broken continue token', /^HTTP 400: invalid continue token/],
    ['limit is not a number', /^HTTP 400: strconv\.ParseInt/],
    ['field selector not supported', /^HTTP 400: field label not supported: spec\.podCIDR$/],
    ['wrong token', /^HTTP 401$/],
    ['no token: anonymous', /^HTTP 403: nodes is forbidden: User "system:anonymous" cannot list resource "nodes"/],
    ['authenticated, no rights', /^HTTP 403: nodes is forbidden: User "nobody" cannot list resource "nodes"/],
    ['continue token of a compacted / too old revision', /^HTTP 410: /],
    ['CRD that is not installed', /^HTTP 404$/],
  ])('%s', async (note, says) => {
    const outcome = await listNodes(recorded(note));
    expect(said(outcome)).toMatch(says);
    expect(clock.slept).toEqual([]);
  });

  test('metadata alone has names, for selectors', async () => {
    answers = [recorded('metadata only')];
    const page = await connection.core.listNodeMetadata({});
    expect(page.items?.map(({ metadata }) => metadata?.name)).toEqual(['ip-10-0-0-10.ec2.internal']);
  });
});

describe('other objects', () => {
  test('the DaemonSet is flannel and names its ConfigMap', () => {
    expect(translateAgentSet(recorded('daemonset').body as Wire<V1DaemonSet>)).toEqual({
      agent: 'flannel',
      namespace: 'kube-flannel',
      name: 'kube-flannel-ds',
      selector: 'app=flannel,k8s-app=flannel',
      configMaps: ['kube-flannel-cfg'],
      flags: ['--ip-masq', '--kube-subnet-mgr'],
    });
  });

  test('the ConfigMap holds a net-conf.json', async () => {
    answers = [recorded('admin reads it')];
    const map = await connection.core.readNamespacedConfigMap({ namespace: 'kube-flannel', name: 'kube-flannel-cfg' });
    expect(parseNetConf(map.data?.['net-conf.json'] ?? '', 'here')).toEqual({
      source: 'here',
      networks: ['100.64.0.0/10'],
      backendType: 'aws-vpc',
      directRouting: false,
    });
  });

  test.each([
    ['checker may not read configmaps', /^HTTP 403: configmaps "kube-flannel-cfg" is forbidden/],
    ['absent configmap', /^HTTP 404: configmaps "cilium-config" not found$/],
  ])('%s', async (note, says) => {
    answers = [recorded(note)];
    const read = () => connection.core.readNamespacedConfigMap({ namespace: 'a', name: 'b' });
    expect(said(await call('get configmaps', read))).toMatch(says);
  });

  test('a node that is gone', async () => {
    answers = [recorded('absent node')];
    expect(said(await call('get nodes', () => connection.core.readNode({ name: 'nope' })))).toBe(
      'HTTP 404: nodes "nope" not found',
    );
  });

  test('a CRD that is not installed is answered in plain text', async () => {
    answers = [recorded('CRD that is not installed')];
    const type = { group: 'crd.projectcalico.org', version: 'v1', plural: 'ippools' };
    const outcome = await call('list ippools', (): Promise<unknown> => connection.custom.listClusterCustomObject(type));
    expect(outcome).toMatchObject({ ok: false, trouble: { kind: 'status', status: 404, message: '' } });
  });

  test('an empty list of pods, and the version', async () => {
    answers = [recorded('pods of kube-flannel'), recorded('version')];
    expect((await connection.core.listNamespacedPod({ namespace: 'kube-flannel' })).items).toEqual([]);
    expect((await connection.version.getCode()).gitVersion).toBe('v1.28.0');
  });
});

describe('trouble on the way', () => {
  test.each<[string, Answer, RegExp]>([
    [
      'a login page',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      /none of a Kubernetes API/,
    ],
    ['an empty answer', { status: 200, body: '' }, /none of a Kubernetes API/],
    ['an object that is no list', { status: 200, body: { hello: 1 } }, /none of a Kubernetes API/],
    [
      'an unknown media type',
      { status: 200, headers: { 'content-type': 'application/x' }, body: '1' },
      /none of a Kub/,
    ],
    ['no media type', { status: 200, headers: {}, body: '{}' }, /none of a Kubernetes API/],
    ['an error without words', { status: 418, headers: {}, body: '' }, /^HTTP 418$/],
    ['an error in other words', { status: 405, body: [1] }, /^HTTP 405$/],
  ])('%s is never an empty list', async (_, answer, says) => {
    expect(said(await listNodes(answer))).toMatch(says);
  });

  test('an empty list of Go, which is null, is an empty list', async () => {
    expect(await listNodes({ status: 200, body: { metadata: {}, items: null } })).toEqual({ ok: true, value: [] });
  });

  test('a server that leads in a circle is left', async () => {
    expect(said(await listNodes(first, first))).toMatch(/none of a Kubernetes API/);
  });

  test.each([429, 500, 502, 503, 504])('%i passes', async (status) => {
    const busy = { status, headers: { 'content-type': 'text/plain' }, body: 'busy' };
    expect(await listNodes(busy, busy, lastPage('next page'))).toMatchObject({ ok: true });
    expect(clock.slept).toEqual([250, 500]);
  });

  test("the server's wait is kept, from the header or from the body", async () => {
    const header = { status: 429, headers: { 'content-type': 'text/plain', 'retry-after': '7' } };
    const body = { status: 503, body: { kind: 'Status', details: { retryAfterSeconds: 3 } } };
    expect(await listNodes(header, body, lastPage('next page'))).toMatchObject({ ok: true });
    expect(clock.slept).toEqual([7000, 3000]);
  });

  test('what does not pass is given up after five attempts', async () => {
    const busy = { status: 503, body: { kind: 'Status', message: 'etcd has no leader' } };
    const outcome = await listNodes(busy, busy, busy, busy, busy, lastPage('next page'));
    expect(outcome).toMatchObject({ ok: false, failed: 5, trouble: { status: 503, message: 'etcd has no leader' } });
  });
});

test('nothing that was logged holds a token or a body', () => {
  expect(log.lines.length).toBeGreaterThan(5);
  expect(log.lines.join('\n')).not.toContain(TOKEN);
  expect(log.lines.filter((line) => line.includes('{') || line.includes('busy'))).toEqual([]);
});

test('requests say who asks, over one connection', () => {
  expect([...server.userAgents]).toEqual(['pod-route-check']);
  expect(server.connections()).toBeLessThan(5);
});

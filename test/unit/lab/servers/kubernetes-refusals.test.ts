import { AuthorizationV1Api, type V1SelfSubjectAccessReview } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { startLab, type Lab, type LabOptions } from '../../../../lab/servers/index.ts';
import { kubeOf, kubeRaw, smallWorld, withLab, type RawOptions } from './support.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab(smallWorld({ nodes: 6 }));
});
afterAll(async () => {
  await lab.stop();
});

const user = 'system:serviceaccount:pod-route-check:pod-route-check';

/** The Status that a kube-apiserver 1.28.0 was seen to answer. */
function failure(code: number, reason: string, message: string, details?: object): object {
  const envelope = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason };
  return { ...envelope, ...(details !== undefined && { details }), code };
}

async function answer(path: string, options: RawOptions = {}): Promise<[number, object]> {
  const { status, json } = await kubeRaw(lab, path, options);
  return [status, json()];
}

test('who one is: nobody, a stranger', async () => {
  const message =
    'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope';
  expect(await answer('/api/v1/nodes', { token: null })).toEqual([
    403,
    failure(403, 'Forbidden', message, { kind: 'nodes' }),
  ]);
  expect(await answer('/api/v1/nodes', { token: 'wrong' })).toEqual([
    401,
    failure(401, 'Unauthorized', 'Unauthorized'),
  ]);
  expect((await kubeRaw(lab, '/version', { token: null })).status).toBe(200);
  await withLab(smallWorld(), { expiredToken: true }, async (expired) => {
    expect((await kubeRaw(expired, '/api/v1/nodes')).status).toBe(401);
  });
});

test('what is not there', async () => {
  expect(await answer('/api/v1/nodes/nope')).toEqual([
    404,
    failure(404, 'NotFound', 'nodes "nope" not found', { name: 'nope', kind: 'nodes' }),
  ]);
  expect(await answer('/api/v1/namespaces/kube-system/configmaps/cilium-config')).toEqual([
    404,
    failure(404, 'NotFound', 'configmaps "cilium-config" not found', { name: 'cilium-config', kind: 'configmaps' }),
  ]);
  expect(await answer('/apis/apps/v1/namespaces/kube-system/daemonsets/cilium')).toEqual([
    404,
    failure(404, 'NotFound', 'daemonsets.apps "cilium" not found', {
      name: 'cilium',
      group: 'apps',
      kind: 'daemonsets',
    }),
  ]);
  expect(await answer('/api/v1/namespaces/kube-flannel/pods/none/exec?command=cat&stdout=true')).toEqual([
    404,
    failure(404, 'NotFound', 'pods "none" not found', { name: 'none', kind: 'pods' }),
  ]);
  for (const path of ['/api/v2/nodes', '/apis/apps/v1beta1/daemonsets', '/apis/cilium.io/v2/ciliumnodes', '/nodes']) {
    const { status, headers, body } = await kubeRaw(lab, path);
    expect([status, headers['content-type'], body.toString()]).toEqual([
      404,
      'text/plain; charset=utf-8',
      '404 page not found\n',
    ]);
  }
});

test('bad questions', async () => {
  const bad = async (query: string, message: string, resource = '/api/v1/nodes') => {
    expect(await answer(`${resource}?${query}`)).toEqual([400, failure(400, 'BadRequest', message)]);
  };
  await bad('limit=banana', 'strconv.ParseInt: parsing "banana": invalid syntax');
  await bad('fieldSelector=spec.podCIDR%3D1', 'field label not supported: spec.podCIDR');
  const unknown = '"data" is not a known field selector: only "metadata.name", "metadata.namespace"';
  await bad('fieldSelector=data%3D1', unknown, '/api/v1/configmaps');
  const token =
    "invalid continue token: continue key is not valid: invalid character '\\u0081' looking for beginning of value";
  await bad('limit=2&continue=garbage', token);
  expect((await kubeRaw(lab, '/api/v1/nodes?labelSelector=a%3D%3D%3Db')).status).toBe(400);
  expect((await kubeRaw(lab, '/api/v1/nodes?fieldSelector=metadata.name')).status).toBe(400);
});

test('methods: what cannot be, and what may not be', async () => {
  const message = 'the server does not allow this method on the requested resource';
  expect(await answer('/version', { method: 'DELETE' })).toEqual([405, failure(405, 'MethodNotAllowed', message, {})]);
  expect((await kubeRaw(lab, '/api/v1/nodes?watch=true')).status).toBe(405);
  const [status, body] = await answer('/api/v1/nodes/worker-01', { method: 'PATCH', body: '{}' });
  expect(status).toBe(403);
  expect(body).toMatchObject({
    message: `nodes "worker-01" is forbidden: User "${user}" cannot patch resource "nodes" in API group "" at the cluster scope`,
    details: { name: 'worker-01', kind: 'nodes' },
  });
  expect(lab.requests().at(-1)).toEqual({
    service: 'k8s',
    operation: 'patch nodes worker-01',
    status: 403,
    write: true,
  });
});

test('a token that is too old comes with one that goes on, inconsistently', async () => {
  const old = Buffer.from('{"v":"meta.k8s.io/v1","rv":1,"start":"worker-02\\u0000"}').toString('base64url');
  const [status, body] = await answer(`/api/v1/nodes?limit=2&continue=${old}`);
  expect(status).toBe(410);
  expect(body).toMatchObject({ reason: 'Expired', code: 410 });
  expect((body as { message: string }).message).toMatch(/^The provided continue parameter is too old to display/);
  const fresh = (body as { metadata: { continue: string } }).metadata.continue;
  expect(JSON.parse(Buffer.from(fresh, 'base64url').toString())).toEqual({
    v: 'meta.k8s.io/v1',
    rv: -1,
    start: 'worker-02\u0000',
  });
  const [again, list] = await answer(`/api/v1/nodes?limit=2&continue=${fresh}`);
  expect(again).toBe(200);
  const names = (list as { items: { metadata: { name: string } }[] }).items.map((one) => one.metadata.name);
  expect(names).toEqual(['worker-03', 'worker-04']);
});

test('tokens expire on demand, and the remainder does not expire again', async () => {
  await withLab(smallWorld({ nodes: 8 }), { expireContinueAfter: 1 }, async (forgetful) => {
    const statuses: number[] = [];
    const names: string[] = [];
    let token: string | undefined = '';
    while (token !== undefined) {
      const { status, json } = await kubeRaw(forgetful, `/api/v1/nodes?limit=2&continue=${token}`);
      statuses.push(status);
      const body = json() as { metadata: { continue?: string }; items?: { metadata: { name: string } }[] };
      names.push(...(body.items ?? []).map((one) => one.metadata.name));
      token = body.metadata.continue;
    }
    expect(statuses).toEqual([200, 200, 410, 200, 200]);
    expect(new Set(names).size).toBe(8);
  });
});

async function statuses(options: LabOptions, paths: string[]): Promise<number[]> {
  return withLab(smallWorld(), options, async (guarded) => {
    const answers = await Promise.all(paths.map((path) => kubeRaw(guarded, path)));
    return answers.map((one) => one.status);
  });
}

const FLANNEL = '/api/v1/namespaces/kube-flannel';
const PATHS = [
  '/api/v1/nodes',
  '/api/v1/pods',
  `${FLANNEL}/pods`,
  `${FLANNEL}/configmaps/kube-flannel-cfg`,
  '/version',
];

test('denied by name: everywhere or in one namespace', async () => {
  expect(await statuses({ kubeDeny: ['list nodes'] }, PATHS)).toEqual([403, 200, 200, 200, 200]);
  expect(await statuses({ kubeDeny: ['list pods kube-flannel'] }, PATHS)).toEqual([200, 200, 403, 200, 200]);
  expect(await statuses({ kubeDeny: ['get configmaps', 'list pods'] }, PATHS)).toEqual([200, 403, 403, 403, 200]);
});

test('only what the roles allow is allowed', async () => {
  const clusterRole = {
    kind: 'ClusterRole',
    rules: [
      { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['kube-flannel-cfg'], verbs: ['get'] },
    ],
  };
  const role = {
    kind: 'Role',
    metadata: { namespace: 'kube-flannel' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
  };
  expect(await statuses({ clusterRole }, PATHS)).toEqual([200, 403, 403, 200, 200]);
  expect(await statuses({ clusterRole: [clusterRole, role] }, PATHS)).toEqual([200, 403, 200, 200, 200]);
  const more = [
    '/api/v1/nodes/worker-01',
    '/apis/apps/v1/daemonsets',
    `${FLANNEL}/configmaps`,
    '/apis/crd.projectcalico.org/v1/ippools',
  ];
  expect(await statuses({ clusterRole }, more)).toEqual([403, 403, 403, 403]);
});

test('refusals name group, namespace and object', async () => {
  await withLab(smallWorld(), { clusterRole: { rules: [] } }, async (guarded) => {
    const message = async (path: string) => (await kubeRaw(guarded, path)).json()['message'];
    expect(await message('/apis/apps/v1/daemonsets')).toBe(
      `daemonsets.apps is forbidden: User "${user}" cannot list resource "daemonsets" in API group "apps" at the cluster scope`,
    );
    expect(await message(`${FLANNEL}/configmaps/kube-flannel-cfg`)).toBe(
      `configmaps "kube-flannel-cfg" is forbidden: User "${user}" cannot get resource "configmaps" in API group "" in the namespace "kube-flannel"`,
    );
    expect(await message('/metrics')).toBe(`forbidden: User "${user}" cannot get path "/metrics"`);
  });
});

test('one may ask what one may do', async () => {
  await withLab(smallWorld(), { kubeDeny: ['list pods'] }, async (guarded) => {
    const api = kubeOf(guarded).config.makeApiClient(AuthorizationV1Api);
    const may = async (verb: string, resource: string, subresource?: string): Promise<boolean> => {
      const resourceAttributes = { verb, resource, ...(subresource !== undefined && { subresource }) };
      const body = {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        spec: { resourceAttributes },
      };
      const review: V1SelfSubjectAccessReview = await api.createSelfSubjectAccessReview({ body });
      return review.status!.allowed;
    };
    expect(await may('list', 'nodes')).toBe(true);
    expect(await may('list', 'pods')).toBe(false);
    expect(await may('create', 'pods', 'exec')).toBe(false);
    expect(guarded.requests().map((one) => [one.operation, one.status, one.write])).toContainEqual([
      'create selfsubjectaccessreviews',
      201,
      false,
    ]);
  });
});

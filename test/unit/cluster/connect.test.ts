// What stands between us and an API server, and what people are told about it.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import { isKnownError, type KnownError } from '../../../src/model/errors.ts';
import { kubeconfigFor, nodeList, open, serve, TOKEN, type Answer, type Opened, type TinyServer } from './harness.ts';

let folder: string;
let lab: Lab;
let tiny: TinyServer;
let answer: () => Answer | undefined = () => ({ status: 200, body: nodeList(['a']) });
let lastAuthorization: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connect-'));
  lab = await startLab(ec2Cluster({ name: 'connect', mode: 'host-gw', nodes: 2 }));
  tiny = await serve((_, { headers }) => {
    lastAuthorization = headers.authorization;
    return answer();
  });
});

afterAll(async () => {
  await Promise.all([lab.stop(), tiny.stop()]);
  await rm(folder, { recursive: true, force: true });
});

async function failure({ reader, log }: Opened): Promise<{ error: KnownError; text: string }> {
  const error: unknown = await reader.read({ cni: false }).then(
    () => new Error('it worked'),
    (thrown: unknown) => thrown,
  );
  if (!isKnownError(error)) throw error as Error;
  const text = `${error.name}: ${error.message} ${error.hint}`;
  expect([text, ...log.lines].join('\n')).not.toContain(TOKEN);
  return { error, text };
}

async function script(name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

const exec = (command: string): string =>
  `{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: "${command}"}}`;

describe('the server', () => {
  test('is not there', async () => {
    const gone = await serve(() => undefined);
    await gone.stop();
    const server = `${gone.url.replace('http:', 'https:')}/prefix/`;
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(server) }));
    expect(text).toMatch(
      /^UpstreamError: The API server https:\/\/127\.0\.0\.1:\d+\/prefix could not be asked to list nodes after 5 attempts: connection failed \(ECONNREFUSED\)\. Nothing listens there/,
    );
  });

  test('is certified by somebody unknown', async () => {
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(lab.urls.kubernetes) }));
    expect(text).toMatch(/^UpstreamError: .* TLS failed \([A-Z_]+\)\. The certificate's issuer is unknown/);
  });

  test('has a certificate for another name', async () => {
    const kubeconfig = lab.kubeconfigText.replace(
      '    cluster:\n',
      '    cluster:\n      tls-server-name: other.example\n',
    );
    const { text } = await failure(open({ kubeconfig }));
    expect(text).toMatch(/TLS failed \(ERR_TLS_CERT_ALTNAME_INVALID\)\. The certificate is for another name/);
  });

  test('does not speak TLS', async () => {
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url.replace('http:', 'https:')) }));
    expect(text).toMatch(/TLS failed \(.*\)\. The other side does not speak TLS/);
  });

  test('never answers', async () => {
    const controllers: AbortController[] = [];
    answer = () => {
      controllers.at(-1)?.abort(new DOMException('late', 'TimeoutError'));
      return undefined;
    };
    const timeout = (): AbortSignal => {
      const controller = new AbortController();
      controllers.push(controller);
      return controller.signal;
    };
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url) }, { timeout }));
    expect(text).toMatch(/^UpstreamError: .* after 5 attempts: no answer in time\. This runner does not reach it/);
  });

  test('is no API server', async () => {
    answer = () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: '<p>nothing' });
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url) }));
    expect(text).toMatch(/^UpstreamError: .*: HTTP 404\. Check the server URL/);
  });

  test('is reached over a proxy of the environment', async () => {
    const before = tiny.requests.length;
    answer = () => ({ status: 502 });
    const env = { HTTP_PROXY: tiny.url };
    const { text } = await failure(open({ kubeconfig: kubeconfigFor('http://cluster.invalid:8001') }, { env }));
    expect(text).toContain('The API server http://cluster.invalid:8001 could not be asked');
    expect(tiny.requests.slice(before).length).toBeGreaterThan(0);
  });
});

describe('the credentials', () => {
  test('are refused', async () => {
    answer = () => ({ status: 401, body: { kind: 'Status', message: 'Unauthorized' } });
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url) }));
    expect(text).toMatch(
      /^AccessError: .* refused the credentials \(HTTP 401\): expired or wrong token\. Log in again/,
    );
  });

  test('do not suffice', async () => {
    const message = 'nodes is forbidden: User "nobody" cannot list resource "nodes"';
    answer = () => ({ status: 403, body: { kind: 'Status', message } });
    const { error, text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url) }));
    expect(error.permission).toBe('list nodes');
    expect(text).toContain(message);
    expect(text).toContain('rules: [{apiGroups: [""], resources: [nodes], verbs: [get, list]}]');
  });

  test('are none at all', async () => {
    answer = () => ({ status: 403, body: { kind: 'Status', message: 'User "system:anonymous" cannot list' } });
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url, '{}') }));
    expect(lastAuthorization).toBeUndefined();
    expect(text).toMatch(/The request carried no credentials/);
  });

  test.each([
    ['aws', /: the credential plugin aws is not installed\. Install the AWS CLI v2/],
    ['/opt/bin/gke-gcloud-auth-plugin', /gcloud components install gke-gcloud-auth-plugin/],
    ['kubelogin', /azure\/use-kubelogin/],
    ['some-login', /Install some-login in an earlier step/],
  ])('come from a command that is missing: %s', async (command, says) => {
    const none = `{exec: {apiVersion: v1, command: "${command}", env: [{name: PATH, value: /nowhere}]}}`;
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url, none) }));
    expect(text).toMatch(/^AccessError: /);
    expect(text).toMatch(says);
  });

  test('come from no command where the checkout may be a stranger’s', async () => {
    const plugin = '{exec: {apiVersion: v1, command: "./login.sh", env: []}}';
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url, plugin), execPlugins: 'refuse' }));
    expect(text).toMatch(/^ConfigError: The kubeconfig has "\.\/login\.sh" run for credentials, which is refused/);
    expect(text).toContain('exec-plugins: allow');
  });

  test('come from a command that is not executable', async () => {
    const path = join(folder, 'flat');
    await writeFile(path, 'no program');
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url, exec(path)) }));
    expect(text).toMatch(/is not executable\. Make .*flat executable/);
  });

  test('come from a command that fails: its last words are shown, without what looks like a secret', async () => {
    const key = 'AKIA'.padEnd(40, 'x');
    const path = await script('failing', `echo warm-up >&2; echo "session ${key} has expired" >&2; exit 3`);
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url, exec(path)) }));
    expect(text).toMatch(/failing failed: session \*\*\* has expired\. Log in before this step/);
    expect(text).not.toContain('warm-up');
  });

  test('come from a command that prints something else, which is not shown', async () => {
    const path = await script('chatty', `echo '${TOKEN}'`);
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url, exec(path)) }));
    expect(text).toMatch(/chatty failed: it printed no JSON/);
  });

  test('come from a command that waits for somebody', async () => {
    const path = await script('waiting', 'exec sleep 0.3');
    const late = new DOMException('late', 'TimeoutError');
    const { text } = await failure(
      open({ kubeconfig: kubeconfigFor(tiny.url, exec(path)) }, { timeout: () => AbortSignal.abort(late) }),
    );
    expect(text).toMatch(/waiting printed nothing in time\. Make waiting log in without asking anybody/);
  });

  test('come from a command that works', async () => {
    answer = () => ({ status: 200, body: nodeList(['a']) });
    const path = await script('working', `echo '{"status":{"token":"${TOKEN}"}}'`);
    const { facts } = await open({ kubeconfig: kubeconfigFor(tiny.url, exec(path)) }).reader.read({ cni: false });
    expect(facts.nodes.map(({ name }) => name)).toEqual(['a']);
    expect(lastAuthorization).toBe(`Bearer ${TOKEN}`);
  });

  test("are a pod's own", async () => {
    await writeFile(join(folder, 'token'), `${TOKEN}\n`);
    await writeFile(join(folder, 'ca.crt'), lab.caPem);
    const { hostname, port } = new URL(lab.urls.kubernetes);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const { text } = await failure(open({}, { env, serviceAccount: folder }));
    // TLS works by ca.crt, and the token, which the lab does not know, was sent.
    expect(text).toMatch(/refused the credentials \(HTTP 401\)/);
  });

  test('that make no header are not shown', async () => {
    const { text } = await failure(open({ kubeconfig: kubeconfigFor(tiny.url, '{token: "short\\u0001key"}') }));
    expect(text).toMatch(/^UpstreamError: .* could not be asked to list nodes: .*invalid Authorization header/);
    expect(text).not.toMatch(/short|key"/);
  });

  test('need a file that is not there', async () => {
    const kubeconfig = kubeconfigFor(
      lab.urls.kubernetes,
      '{client-certificate: /no/such.crt, client-key: /no/such.key}',
    );
    const { text } = await failure(open({ kubeconfig }));
    expect(text).toMatch(
      /^ConfigError: .* the file \/no\/such\.crt of the kubeconfig cannot be read \(ENOENT\)\. Use a kubeconfig with embedded data/,
    );
  });
});

test('a kubeconfig that is not there is said before anything is sent', async () => {
  const { text } = await failure(open({ kubeconfig: join(folder, 'absent') }));
  expect(text).toMatch(/^ConfigError: The kubeconfig ".*absent" does not exist/);
});

test('a context that is not there, too', async () => {
  const { text } = await failure(open({ kubeconfig: lab.kubeconfigText, context: 'labb' }));
  expect(text).toMatch(/Did you mean "lab"\? Set the input context to one of: lab\./);
});

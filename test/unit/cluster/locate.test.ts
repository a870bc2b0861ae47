import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kubeconfigTrouble, locateKubeconfig, type LocateOptions } from '../../../src/cluster/locate.ts';
import { ConfigError } from '../../../src/model/errors.ts';

const GOOD = 'apiVersion: v1\nclusters: []\ncontexts: []\n';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'locate-'));
  await mkdir(join(folder, 'home/.kube'), { recursive: true });
  await mkdir(join(folder, 'pod'));
  await writeFile(join(folder, 'home/.kube/config'), GOOD);
  await writeFile(join(folder, 'one'), GOOD);
  await writeFile(join(folder, 'two'), 'users: []\n');
  await writeFile(join(folder, 'empty'), '\n');
  await writeFile(join(folder, 'pod/token'), 'token');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function locate(options: Omit<LocateOptions, 'serviceAccount'>) {
  const found = await locateKubeconfig({ ...options, serviceAccount: join(folder, 'pod') });
  if (found instanceof ConfigError) return `${found.message} ${found.hint}`;
  if (found.kind === 'service-account') return found;
  return { origin: found.origin, paths: found.texts.map(({ path }) => path) };
}

describe('what comes first', () => {
  test.each([GOOD, '{"apiVersion":"v1","clusters":[]}', 'apiVersion: v1, clusters: []', `\n${GOOD}`])(
    'the input as content: %j',
    async (kubeconfig) => {
      const env = { KUBECONFIG: join(folder, 'one') };
      expect(await locate({ kubeconfig, env })).toEqual({ origin: 'input kubeconfig', paths: [undefined] });
    },
  );

  test('the input as a path, with ~ for the home folder', async () => {
    const path = join(folder, 'one');
    expect(await locate({ kubeconfig: ` ${path}\t`, env: {} })).toEqual({
      origin: `input kubeconfig (${path})`,
      paths: [path],
    });
    expect(await locate({ kubeconfig: '~/.kube/config', env: { HOME: join(folder, 'home') } })).toMatchObject({
      paths: [join(folder, 'home/.kube/config')],
    });
  });

  test('KUBECONFIG before the home folder, as a list, without files that are not there', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const KUBECONFIG = [one, join(folder, 'absent'), '', two].join(delimiter);
    expect(await locate({ env: { KUBECONFIG, HOME: join(folder, 'home') } })).toMatchObject({ paths: [one, two] });
  });

  test.each([{ HOME: 'home' }, { USERPROFILE: 'home' }, { HOME: '', USERPROFILE: 'home', KUBECONFIG: '' }])(
    'the home folder where nothing is set, empty counting as unset: %j',
    async (env) => {
      const absolute = Object.fromEntries(
        Object.entries(env).map(([key, value]) => [key, value && join(folder, value)]),
      );
      expect(await locate({ kubeconfig: '  ', env: absolute })).toMatchObject({
        paths: [join(folder, 'home/.kube/config')],
      });
    },
  );

  test.each([
    ['10.96.0.1', '443', 'https://10.96.0.1:443'],
    ['fd00::1', '6443', 'https://[fd00::1]:6443'],
    ['10.96.0.1', '', 'https://10.96.0.1:443'],
  ])("the pod's service account last: %s %s", async (KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, server) => {
    const env = { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, HOME: join(folder, 'nobody') };
    expect(await locate({ env })).toEqual({ kind: 'service-account', server, folder: join(folder, 'pod') });
  });
});

describe('what is wrong is said with what to do', () => {
  test.each<[string, () => Omit<LocateOptions, 'serviceAccount'>, RegExp]>([
    [
      'nothing anywhere',
      () => ({ env: { HOME: '/nowhere' } }),
      /input kubeconfig is not set, KUBECONFIG is not set, \/nowhere\/\.kube\/config does not exist, .* Set the input kubeconfig/,
    ],
    [
      'a path that is not there',
      () => ({ kubeconfig: 'no/such', env: {} }),
      /"no\/such" does not exist\. Give the path/,
    ],
    ['a folder', () => ({ kubeconfig: folder, env: {} }), /cannot be read \(EISDIR\)/],
    [
      'KUBECONFIG to nowhere',
      () => ({ env: { KUBECONFIG: '/no/such', HOME: join(folder, 'home') } }),
      /KUBECONFIG names \/no\/such, and no such file exists/,
    ],
    ['an empty file', () => ({ kubeconfig: join(folder, 'empty'), env: {} }), /is empty/],
    [
      'one bad file of a list',
      () => ({ env: { KUBECONFIG: [join(folder, 'one'), join(folder, 'empty')].join(delimiter) } }),
      /kubeconfig from .*empty is empty/,
    ],
  ])('%s', async (_, options, says) => {
    expect(await locate(options())).toMatch(says);
  });

  test('a long value, which may be a secret in the wrong place, is not shown whole', async () => {
    const secret = 'k8s-aws-v1.'.padEnd(300, 'x');
    const found = await locateKubeconfig({ kubeconfig: secret, env: {} });
    expect(found).toBeInstanceOf(ConfigError);
    expect((found as ConfigError).message.length).toBeLessThan(120);
  });
});

describe('the form of a kubeconfig', () => {
  test.each([GOOD, 'users: []', '{"clusters": []}', "{ 'contexts': [] }", '\uFEFFclusters:\n- name: a'])(
    '%j is fine',
    (text) => {
      expect(kubeconfigTrouble(text)).toBeUndefined();
    },
  );

  test.each([
    [' \n', 'is empty'],
    [Buffer.from(GOOD).toString('base64'), 'is base64 and has to be decoded first'],
    ['<!doctype html><p>clusters: log in', 'is an HTML or XML page'],
    ['apiVersion: v1\nkind: Secret\n', 'names neither clusters nor contexts nor users'],
    ['my-clusters: []', 'names neither clusters nor contexts nor users'],
  ])('%j: %s', (text, trouble) => {
    expect(kubeconfigTrouble(text)).toBe(trouble);
  });
});

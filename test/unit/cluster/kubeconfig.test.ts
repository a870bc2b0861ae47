import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseLocation } from '../../../src/cluster/kubeconfig.ts';
import type { KubeconfigText } from '../../../src/cluster/locate.ts';
import { ConfigError } from '../../../src/model/errors.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'token'), 'from-a-file\n');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function parse(texts: readonly (string | KubeconfigText)[], context?: string) {
  const whole = texts.map((text) => (typeof text === 'string' ? { text } : text));
  return parseLocation({ kind: 'kubeconfig', origin: 'a test', texts: whole }, context);
}

function chosen(texts: readonly (string | KubeconfigText)[], context?: string) {
  const config = parse(texts, context);
  if (config instanceof ConfigError) throw config;
  return { server: config.getCurrentCluster()?.server, user: config.getCurrentUser() };
}

function refusal(texts: readonly (string | KubeconfigText)[], context?: string): string {
  const config = parse(texts, context);
  return config instanceof ConfigError ? `${config.message} ${config.hint}` : 'accepted';
}

const NAMES = ['production-eu', 'production-us', 'staging'];
const THREE = `apiVersion: v1
kind: Config
clusters:
${NAMES.map((name) => `- {name: ${name}, cluster: {server: "https://${name}.example"}}`).join('\n')}
users:
${NAMES.map((name) => `- {name: ${name}, user: {token: token-of-${name}}}`).join('\n')}
contexts:
${NAMES.map((name) => `- {name: ${name}, context: {cluster: ${name}, user: ${name}}}`).join('\n')}
current-context: staging
`;

describe('the context', () => {
  test('is the current one', () => {
    expect(chosen([THREE])).toMatchObject({ server: 'https://staging.example', user: { token: 'token-of-staging' } });
  });

  test('is the one that was asked for', () => {
    expect(chosen([THREE], 'production-eu').server).toBe('https://production-eu.example');
  });

  test.each(['', undefined])('an empty wish is none: %j', (context) => {
    expect(chosen([THREE], context).server).toBe('https://staging.example');
  });

  test('is the only one where none is current', () => {
    const one = THREE.replace(/current-context.*\n/, '').replace(/- \{name: production-.*context:.*\n/g, '');
    expect(chosen([one]).server).toBe('https://staging.example');
  });

  test('that is unknown is refused with the nearest and all others', () => {
    expect(refusal([THREE], 'prod-eu')).toBe(
      'The input context names "prod-eu", which the kubeconfig from a test does not have. ' +
        'Did you mean "production-eu"? Set the input context to one of: production-eu, production-us, staging.',
    );
  });

  test('that is like none is refused with all others only', () => {
    expect(refusal([THREE], 'x')).toMatch(/does not have\. Set the input context to one of: production-eu/);
  });

  test.each([
    [THREE.replace('current-context: staging', 'current-context: gone'), /^current-context names "gone"/],
    [THREE.replace('current-context: staging', ''), /has no current context\. Set the input context to one of/],
    ['clusters: []\ncontexts: []\n', /has no current context\. It has no contexts at all/],
    [
      THREE.replace('context: {cluster: staging', 'context: {cluster: gone'),
      /^Context "staging" names the cluster "gone"/,
    ],
    [THREE.replace('user: staging}}', 'user: gone}}'), /^Context "staging" names the user "gone"/],
    [THREE.replace('https://staging.example', 'staging.example'), /a server that is no http or https URL/],
    [
      THREE.replace('https://staging', 'https://me:very-secret@staging'),
      /has a user name or password in the server URL of cluster "staging"/,
    ],
  ])('that leads nowhere is refused %#', (text, says) => {
    expect(refusal([text])).toMatch(says);
    expect(refusal([text])).not.toContain('very-secret');
  });
});

describe('several files', () => {
  const other = THREE.replaceAll('.example', '.other').replace(
    'current-context: staging',
    'current-context: production-us',
  );

  test('the first to name something wins', () => {
    expect(chosen([THREE, other]).server).toBe('https://staging.example');
    expect(chosen([other, THREE]).server).toBe('https://production-us.other');
  });

  test('may share the work', () => {
    const users = `users:\n${NAMES.map((name) => `- {name: ${name}, user: {token: second}}`).join('\n')}\n`;
    const rest = THREE.replace(/users:\n(- .*\n){3}/, '');
    expect(chosen([users, rest])).toMatchObject({ server: 'https://staging.example', user: { token: 'second' } });
  });
});

describe('files that a kubeconfig names', () => {
  function withUser(user: string): KubeconfigText {
    return { path: join(folder, 'config'), text: THREE.replace('{token: token-of-staging}', user) };
  }

  test('are found beside it', () => {
    const found = chosen([withUser('{client-certificate: me.crt, client-key: /abs/me.key}')]);
    expect(found.user).toMatchObject({ certFile: join(folder, 'me.crt'), keyFile: '/abs/me.key' });
  });

  test('tokenFile is read when it is needed, from beside the kubeconfig', () => {
    expect(chosen([withUser('{tokenFile: token}')]).user).toMatchObject({
      authProvider: { name: 'tokenFile', config: { tokenFile: join(folder, 'token') } },
    });
  });

  test.each([
    ['./bin/login', () => join(folder, 'bin/login')],
    ['/usr/bin/login', () => '/usr/bin/login'],
    ['aws', () => 'aws'],
  ])('a command: %s', (command, expected) => {
    const { user } = chosen([
      withUser(`{exec: {apiVersion: client.authentication.k8s.io/v1, command: ${command}, args: [a]}}`),
    ]);
    expect(user?.exec).toMatchObject({ command: expected(), args: ['a'] });
  });
});

test("a pod's service account", () => {
  const config = parseLocation({ kind: 'service-account', server: 'https://10.96.0.1:443', folder: '/sa' }, undefined);
  if (config instanceof ConfigError) throw config;
  expect(config.getCurrentCluster()).toMatchObject({ server: 'https://10.96.0.1:443', caFile: join('/sa', 'ca.crt') });
  expect(config.getCurrentUser()).toMatchObject({ authProvider: { config: { tokenFile: join('/sa', 'token') } } });
});

describe('what cannot be used', () => {
  test.each([
    ['clusters: [\nusers: "very-secret', /is no valid YAML in line \d/],
    ['- clusters: []', /is no YAML mapping/],
    ['clusters: [{name: a}]', /is incomplete: clusters\[0\]\.cluster is missing/],
    ['contexts: [{name: very-secret, context: {}}]', /is incomplete: contexts\[0\]\.context\.cluster is missing/],
    ['users: [{name: a, user: {token-file: /no/such}}]', /names the file \/no\/such, which cannot be read \(ENOENT\)/],
  ])('is refused without showing any of it: %j', (text, says) => {
    expect(refusal([text])).toMatch(says);
    expect(refusal([text])).not.toContain('very-secret');
  });
});

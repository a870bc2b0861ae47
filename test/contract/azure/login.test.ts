/** Every way to log in, and what is said where none works. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../../../lab/servers/certificate.ts';
import type { Lab } from '../../../lab/servers/index.ts';
import type { Gap } from '../../../src/model/snapshot.ts';
import type { Log } from '../../../src/ports.ts';
import { enter, leave, nodesOf, openReader, serveAzure } from './expected.ts';
import { usualWorld } from './worlds.ts';
import { SILENT } from '../../support/quiet.ts';
import { labPerTest } from '../../support/lab-per-test.ts';

const serve = labPerTest(serveAzure, leave);

/** How many machines were read, and what was said. */
async function logIn(
  running: Lab,
  env: Readonly<Record<string, string>>,
): Promise<{ machines: number; gaps: readonly Gap[]; lines: readonly string[] }> {
  const lines: string[] = [];
  const note = (text: string): void => void lines.push(text);
  const log: Log = { ...SILENT, debug: note, info: note, warning: note };
  const { facts, gaps } = await openReader(running, { env, log }).read(nodesOf(running.world));
  return { machines: facts[0]?.machines.length ?? 0, gaps, lines };
}

function without(env: Readonly<Record<string, string>>, ...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

interface Runner {
  readonly url: string;
  readonly caPem: string;
  readonly asked: readonly string[];
  stop(): void;
}

/** Gives out the token that a runner gives its job, and hands everything else on to the lab. */
async function startRunner(running: Lab): Promise<Runner> {
  const assertion = readFileSync(running.webIdentityEnv['AZURE_FEDERATED_TOKEN_FILE']!, 'utf8');
  const { keyPem: key, certPem: cert, caPem } = makeCertificate();
  const asked: string[] = [];
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const { method, headers, url = '' } = incoming;
    if (url.startsWith('/job-token')) {
      asked.push(`${headers.authorization ?? ''} ${url}`);
      outgoing.setHeader('content-type', 'application/json').end(JSON.stringify({ count: 1, value: assertion }));
      return;
    }
    const onward = request(`${running.urls.cloud}${url}`, { method, headers, ca: running.caPem }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url,
    caPem,
    asked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('ways in', () => {
  test('a client secret, with one token for all calls', async () => {
    const running = await serve(usualWorld());
    const { machines, gaps, lines } = await logIn(running, running.env);
    expect([machines, gaps]).toEqual([5, []]);
    expect(running.requests().filter(({ operation }) => operation === 'token').length).toBe(1);
    expect(lines.join()).toContain('client secret');
    expect(lines.join()).not.toContain(running.env['AZURE_CLIENT_SECRET']);
  });

  test('a workload identity goes before a secret', async () => {
    const running = await serve(usualWorld());
    const { machines, gaps, lines } = await logIn(running, { ...running.webIdentityEnv, AZURE_CLIENT_SECRET: 'wrong' });
    expect([machines, gaps]).toEqual([5, []]);
    expect(lines.join()).toContain('workload identity');
  });

  test('the session that azure/login leaves behind, asked once; blank variables count as unset', async () => {
    const running = await serve(usualWorld());
    enter(running, { PATH: running.azCliPath });
    const blank = { AZURE_TENANT_ID: '', AZURE_CLIENT_ID: '', AZURE_CLIENT_SECRET: '', AZURE_AUTHORITY_HOST: '' };
    const { machines, gaps, lines } = await logIn(running, blank);
    expect([machines, gaps]).toEqual([5, []]);
    expect(lines.join()).toContain('session of the az command line');
    expect(running.requests().filter(({ service }) => service === 'entra')).toEqual([]);
  });

  test('the OIDC token of the job, exchanged', async () => {
    const running = await serve(usualWorld());
    const runner = await startRunner(running);
    try {
      enter({ ...running, caPem: runner.caPem });
      running.inputs['azure-endpoint'] = runner.url;
      const { machines, gaps, lines } = await logIn(running, {
        ...without(running.env, 'AZURE_CLIENT_SECRET'),
        AZURE_AUTHORITY_HOST: runner.url,
        ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.url}/job-token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
      });
      expect([machines, gaps]).toEqual([5, []]);
      expect(lines.join()).toContain('OIDC token of the job');
      expect([...new Set(runner.asked)]).toEqual([
        'Bearer request-token /job-token?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange',
      ]);
    } finally {
      runner.stop();
    }
  });
});

describe('no way in', () => {
  test('nobody is logged in with az', async () => {
    const running = await serve(usualWorld(), { azLoggedOut: true });
    enter(running, { PATH: running.azCliPath });
    const { gaps } = await logIn(running, {});
    expect(gaps.map(({ facet, scope }) => [facet, scope])).toEqual([['machines', 'azure']]);
    expect(gaps[0]?.reason).toMatch(/^no Azure login was found \(.*az login.*\)\. Run azure\/login in an earlier step/);
    expect(running.requests()).toEqual([]);
  });

  test('there is no az', async () => {
    const running = await serve(usualWorld());
    const { gaps } = await logIn(running, {});
    expect(gaps[0]?.reason).toMatch(/^no Azure login was found \(Azure CLI could not be found.*AZURE_CLIENT_ID/);
  });

  test('the secret is wrong', async () => {
    const running = await serve(usualWorld());
    const { gaps } = await logIn(running, { ...running.env, AZURE_CLIENT_SECRET: 'wrong' });
    expect(gaps.length).toBe(1);
    expect(gaps[0]?.reason).toMatch(/^no token for Azure could be had \(AADSTS7000215: Invalid client secret/);
    expect(gaps[0]?.reason).not.toMatch(/Trace ID|Correlation/);
  });

  test('the federated token is too old', async () => {
    const running = await serve(usualWorld(), { expiredToken: 'azure' });
    const { gaps } = await logIn(running, running.webIdentityEnv);
    expect(gaps[0]?.reason).toMatch(/^the Azure login has expired \(AADSTS700024: .*Log in again right before/);
  });

  test('Entra ID does not know the workflow', async () => {
    const running = await serve(usualWorld());
    writeFileSync(running.webIdentityEnv['AZURE_FEDERATED_TOKEN_FILE']!, 'somebody.elses.token');
    const { gaps } = await logIn(running, running.webIdentityEnv);
    expect(gaps[0]?.reason).toMatch(
      /^Entra ID does not know this workflow \(AADSTS700213: .*Add a federated credential/,
    );
  });

  test('the tenant is not there', async () => {
    const running = await serve(usualWorld());
    const env = { ...running.env, AZURE_TENANT_ID: '00000000-0000-4000-8000-000000000000' };
    const { gaps } = await logIn(running, env);
    expect(gaps.length).toBe(1);
    expect(gaps[0]?.reason).toMatch(/^Entra ID cannot be reached, or does not know the tenant \(.*AZURE_TENANT_ID$/);
  });
});

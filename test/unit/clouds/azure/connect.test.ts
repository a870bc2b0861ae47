import { describe, expect, test } from '@jest/globals';
import { decideLogin, decidePlace, rememberToken, scopeOf } from '../../../../src/clouds/azure/connect.ts';

const ID = { AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c' };
const JOB = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://runner', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'r' };

describe('who logs in', () => {
  test.each([
    ['session of the az command line', {}],
    ['session of the az command line', ID],
    ['session of the az command line', { ...JOB, AZURE_CLIENT_ID: 'c' }],
    ['session of the az command line', { ...ID, AZURE_CLIENT_SECRET: '', AZURE_FEDERATED_TOKEN_FILE: ' ' }],
    ['session of the az command line', { AZURE_CLIENT_SECRET: 's', AZURE_TENANT_ID: 't' }],
    ['OIDC token of the job', { ...ID, ...JOB }],
    ['client secret', { ...ID, ...JOB, AZURE_CLIENT_SECRET: 's' }],
    ['workload identity', { ...ID, ...JOB, AZURE_CLIENT_SECRET: 's', AZURE_FEDERATED_TOKEN_FILE: '/f' }],
  ])('%s', (kind, env) => {
    expect(decideLogin(env).kind).toBe(kind);
  });
});

describe('where Azure is', () => {
  const GOV = {
    endpoint: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    resource: 'https://management.usgovcloudapi.net',
    audience: 'api://AzureADTokenExchangeUSGov',
  };
  test('the public cloud, where nothing else is said', () => {
    expect(decidePlace(undefined, {})).toEqual({
      endpoint: 'https://management.azure.com',
      authority: 'https://login.microsoftonline.com',
      isAuthorityNamed: false,
      resource: 'https://management.azure.com',
      audience: 'api://AzureADTokenExchange',
    });
  });

  test('either half of a sovereign cloud tells the other, in any spelling', () => {
    expect(decidePlace('https://Management.usgovcloudapi.net/', {})).toEqual({ ...GOV, isAuthorityNamed: false });
    for (const host of [
      'https://login.microsoftonline.us/',
      'login.microsoftonline.us',
      'https://LOGIN.microsoftonline.us',
    ]) {
      expect(decidePlace(undefined, { AZURE_AUTHORITY_HOST: host })).toEqual({ ...GOV, isAuthorityNamed: true });
    }
    expect(decidePlace(undefined, { AZURE_AUTHORITY_HOST: 'https://login.partner.microsoftonline.cn' })).toMatchObject({
      endpoint: 'https://management.chinacloudapi.cn',
      authority: 'https://login.partner.microsoftonline.cn',
    });
  });

  test('a front door keeps the audience of its cloud; a cloud of its own is its own audience', () => {
    const front = decidePlace('https://arm.example.net', {});
    expect([front.endpoint, scopeOf(front)]).toEqual([
      'https://arm.example.net',
      'https://management.azure.com/.default',
    ]);
    const own = decidePlace('https://arm.example.net', { AZURE_AUTHORITY_HOST: 'https://login.example.net' });
    expect(scopeOf(own)).toBe('https://arm.example.net/.default');
  });
});

test('a token is asked for once, and again shortly before it expires or when a claim is missing', async () => {
  let asked = 0;
  let now = 0;
  const credential = {
    getToken: async () => ({ token: String((asked += 1)), expiresOnTimestamp: now + 3_600_000 }),
  };
  const held = rememberToken(credential, () => now);
  const ask = async (options?: { claims: string }): Promise<string | undefined> =>
    (await held.getToken('scope', options))?.token;
  expect([await ask(), await ask()]).toEqual(['1', '1']);
  now = 3_600_000 - 5 * 60_000 + 1;
  expect(await ask()).toBe('2');
  expect([await ask({ claims: 'c' }), await ask()]).toEqual(['3', '3']);
});

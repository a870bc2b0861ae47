import { NetworkManagementClient } from '@azure/arm-network';
import { AzureCliCredential, WorkloadIdentityCredential } from '@azure/identity';
import { expect, jest, test } from '@jest/globals';
import { delimiter } from 'node:path';

import { login, SUBSCRIPTION, smallAzure } from './small-azure.ts';
import { asProcess, raw, withLab } from './support.ts';

// The vendors' clients take seconds to load where many tests run at once.
jest.setTimeout(60_000);

test('what the token endpoint refuses', async () => {
  const options: { expiredToken?: 'azure' } = {};
  await withLab(smallAzure().world, options, async (lab) => {
    const refused = async (change: Record<string, string>): Promise<unknown> => {
      const answer = await login(lab, change);
      const { error, error_codes: codes } = answer.json() as { error: string; error_codes: number[] };
      expect(answer.json()['error_description']).toMatch(new RegExp(`^AADSTS${String(codes[0])}: `));
      return [answer.status, error, codes[0]];
    };
    expect(await refused({ client_secret: 'wrong' })).toEqual([401, 'invalid_client', 7000215]);
    expect(await refused({ client_id: 'wrong' })).toEqual([400, 'unauthorized_client', 700016]);
    expect(await refused({ grant_type: 'password' })).toEqual([400, 'unsupported_grant_type', 70003]);
    expect(await refused({ scope: 'https://vault.azure.net/.default' })).toEqual([400, 'invalid_resource', 500011]);
    const assertion = {
      client_assertion: 'forged',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    expect(await refused(assertion)).toEqual([401, 'invalid_client', 700213]);
    const tenant = await raw(lab, `${lab.urls.cloud}/other.example/oauth2/v2.0/token`, { method: 'POST' });
    expect([tenant.status, tenant.json()['error']]).toEqual([400, 'invalid_tenant']);
    expect((await login(lab, { scope: `${lab.urls.cloud}/.default` })).status).toBe(200);
  });
});

test('tokens by federation and from the session of the Azure CLI', async () => {
  await withLab(smallAzure().world, {}, async (lab) => {
    const names = async (credential: AzureCliCredential | WorkloadIdentityCredential): Promise<unknown> => {
      const endpoint = lab.inputs['azure-endpoint']!;
      const scopes = ['https://management.azure.com/.default'];
      const network = new NetworkManagementClient(credential, SUBSCRIPTION, { endpoint, credentials: { scopes } });
      const found: unknown[] = [];
      for await (const table of network.routeTables.listAll()) found.push(table.name);
      return found;
    };
    await asProcess(lab, lab.webIdentityEnv, async () => {
      expect(await names(new WorkloadIdentityCredential({ disableInstanceDiscovery: true }))).toEqual(['pods']);
    });
    const path = [lab.azCliPath, process.env['PATH']].join(delimiter);
    await asProcess(lab, { PATH: path }, async () => {
      expect(await names(new AzureCliCredential())).toEqual(['pods']);
      await expect(
        new AzureCliCredential({ tenantId: 'other.example' }).getToken('https://management.azure.com/.default'),
      ).rejects.toThrow('AADSTS90002');
    });
    expect(
      lab
        .requests()
        .filter((one) => one.service === 'entra')
        .map((one) => one.operation),
    ).toEqual(['openid-configuration', 'token']);
  });
  await withLab(smallAzure().world, { azLoggedOut: true }, async (lab) => {
    await asProcess(lab, { PATH: [lab.azCliPath, process.env['PATH']].join(delimiter) }, async () => {
      await expect(new AzureCliCredential().getToken('https://management.azure.com/.default')).rejects.toThrow(
        /az login/,
      );
    });
  });
});

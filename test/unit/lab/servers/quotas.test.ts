// Service Quotas of the lab is as strict as the real one: targets, parameters, signatures, rights.
import { afterEach, expect, test } from '@jest/globals';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  RequestServiceQuotaIncreaseCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { startLab, type Lab, type LabOptions } from '../../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../../lab/world/ec2-cluster.ts';

let lab: Lab;
const ROUTES = { ServiceCode: 'vpc', QuotaCode: 'L-93826ACB' };

afterEach(async () => {
  await lab.stop();
});

async function open(options: LabOptions = {}, secret?: string): Promise<ServiceQuotasClient> {
  const world = ec2Cluster({ name: 'quotas', mode: 'fabric', nodes: 2 });
  world.aws[0]!.routesPerTable = 750;
  lab = await startLab(world, options);
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = lab.env;
  return new ServiceQuotasClient({
    region: 'eu-central-1',
    endpoint: lab.urls.quotas,
    credentials: { accessKeyId, secretAccessKey: secret ?? secretAccessKey },
    maxAttempts: 1,
  });
}

async function refusal(sent: Promise<unknown>): Promise<string> {
  return sent.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error ? error.name : 'no error'),
  );
}

test('tells the account’s own value, and the default where there is none', async () => {
  const client = await open();
  const { Quota } = await client.send(new GetServiceQuotaCommand(ROUTES));
  expect(Quota).toMatchObject({ ...ROUTES, Value: 750, QuotaAppliedAtLevel: 'ACCOUNT', GlobalQuota: false });
  expect(Quota?.QuotaArn).toBe('arn:aws:servicequotas:eu-central-1:111122223333:vpc/L-93826ACB');
  delete lab.world.aws[0]!.routesPerTable;
  expect((await client.send(new GetServiceQuotaCommand(ROUTES))).Quota?.Value).toBe(500);
});

test.each([
  ['another quota', { ServiceCode: 'vpc', QuotaCode: 'L-00000000' }, 'NoSuchResourceException'],
  ['another service', { ServiceCode: 'ec2', QuotaCode: 'L-93826ACB' }, 'NoSuchResourceException'],
  ['a code that is none', { ServiceCode: 'vpc', QuotaCode: '!' }, 'IllegalArgumentException'],
])('%s is refused', async (_, wanted, code) => {
  const client = await open();
  expect(await refusal(client.send(new GetServiceQuotaCommand(wanted)))).toBe(code);
});

test('rights are asked for, and nothing is raised', async () => {
  const client = await open({ deny: ['servicequotas:GetServiceQuota'] });
  expect(await refusal(client.send(new GetServiceQuotaCommand(ROUTES)))).toBe('AccessDeniedException');
  const raise = new RequestServiceQuotaIncreaseCommand({ ...ROUTES, DesiredValue: 1000 });
  expect(await refusal(client.send(raise))).toBe('AccessDeniedException');
  expect(lab.requests().map(({ operation, write }) => [operation, write])).toEqual([
    ['GetServiceQuota', false],
    ['RequestServiceQuotaIncrease', true],
  ]);
});

test.each([
  ['Allow', 'because no identity-based policy allows the servicequotas:GetServiceQuota action'],
  ['Deny', 'with an explicit deny in an identity-based policy'],
])('what refuses is told: statements that %s something', async (Effect, why) => {
  const Action = Effect === 'Allow' ? 'servicequotas:ListServices' : 'servicequotas:Get*';
  const iamPolicy = { Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*' }] };
  const client = await open({ iamPolicy });
  await expect(client.send(new GetServiceQuotaCommand(ROUTES))).rejects.toThrow(why);
});

test('a wrong signature, and credentials that have expired, are refused', async () => {
  const forged = await open({}, 'wrong');
  expect(await refusal(forged.send(new GetServiceQuotaCommand(ROUTES)))).toBe('InvalidSignatureException');
  await lab.stop();
  const expired = await open({ expiredToken: 'aws' });
  expect(await refusal(expired.send(new GetServiceQuotaCommand(ROUTES)))).toBe('ExpiredTokenException');
});

test('what it does not serve is no operation of it', async () => {
  const client = await open();
  expect(await refusal(client.send(new GetAWSDefaultServiceQuotaCommand(ROUTES)))).toBe('UnknownOperationException');
});

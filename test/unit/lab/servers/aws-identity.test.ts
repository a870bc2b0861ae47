import { DescribeRegionsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { Lab } from '../../../../lab/servers/index.ts';
import { ec2Of, refusal, smallWorld, withLab } from './support.ts';

const describe = new DescribeVpcsCommand({});
const form = 'application/x-www-form-urlencoded';

async function post(url: string, body: Record<string, string>): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': form },
    body: new URLSearchParams(body),
  });
  return { status: answer.status, text: await answer.text() };
}

const codeIn = (text: string): string | undefined => /<Code>([^<]*)<\/Code>/.exec(text)?.[1];

test('requests without a signature, with a wrong key, with a wrong secret', async () => {
  await withLab(smallWorld(), {}, async (lab) => {
    const { status, text } = await post(lab.urls.ec2, { Action: 'DescribeVpcs', Version: '2016-11-15' });
    expect([status, codeIn(text)]).toEqual([403, 'MissingAuthenticationToken']);
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<Response><Errors><Error><Code>/);
    expect(text).toMatch(/<\/Errors><RequestID>[0-9a-f-]{36}<\/RequestID><\/Response>$/);
    const accessKeyId = lab.env['AWS_ACCESS_KEY_ID']!;
    const secretAccessKey = lab.env['AWS_SECRET_ACCESS_KEY']!;
    for (const credentials of [
      { accessKeyId: 'AKIANOBODY', secretAccessKey },
      { accessKeyId, secretAccessKey: 'wrong' },
      { accessKeyId, secretAccessKey, sessionToken: 'not needed' },
    ]) {
      expect(await refusal(ec2Of(lab, { credentials }).send(describe))).toEqual({
        code: 'AuthFailure',
        status: 401,
        message: 'AWS was not able to validate the provided access credentials',
      });
    }
  });
});

test('expired credentials, and a clock that is off by more than fifteen minutes', async () => {
  await withLab(smallWorld(), { expiredToken: true }, async (lab) => {
    expect(await refusal(ec2Of(lab).send(describe))).toEqual({
      code: 'RequestExpired',
      status: 400,
      message: 'Request has expired.',
    });
  });
  await withLab(smallWorld(), {}, async (lab) => {
    const late = ec2Of(lab, { systemClockOffset: -16 * 60_000 });
    expect(await refusal(late.send(describe))).toMatchObject({ code: 'RequestExpired' });
  });
});

test('an action denied by name leaves the others', async () => {
  await withLab(smallWorld(), { deny: ['ec2:DescribeVpcs'] }, async (lab) => {
    expect(await refusal(ec2Of(lab).send(describe))).toEqual({
      code: 'UnauthorizedOperation',
      status: 403,
      message:
        'You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/pod-route-check is not ' +
        'authorized to perform: ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action',
    });
    await ec2Of(lab).send(new DescribeRegionsCommand({}));
  });
});

test('only what the policy allows is allowed', async () => {
  const iamPolicy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['ec2:DescribeV*', 'ec2:DescribeR*'], Resource: '*' },
      { Effect: 'Deny', Action: 'ec2:DescribeRegions', Resource: '*' },
    ],
  };
  await withLab(smallWorld(), { iamPolicy }, async (lab) => {
    await ec2Of(lab).send(describe);
    const denied = await refusal(ec2Of(lab).send(new DescribeRegionsCommand({})));
    expect(denied.code).toBe('UnauthorizedOperation');
    expect(denied.message).toContain('with an explicit deny in an identity-based policy');
  });
});

async function assume(lab: Lab, change: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  return post(lab.urls.sts, {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: lab.webIdentityEnv['AWS_ROLE_ARN']!,
    RoleSessionName: 'run',
    WebIdentityToken: await readFile(lab.webIdentityEnv['AWS_WEB_IDENTITY_TOKEN_FILE']!, 'utf8'),
    ...change,
  });
}

test('a workflow’s own token buys temporary credentials that work', async () => {
  await withLab(smallWorld(), {}, async (lab) => {
    const { status, text } = await assume(lab);
    expect(status).toBe(200);
    const field = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(text)![1]!;
    const credentials = {
      accessKeyId: field('AccessKeyId'),
      secretAccessKey: field('SecretAccessKey'),
      sessionToken: field('SessionToken'),
    };
    expect((await ec2Of(lab, { credentials }).send(describe)).Vpcs).toHaveLength(1);
    const { sessionToken: _, ...without } = credentials;
    expect(await refusal(ec2Of(lab, { credentials: without }).send(describe))).toMatchObject({ code: 'AuthFailure' });
  });
});

test('the SDK finds its way by the environment alone, with keys and with a web identity', async () => {
  await withLab(smallWorld(), {}, async (lab) => {
    const before = { ...process.env };
    try {
      for (const env of [lab.env, lab.webIdentityEnv]) {
        process.env = { ...before, ...env };
        expect((await new EC2Client({}).send(describe)).Vpcs).toHaveLength(1);
      }
    } finally {
      process.env = before;
    }
    expect(lab.requests().map((one) => one.operation)).toEqual([
      'DescribeVpcs',
      'AssumeRoleWithWebIdentity',
      'DescribeVpcs',
    ]);
  });
});

/** Signature Version 4 by hand for a POST to the token service, with host and date as the only signed headers. */
async function whoAmI(lab: Lab, secret: string): Promise<{ status: number; text: string }> {
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/eu-central-1/sts/aws4_request`;
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const headers = `host:${new URL(lab.urls.sts).host}\nx-amz-date:${date}\n`;
  const canonical = `POST\n/\n\n${headers}\nhost;x-amz-date\n${hash(body)}`;
  const key = scope.split('/').reduce<string | Buffer>((previous, part) => mac(previous, part), `AWS4${secret}`);
  const signature = mac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(canonical)}`).toString('hex');
  const credential = `${lab.env['AWS_ACCESS_KEY_ID']!}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  const answer = await fetch(lab.urls.sts, {
    method: 'POST',
    headers: { 'content-type': form, 'x-amz-date': date, authorization },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

test('the caller’s identity', async () => {
  await withLab(smallWorld(), {}, async (lab) => {
    const { status, text } = await whoAmI(lab, lab.env['AWS_SECRET_ACCESS_KEY']!);
    expect(status).toBe(200);
    expect(text).toContain('<Arn>arn:aws:iam::111122223333:user/pod-route-check</Arn>');
    expect(text).toContain('<Account>111122223333</Account>');
    const forged = await whoAmI(lab, 'wrong');
    expect([forged.status, codeIn(forged.text)]).toEqual([403, 'SignatureDoesNotMatch']);
  });
  await withLab(smallWorld(), { expiredToken: 'aws' }, async (lab) => {
    const expired = await whoAmI(lab, lab.env['AWS_SECRET_ACCESS_KEY']!);
    expect([expired.status, codeIn(expired.text)]).toEqual([403, 'ExpiredToken']);
    expect(codeIn((await assume(lab)).text)).toBe('ExpiredTokenException');
  });
});

test('what the token service refuses', async () => {
  await withLab(smallWorld(), {}, async (lab) => {
    const codeOf = async (change: Record<string, string>): Promise<[number, string | undefined]> => {
      const { status, text } = await assume(lab, change);
      return [status, codeIn(text)];
    };
    expect(await codeOf({ WebIdentityToken: 'forged' })).toEqual([400, 'InvalidIdentityToken']);
    expect(await codeOf({ RoleArn: 'arn:aws:iam::999999999999:role/x' })).toEqual([403, 'AccessDenied']);
    expect(await codeOf({ RoleSessionName: '' })).toEqual([400, 'ValidationError']);
    expect(await codeOf({ Version: '2016-11-15' })).toEqual([400, 'InvalidAction']);
    expect(await codeOf({ Colour: 'red' })).toEqual([400, 'ValidationError']);
    const { status, text } = await post(lab.urls.sts, { Action: 'GetCallerIdentity', Version: '2011-06-15' });
    expect([status, codeIn(text)]).toEqual([403, 'MissingAuthenticationToken']);
  });
});

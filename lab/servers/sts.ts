import { randomUUID } from 'node:crypto';

import { Ec2Error } from './ec2/errors.ts';
import { parseForm } from './ec2/query.ts';
import { escapeXml } from './ec2/xml.ts';
import type { Answer, Desk, Incoming, Service } from './exchange.ts';
import type { Identities } from './identities.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  AssumeRoleWithWebIdentity: ['RoleArn', 'RoleSessionName', 'WebIdentityToken', 'DurationSeconds', 'ProviderId'],
  GetCallerIdentity: [],
};

function headers(requestId: string): Record<string, string> {
  return { 'x-amzn-RequestId': requestId, 'Content-Type': 'text/xml' };
}

/** The security token service: a workflow's own token for temporary credentials, and who am I. */
export class StsApi implements Service {
  readonly name = 'sts';
  readonly #desk: Desk;
  readonly #identities: Identities;

  constructor(desk: Desk, identities: Identities) {
    this.#desk = desk;
    this.#identities = identities;
  }

  identify({ method, url, body }: Incoming): { operation: string; write: boolean } {
    return { operation: parseForm(method, url, body).get('Action') ?? '', write: false };
  }

  throttled(): Answer {
    return this.#failure(new Ec2Error('Throttling', 'Rate exceeded'));
  }

  answer(request: Incoming): Answer {
    try {
      const form = parseForm(request.method, request.url, request.body);
      const operation = form.get('Action') ?? '';
      const known = PARAMETERS[operation];
      if (known === undefined || form.get('Version') !== '2011-06-15') {
        throw new Ec2Error(
          'InvalidAction',
          `Could not find operation ${operation} for version ${form.get('Version') ?? 'NO_VERSION_SPECIFIED'}`,
        );
      }
      for (const name of form.keys()) {
        if (!['Action', 'Version', ...known].includes(name)) {
          throw new Ec2Error('ValidationError', `lab: ${operation} has no parameter ${name}`);
        }
      }
      const result = operation === 'GetCallerIdentity' ? this.#whoAmI(request) : this.#assume(form);
      return this.#success(operation, result);
    } catch (error) {
      if (error instanceof Ec2Error) return this.#failure(error);
      throw error;
    }
  }

  #whoAmI(request: Incoming): string {
    const found = this.#identities.check(request, 'sts');
    switch (found.problem) {
      case undefined: {
        const { arn, userId, accountId } = found.credentials;
        return `<Arn>${escapeXml(arn)}</Arn><UserId>${escapeXml(userId)}</UserId><Account>${accountId}</Account>`;
      }
      case 'unsigned':
        throw new Ec2Error('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
      case 'unknown':
        throw new Ec2Error('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
      case 'expired':
        throw new Ec2Error('ExpiredToken', 'The security token included in the request is expired', 403);
      case 'forged':
        throw new Ec2Error(
          'SignatureDoesNotMatch',
          'The request signature we calculated does not match the signature you provided.',
          403,
        );
    }
  }

  #assume(form: URLSearchParams): string {
    for (const name of ['RoleArn', 'RoleSessionName', 'WebIdentityToken']) {
      if (form.get(name)) continue;
      const message = `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`;
      throw new Ec2Error('ValidationError', message);
    }
    const { expiredToken } = this.#desk.options;
    if (form.get('WebIdentityToken') !== this.#identities.webIdentityToken) {
      throw new Ec2Error('InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider");
    }
    if (expiredToken === true || expiredToken === 'aws') {
      throw new Ec2Error('ExpiredTokenException', 'Token expired');
    }
    const session = form.get('RoleSessionName') ?? '';
    const credentials = this.#identities.assume(form.get('RoleArn') ?? '', session);
    if (credentials === undefined) {
      throw new Ec2Error('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
    }
    const seconds = Number(form.get('DurationSeconds') ?? 3600);
    const until = new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    return (
      `<SubjectFromWebIdentityToken>repo:lab/lab:ref:refs/heads/main</SubjectFromWebIdentityToken>` +
      `<Audience>sts.amazonaws.com</Audience>` +
      `<AssumedRoleUser><Arn>${escapeXml(credentials.arn)}</Arn>` +
      `<AssumedRoleId>${escapeXml(credentials.userId)}</AssumedRoleId></AssumedRoleUser>` +
      `<Credentials><AccessKeyId>${credentials.accessKeyId}</AccessKeyId>` +
      `<SecretAccessKey>${escapeXml(credentials.secretAccessKey)}</SecretAccessKey>` +
      `<SessionToken>${escapeXml(credentials.sessionToken ?? '')}</SessionToken>` +
      `<Expiration>${until}</Expiration></Credentials>` +
      `<Provider>arn:aws:iam::${credentials.accountId}:oidc-provider/lab.invalid</Provider>`
    );
  }

  #success(operation: string, result: string): Answer {
    const requestId = randomUUID();
    const body =
      `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${result}</${operation}Result>` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`;
    return { status: 200, headers: headers(requestId), body };
  }

  #failure({ code, message, status }: Ec2Error): Answer {
    const requestId = randomUUID();
    const body =
      `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    return { status, headers: headers(requestId), body };
  }
}

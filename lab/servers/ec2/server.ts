import { randomUUID } from 'node:crypto';

import { iamPolicy, type IamPolicy } from '../../permissions/iam.ts';
import { AwsError, notAuthorized } from '../aws-error.ts';
import type { Answer, Desk, Incoming, Service } from '../exchange.ts';
import type { Identities, Refusals } from '../identities.ts';
import { ACTIONS } from './actions.ts';
import { Ec2Error, errorAnswer, throttlingError, xmlHeaders } from './errors.ts';
import { parseForm, parseParameters } from './query.ts';
import type { Credentials } from './signature.ts';
import { emptyRegion, viewOf } from './view.ts';
import { responseXml } from './xml.ts';

const API_VERSION = '2016-11-15';
// The verbs of EC2's changing actions. None is served; the distinction only decides between "not allowed" and "no such
// action", and lets tests notice every attempt.
const WRITE =
  /^(?:Accept|Allocate|Apply|Assign|Associate|Attach|Authorize|Cancel|Copy|Create|Delete|Deprovision|Detach|Disable|Disassociate|Enable|Import|Modify|Monitor|Move|Provision|Reboot|Register|Reject|Release|Replace|Request|Reset|Restore|Revoke|Run|Send|Start|Stop|Terminate|Unassign|Unlock|Withdraw)[A-Z]/;

const BAD_CREDENTIALS = ['AuthFailure', 'AWS was not able to validate the provided access credentials', 401] as const;
const REFUSALS: Refusals = {
  // Spelt and described so in the official list; the status is that of the common errors of all services.
  unsigned: ['MissingAuthenticationToken', 'The request must contain valid credentials.', 403],
  expired: ['RequestExpired', 'Request has expired.'],
  unknown: BAD_CREDENTIALS,
  forged: BAD_CREDENTIALS,
};

export class Ec2Api implements Service {
  readonly name = 'ec2';
  readonly #desk: Desk;
  readonly #identities: Identities;
  readonly #policy: IamPolicy;

  constructor(desk: Desk, identities: Identities) {
    this.#desk = desk;
    this.#identities = identities;
    this.#policy = iamPolicy(desk.options.iamPolicy, desk.options.deny ?? []);
  }

  identify({ method, url, body }: Incoming): { operation: string; write: boolean } {
    const operation = parseForm(method, url, body).get('Action') ?? '';
    return { operation, write: WRITE.test(operation) };
  }

  throttled(): Answer {
    return errorAnswer(throttlingError(), randomUUID());
  }

  answer(request: Incoming): Answer {
    const requestId = randomUUID();
    try {
      const { operation, result } = this.#perform(request);
      return { status: 200, headers: xmlHeaders(requestId), body: responseXml(operation, requestId, result) };
    } catch (error) {
      if (error instanceof AwsError) return errorAnswer(error, requestId);
      throw error;
    }
  }

  #perform(request: Incoming): { operation: string; result: object } {
    const form = parseForm(request.method, request.url, request.body);
    const { credentials, region } = this.#identities.callerOf(request, 'ec2', REFUSALS);
    const operation = form.get('Action');
    if (operation === null || operation === '') {
      throw new Ec2Error('MissingAction', 'The request must contain the parameter Action');
    }
    const version = form.get('Version');
    if (version !== API_VERSION) {
      throw new Ec2Error(
        'NoSuchVersion',
        `The requested version (${version ?? ''}) of service AmazonEC2 does not exist`,
      );
    }
    if (WRITE.test(operation)) throw refusal(operation, credentials, 'implicit-deny');
    const action = ACTIONS[operation];
    if (action === undefined) {
      throw new Ec2Error('InvalidAction', `The action ${operation} is not valid for this web service.`);
    }
    const parameters = parseParameters(action.shape, form);
    const decision = this.#policy(`ec2:${operation}`);
    if (decision !== 'allowed') throw refusal(operation, credentials, decision);
    if (parameters.flag('DryRun')) {
      throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
    }
    const { world, options } = this.#desk;
    const { accountId } = credentials;
    const own = world.aws.filter((one) => one.accountId === accountId);
    const here = own.find((one) => one.region === region) ?? emptyRegion(accountId, region);
    const most = options.pageSize?.ec2;
    const pages = { sparse: options.sparsePages === true, ...(most !== undefined && { most }) };
    const view = viewOf(here, world.now);
    return { operation, result: action.run({ view, parameters, pages, regions: own.map((one) => one.region) }) };
  }
}

function refusal(operation: string, { arn }: Credentials, decision: 'implicit-deny' | 'explicit-deny'): AwsError {
  const why = notAuthorized(arn, `ec2:${operation}`, decision);
  return new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${why}`, 403);
}

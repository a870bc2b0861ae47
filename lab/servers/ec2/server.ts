import { randomUUID } from 'node:crypto';

import type { AwsRegionWorld } from '../../world/world.ts';
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
// The verbs of EC2's changing actions, of which few are served, and only where the lab is writable. Of the others the
// distinction decides between "not allowed" and "no such action", and it lets tests notice every attempt.
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
  /** How it was before the last changes, for the readings that do not see them yet. */
  #lag: { region: AwsRegionWorld; left: number } | undefined;

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

  broken(): Answer {
    return errorAnswer(new Ec2Error('InternalError', 'An internal error has occurred', 500), randomUUID());
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
    const action = ACTIONS[operation];
    const { world, options } = this.#desk;
    if (WRITE.test(operation) && (action === undefined || options.writable !== true)) {
      throw refusal(operation, credentials, 'implicit-deny');
    }
    if (action === undefined) {
      throw new Ec2Error('InvalidAction', `The action ${operation} is not valid for this web service.`);
    }
    const parameters = parseParameters(action.shape, form);
    const { accountId } = credentials;
    const changed = action.changes?.(parameters);
    const arn = changed === undefined ? undefined : `arn:aws:ec2:${region}:${accountId}:${changed}`;
    const decision = this.#policy(`ec2:${operation}`, arn);
    if (decision !== 'allowed') throw refusal(operation, credentials, decision);
    if (parameters.flag('DryRun')) {
      throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
    }
    const own = world.aws.filter((one) => one.accountId === accountId);
    const here = own.find((one) => one.region === region) ?? emptyRegion(accountId, region);
    const most = options.pageSize?.ec2;
    const pages = { sparse: options.sparsePages === true, ...(most !== undefined && { most }) };
    const shown = changed === undefined ? this.#seen(here) : here;
    const before = changed !== undefined && options.lagReads !== undefined ? structuredClone(here) : undefined;
    const view = viewOf(shown, world.now);
    const result = action.run({ view, parameters, pages, regions: own.map((one) => one.region) });
    if (before !== undefined) this.#lag = { region: this.#lag?.region ?? before, left: options.lagReads ?? 0 };
    return { operation, result };
  }

  /** Eventual consistency: what a reading shows of a region that has just been changed. */
  #seen(here: AwsRegionWorld): AwsRegionWorld {
    const lag = this.#lag;
    if (lag?.region.region !== here.region || lag.left === 0) return here;
    lag.left -= 1;
    if (lag.left === 0) this.#lag = undefined;
    return lag.region;
  }
}

function refusal(operation: string, { arn }: Credentials, decision: 'implicit-deny' | 'explicit-deny'): AwsError {
  const why = notAuthorized(arn, `ec2:${operation}`, decision);
  return new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${why}`, 403);
}

/** The calls to Resource Manager: whole lists page by page, single resources, trouble returned instead of thrown. */
import type { NetworkManagementContext } from '@azure/arm-network/api';
import { DEFAULT_RETRY, parseRetryAfter, retry } from '../../net/retry.ts';
import type { Clock, Log } from '../../ports.ts';
import { REQUEST_TIMEOUT_MS } from './connect.ts';
import type { Trouble } from './errors.ts';
import { adviseRetry, ArmError, classify } from './errors.ts';
import type {
  WireInterface,
  WireMachine,
  WireNetwork,
  WireRouteTable,
  WireScaleSet,
  WireSecurityGroup,
  WireSubnet,
  WireSubscription,
  WireUsage,
} from './wire.ts';

/**
 * Versions that every Azure serves, sovereign ones included; what is read here has not changed since. Interfaces of
 * Uniform scale sets have only this one version.
 */
export const VERSIONS = {
  subscriptions: '2022-12-01',
  compute: '2024-07-01',
  network: '2024-03-01',
  setInterfaces: '2018-10-01',
} as const;

/** Calls about scale sets or single resources at a time: far below 25 requests a second, which Azure refills. */
export const MAX_PARALLEL = 6;
/** Up to so many suspects are asked for one by one; beyond that their whole list is fewer requests. */
export const MAX_SINGLE = 10;

/** What is asked for: the version of the API, and the action that a role has to allow. */
const KINDS = {
  subscriptions: { version: VERSIONS.subscriptions, permission: 'Microsoft.Resources/subscriptions/read' },
  machines: { version: VERSIONS.compute, permission: 'Microsoft.Compute/virtualMachines/read' },
  scaleSets: { version: VERSIONS.compute, permission: 'Microsoft.Compute/virtualMachineScaleSets/read' },
  setMachines: {
    version: VERSIONS.compute,
    permission: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read',
  },
  /** One of them. */
  setInterface: {
    version: VERSIONS.setInterfaces,
    permission: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces/read',
  },
  setInterfaces: {
    version: VERSIONS.setInterfaces,
    permission: 'Microsoft.Compute/virtualMachineScaleSets/networkInterfaces/read',
  },
  interfaces: { version: VERSIONS.network, permission: 'Microsoft.Network/networkInterfaces/read' },
  usages: { version: VERSIONS.network, permission: 'Microsoft.Network/locations/usages/read' },
  tables: { version: VERSIONS.network, permission: 'Microsoft.Network/routeTables/read' },
  networks: { version: VERSIONS.network, permission: 'Microsoft.Network/virtualNetworks/read' },
  subnets: { version: VERSIONS.network, permission: 'Microsoft.Network/virtualNetworks/subnets/read' },
  filters: { version: VERSIONS.network, permission: 'Microsoft.Network/networkSecurityGroups/read' },
} as const;

/** What an answer holds, by what was asked for. */
interface Answers {
  readonly subscriptions: WireSubscription;
  readonly machines: WireMachine;
  readonly scaleSets: WireScaleSet;
  readonly setMachines: WireMachine;
  readonly setInterface: WireInterface;
  readonly setInterfaces: WireInterface;
  readonly interfaces: WireInterface;
  readonly usages: Partial<WireUsage>;
  readonly tables: WireRouteTable;
  readonly networks: WireNetwork;
  readonly subnets: WireSubnet;
  readonly filters: WireSecurityGroup;
}

export type Kind = keyof typeof KINDS;

export interface Question<K extends Kind = Kind> {
  readonly kind: K;
  /** Below the endpoint: `/subscriptions/...`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

export interface Calls {
  /** All pages. Undefined: everything was read. */
  list<K extends Kind>(question: Question<K>, take: (item: Answers[K]) => void): Promise<Trouble | undefined>;
  get<K extends Kind>(question: Question<K>, take: (item: Answers[K]) => void): Promise<Trouble | undefined>;
  /** How many requests were made, for the log. */
  count(): number;
}

type Answer = { readonly body: unknown } | { readonly trouble: Trouble };

export interface CallSurroundings {
  readonly client: NetworkManagementContext;
  readonly endpoint: string;
  /** What the calls are about, in the user's words. */
  readonly place: string;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Ends calls under way when the run's time is over. */
  readonly until: AbortSignal;
}

export function openCalls(around: CallSurroundings): Calls {
  const { client, endpoint, place, clock, log, random, deadline, until } = around;
  let final: Trouble | undefined;
  let requests = 0;

  async function send(url: string): Promise<unknown> {
    requests += 1;
    const answer = await client.pathUnchecked(url).get({ abortSignal: until, timeout: REQUEST_TIMEOUT_MS });
    if (answer.status === '200') return answer.body;
    throw refusalOf(Number(answer.status), answer.body, answer.headers, clock.now());
  }

  async function ask(kind: Kind, url: string): Promise<Answer> {
    // What fails for reasons of the login fails again: no need to ask twice.
    if (final !== undefined) return { trouble: final };
    const result = await retry(() => send(url), {
      policy: DEFAULT_RETRY,
      clock,
      random,
      deadline,
      signal: until,
      classify: adviseRetry,
      onWait: (_error, ms) => log.debug(`Azure: ${kind} of ${place} again in ${String(ms)} ms`),
    });
    if (result.ok) return { body: result.value };
    const trouble = classify(result.error, KINDS[kind].permission, place, until.aborted);
    if (trouble.isFinal) final = trouble;
    return { trouble };
  }

  return {
    count: () => requests,
    list: async <K extends Kind>({ kind, path, query }: Question<K>, take: (item: Answers[K]) => void) => {
      let url: string | undefined = urlOf(endpoint, path, { 'api-version': KINDS[kind].version, ...query });
      while (url !== undefined) {
        const answer = await ask(kind, url);
        if ('trouble' in answer) return answer.trouble;
        const { value, nextLink } = fieldsOf(answer.body);
        const next: string | undefined = atEndpoint(endpoint, nextLink);
        if (!Array.isArray(value) || next === url) {
          const what = Array.isArray(value) ? 'it gave the same page twice' : 'the answer holds no list';
          return classify(new ArmError(200, '', what), KINDS[kind].permission, place, false);
        }
        for (const item of value as Answers[K][]) take(item);
        url = next;
      }
      return undefined;
    },
    get: async <K extends Kind>({ kind, path, query }: Question<K>, take: (item: Answers[K]) => void) => {
      const answer = await ask(kind, urlOf(endpoint, path, { 'api-version': KINDS[kind].version, ...query }));
      if ('trouble' in answer) return answer.trouble;
      take(answer.body as Answers[K]);
      return undefined;
    },
  };
}

export function urlOf(endpoint: string, path: string, query: Readonly<Record<string, string>>): string {
  const parts = Object.entries(query);
  const text = parts.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  const segments = path.split('/').map((segment) => encodeURIComponent(segment));
  return `${endpoint}${segments.join('/')}?${text}`;
}

/** What a link names, at the endpoint that is used: it may name another front door, and the token is not for that. */
export function atEndpoint(endpoint: string, link: unknown): string | undefined {
  if (typeof link !== 'string' || link === '') return undefined;
  const { pathname, search } = new URL(link, endpoint);
  return `${new URL(endpoint).origin}${pathname}${search}`;
}

export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

/** The network provider says in the details what its message leaves out. */
export function refusalOf(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string | undefined>>,
  now: number,
): ArmError {
  const error = fieldsOf(fieldsOf(body)['error']);
  const [code, message, details] = [error['code'], error['message'], error['details']];
  const more = fieldsOf(Array.isArray(details) ? details[0] : undefined)['message'];
  const waitMs = parseRetryAfter(headers['retry-after'], now);
  const said = [message, more].filter((one) => typeof one === 'string').join(' ');
  const text = said === '' ? `HTTP ${String(status)}` : said;
  return new ArmError(status, typeof code === 'string' ? code : '', text, waitMs);
}

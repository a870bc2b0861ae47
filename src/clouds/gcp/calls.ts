/** The calls to Compute Engine: all pages, fields cut to what is needed, trouble returned instead of thrown. */
import type { google } from '@google-cloud/compute/build/protos/protos.js';
import type { Clients } from './connect.ts';
import type { Operation, Trouble } from './errors.ts';
import { classify } from './errors.ts';
import { FIELDS_HEADER, PARTIAL_HEADER } from './transport.ts';
import { tailOf } from './url.ts';

type V1 = typeof google.cloud.compute.v1;
type IInstance = google.cloud.compute.v1.IInstance;
type IInstanceAggregatedList = google.cloud.compute.v1.IInstanceAggregatedList;
type ISubnetwork = google.cloud.compute.v1.ISubnetwork;
type ISubnetworkAggregatedList = google.cloud.compute.v1.ISubnetworkAggregatedList;
type IRoute = google.cloud.compute.v1.IRoute;
type IFirewall = google.cloud.compute.v1.IFirewall;
export type IPolicy =
  google.cloud.compute.v1.IRegionNetworkFirewallPoliciesGetEffectiveFirewallsResponseEffectiveFirewallPolicy;
type IWarning = google.cloud.compute.v1.IWarning;

/** The largest page of every list. */
const PAGE = 500;

/**
 * Of an instance of 6 KB, some 400 bytes are needed. Aggregated lists take masks in the form `items/*` and a path below
 * it. Of metadata only the keys: the values hold whole start-up scripts.
 */
const NIC =
  'name,network,subnetwork,networkIP,ipv6Address,internalIpv6PrefixLength,ipv6AccessConfigs(externalIpv6,externalIpv6PrefixLength),aliasIpRanges/ipCidrRange,aliasIpv6Ranges/ipCidrRange';
const REST = 'items/*/warning(code,message),nextPageToken,unreachables,warning(code,message)';
const FIELDS = {
  instances: `items/*/instances(name,zone,status,canIpForward,tags/items,metadata/items/key,serviceAccounts/email,networkInterfaces(${NIC})),${REST}`,
  subnetworks: `items/*/subnetworks(name,region,network,ipCidrRange,secondaryIpRanges/ipCidrRange,ipv6CidrRange,internalIpv6Prefix,externalIpv6Prefix),${REST}`,
  routes:
    'items(name,description,network,destRange,priority,tags,nextHopInstance,nextHopIp,nextHopIlb,nextHopVpnTunnel,nextHopPeering,nextHopInterconnectAttachment,nextHopHub,nextHopGateway,nextHopNetwork,routeType,routeStatus,warnings/code),nextPageToken,warning(code,message)',
  firewalls:
    'items(name,network,direction,priority,disabled,sourceRanges,destinationRanges,sourceTags,sourceServiceAccounts,targetTags,targetServiceAccounts,allowed,denied),nextPageToken,warning(code,message)',
  policies:
    'firewallPolicys(type,name,displayName,rules(priority,direction,action,disabled,match,targetType,targetResources,targetForwardingRules))',
  metadata: 'metadata/items',
  template: 'name,properties/canIpForward',
} as const;

/** Undefined: everything was read. */
export type Ending = Promise<Trouble | undefined>;

/** A zone or region that did not answer. */
export interface Unreachable {
  readonly place: string;
  readonly why: string;
}

export interface Calls {
  instances(
    project: string,
    take: (instance: IInstance, scope: string) => void,
    miss: (what: Unreachable) => void,
  ): Ending;
  subnetworks(
    project: string,
    take: (subnetwork: ISubnetwork, scope: string) => void,
    miss: (what: Unreachable) => void,
  ): Ending;
  routes(project: string, take: (route: IRoute) => void): Ending;
  firewalls(project: string, take: (firewall: IFirewall) => void): Ending;
  /**
   * The firewall policies that bear upon a network in one region: of the organization and its folders, of the network,
   * of the network in that region. The same question without a region leaves out the last kind.
   */
  policies(project: string, network: string, region: string, take: (policy: IPolicy) => void): Ending;
  /** Undefined: not to be had. */
  metadata(project: string, zone: string, instance: string): Promise<ReadonlyMap<string, string> | undefined>;
  /** `canIpForward` of an instance template; undefined: not to be had. */
  template(project: string, name: string): Promise<boolean | undefined>;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null | undefined;
}

interface Scoped<T> {
  readonly item: T;
  readonly scope: string;
}

export function openCalls(clients: Clients, timeoutMs: number): Calls {
  const final = new Map<string, Trouble>();

  /** `timeout` and retries are the transport's business: gax would end a call before its last attempt, or repeat it. */
  function optionsOf(fields: string, isPartial = false): object {
    const headers = { [FIELDS_HEADER]: fields, ...(isPartial ? { [PARTIAL_HEADER]: 'true' } : {}) };
    return { autoPaginate: false, retry: null, timeout: timeoutMs, otherArgs: { headers } };
  }

  async function readPages<T>(
    operation: Operation,
    project: string,
    send: (token: string) => Promise<Page<T>>,
    take: (item: T) => void,
  ): Ending {
    let token = '';
    do {
      // What fails for reasons of the credentials or the project fails again: no need to ask twice.
      const hopeless = final.get('') ?? final.get(project);
      if (hopeless !== undefined) return hopeless;
      try {
        const page = await send(token);
        for (const item of page.items) take(item);
        if (page.next && page.next === token) throw new Error('it gave the same page twice');
        token = page.next ?? '';
      } catch (error) {
        const trouble = classify(error, operation, project);
        if (trouble.isFinal) final.set(isAboutProject(trouble) ? project : '', trouble);
        return trouble;
      }
    } while (token !== '');
    return undefined;
  }

  /** The typed method yields scopes one by one and keeps `unreachables` to itself, so the call below it is used. */
  async function readScopes<L extends IInstanceAggregatedList | ISubnetworkAggregatedList>(
    client: Clients['instances'] | Clients['subnetworks'],
    project: string,
    token: string,
    options: object,
  ): Promise<L> {
    await client.initialize();
    const send = client.innerApiCalls['aggregatedList'] as (
      request: ConstructorParameters<V1['AggregatedListInstancesRequest']>[0],
      options: object,
    ) => Promise<readonly [unknown, unknown, L]>;
    const [, , answer] = await send(
      { project, maxResults: PAGE, ...(token === '' ? {} : { pageToken: token }) },
      options,
    );
    return answer;
  }

  return {
    instances: (project, take, miss) =>
      readPages<Scoped<IInstance>>(
        'instances.list',
        project,
        async (token) => {
          const options = optionsOf(FIELDS.instances, true);
          const answer = await readScopes<IInstanceAggregatedList>(clients.instances, project, token, options);
          reportUnreachable(answer, miss);
          const items = Object.entries(answer.items ?? {}).flatMap(([scope, { instances }]) =>
            (instances ?? []).map((item) => ({ item, scope })),
          );
          return { items, next: answer.nextPageToken };
        },
        ({ item, scope }) => take(item, scope),
      ),
    subnetworks: (project, take, miss) =>
      readPages<Scoped<ISubnetwork>>(
        'subnetworks.list',
        project,
        async (token) => {
          const options = optionsOf(FIELDS.subnetworks, true);
          const answer = await readScopes<ISubnetworkAggregatedList>(clients.subnetworks, project, token, options);
          reportUnreachable(answer, miss);
          const items = Object.entries(answer.items ?? {}).flatMap(([scope, { subnetworks }]) =>
            (subnetworks ?? []).map((item) => ({ item, scope })),
          );
          return { items, next: answer.nextPageToken };
        },
        ({ item, scope }) => take(item, scope),
      ),
    routes: (project, take) =>
      readPages<IRoute>(
        'routes.list',
        project,
        async (token) => {
          const request = { project, maxResults: PAGE, ...(token === '' ? {} : { pageToken: token }) };
          const [, , answer] = await clients.routes.list(request, optionsOf(FIELDS.routes));
          return { items: answer.items ?? [], next: answer.nextPageToken };
        },
        take,
      ),
    firewalls: (project, take) =>
      readPages<IFirewall>(
        'firewalls.list',
        project,
        async (token) => {
          const request = { project, maxResults: PAGE, ...(token === '' ? {} : { pageToken: token }) };
          const [, , answer] = await clients.firewalls().list(request, optionsOf(FIELDS.firewalls));
          return { items: answer.items ?? [], next: answer.nextPageToken };
        },
        take,
      ),
    policies: (project, network, region, take) =>
      readPages<IPolicy>(
        'networks.getRegionEffectiveFirewalls',
        project,
        async () => {
          const request = { project, region, network: clients.networkUrl(project, network) };
          const [answer] = await clients.policies().getEffectiveFirewalls(request, optionsOf(FIELDS.policies));
          return { items: answer.firewallPolicys ?? [], next: undefined };
        },
        take,
      ),
    metadata: async (project, zone, instance) => {
      try {
        const [answer] = await clients.instances.get({ project, zone, instance }, optionsOf(FIELDS.metadata));
        return new Map((answer.metadata?.items ?? []).map(({ key, value }) => [key ?? '', value ?? '']));
      } catch {
        return undefined;
      }
    },
    template: async (project, name) => {
      try {
        const request = { project, instanceTemplate: name };
        const [answer] = await clients.templates().get(request, optionsOf(FIELDS.template));
        return answer.properties?.canIpForward === true;
      } catch {
        return undefined;
      }
    },
  };
}

function isAboutProject({ kind }: Trouble): boolean {
  return kind === 'project' || kind === 'api-disabled';
}

/** Said in a warning of the scope, in `unreachables`, or both; `NO_RESULTS_ON_PAGE` is what empty scopes say. */
function reportUnreachable(
  answer: IInstanceAggregatedList | ISubnetworkAggregatedList,
  miss: (what: Unreachable) => void,
): void {
  const report = (scope: string, warning: IWarning | null | undefined): void => {
    if (warning?.code === 'UNREACHABLE') miss({ place: tailOf(scope), why: warning.message ?? 'UNREACHABLE' });
  };
  const scopes: Readonly<Record<string, { readonly warning?: IWarning | null }>> = answer.items ?? {};
  for (const [scope, { warning }] of Object.entries(scopes)) report(scope, warning);
  for (const scope of answer.unreachables ?? []) miss({ place: tailOf(scope), why: 'UNREACHABLE' });
}

/** The calls to EC2 of one region: by filter, all pages, trouble returned instead of thrown. */
import type {
  EC2Client,
  Filter,
  Instance,
  NetworkAcl,
  NetworkInterface,
  PrefixListEntry,
  RouteTable,
  SecurityGroup,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2';
import {
  DescribeInstancesCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
} from '@aws-sdk/client-ec2';
import { mapLimited } from '../../net/limit.ts';
import type { Operation, Trouble } from './errors.ts';
import { classify } from './errors.ts';

/** Values of all filters of one request together (EC2 error codes, FilterLimitExceeded). */
const MAX_FILTER_VALUES = 200;
/** Largest pages that EC2 takes (service model 2016-11-15; for DescribeInstances the documentation). */
const PAGE = {
  instances: 1000,
  interfaces: 1000,
  subnets: 1000,
  vpcs: 1000,
  tables: 100,
  groups: 1000,
  acls: 1000,
  entries: 100,
} as const;
/** Batches under way at a time: well below a bucket of 100 requests that refills with 20 a second. */
const MAX_PARALLEL = 6;
const REFUSALS = new Set([
  'UnknownParameter',
  'InvalidParameterValue',
  'InvalidParameterCombination',
  'InvalidRequest',
]);

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** Undefined: everything was read. */
export type Ending = Promise<Trouble | undefined>;

export interface Calls {
  readonly region: string;
  instances(filter: string, values: readonly string[], take: (instance: Instance, account: string) => void): Ending;
  interfaces(filter: string, values: readonly string[], take: (face: NetworkInterface) => void): Ending;
  subnets(filter: string, values: readonly string[], take: (subnet: Subnet) => void): Ending;
  vpcs(filter: string | undefined, values: readonly string[], take: (vpc: Vpc) => void): Ending;
  tables(filter: string, values: readonly string[], take: (table: RouteTable) => void): Ending;
  groups(filter: string, values: readonly string[], take: (group: SecurityGroup) => void): Ending;
  acls(filter: string, values: readonly string[], take: (acl: NetworkAcl) => void): Ending;
  entries(list: string, take: (entry: PrefixListEntry) => void): Ending;
  /** How many requests were made, for the debug log (retries not counted). */
  count(): number;
}

/**
 * Filters instead of lists of ids: an id that has gone then is a missing row, not a failed call, and pages are allowed.
 * `signal` ends calls under way when the run's time is over.
 */
export function openCalls(client: EC2Client, region: string, signal: AbortSignal): Calls {
  let final: Trouble | undefined;
  const denied = new Map<Operation, Trouble>();
  let asksForManaged = true;
  let requests = 0;
  const options = { abortSignal: signal };

  async function readPages<T>(
    operation: Operation,
    send: (token: string | undefined) => Promise<Page<T>>,
    take: (item: T) => void,
  ): Ending {
    let token: string | undefined;
    do {
      // What fails for reasons of the credentials or of rights fails again: no need to ask twice.
      const hopeless = final ?? denied.get(operation);
      if (hopeless !== undefined) return hopeless;
      try {
        requests += 1;
        const page = await send(token);
        for (const item of page.items) take(item);
        if (page.next !== undefined && page.next === token) throw new Error('it gave the same page twice');
        token = page.next === '' ? undefined : page.next;
      } catch (error) {
        const trouble = classify(error, operation, region);
        if (trouble.isFinal) final = trouble;
        if (trouble.kind === 'denied') denied.set(operation, trouble);
        return trouble;
      }
    } while (token !== undefined);
    return undefined;
  }

  /** One request per 200 values, some at a time; the first trouble speaks for all. */
  async function readBatches<T>(
    operation: Operation,
    filter: { readonly name: string | undefined; readonly values: readonly string[] },
    send: (filters: Filter[] | undefined, token: string | undefined) => Promise<Page<T>>,
    take: (item: T) => void,
  ): Ending {
    const { name, values } = filter;
    if (name === undefined) return readPages(operation, (token) => send(undefined, token), take);
    const batches: string[][] = [];
    for (let at = 0; at < values.length; at += MAX_FILTER_VALUES)
      batches.push(values.slice(at, at + MAX_FILTER_VALUES));
    const endings = await mapLimited(batches, MAX_PARALLEL, (batch) =>
      readPages(operation, (token) => send([{ Name: name, Values: batch }], token), take),
    );
    return endings.find((trouble) => trouble !== undefined);
  }

  /**
   * An account may hide what services manage for it (EKS Auto Mode nodes) unless a call asks for that too. A server
   * that does not know the parameter is asked again without it.
   */
  async function askForManaged<T>(send: (managed: { IncludeManagedResources?: boolean }) => Promise<T>): Promise<T> {
    if (!asksForManaged) return send({});
    try {
      return await send({ IncludeManagedResources: true });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: '', message: '' };
      if (!REFUSALS.has(name) || !/IncludeManagedResources/i.test(message)) throw error;
      asksForManaged = false;
      return send({});
    }
  }

  return {
    region,
    count: () => requests,
    instances: (name, values, take) =>
      readBatches(
        'DescribeInstances',
        { name, values },
        async (Filters, NextToken) => {
          const answer = await askForManaged((managed) =>
            client.send(
              new DescribeInstancesCommand({ Filters, MaxResults: PAGE.instances, NextToken, ...managed }),
              options,
            ),
          );
          const reservations = answer.Reservations ?? [];
          const items = reservations.flatMap((one) =>
            (one.Instances ?? []).map((instance) => ({ instance, account: one.OwnerId ?? '' })),
          );
          return { items, next: answer.NextToken };
        },
        ({ instance, account }) => take(instance, account),
      ),
    interfaces: (name, values, take) =>
      readBatches(
        'DescribeNetworkInterfaces',
        { name, values },
        async (Filters, NextToken) => {
          const answer = await askForManaged((managed) =>
            client.send(
              new DescribeNetworkInterfacesCommand({ Filters, MaxResults: PAGE.interfaces, NextToken, ...managed }),
              options,
            ),
          );
          return { items: answer.NetworkInterfaces ?? [], next: answer.NextToken };
        },
        take,
      ),
    subnets: (name, values, take) =>
      readBatches(
        'DescribeSubnets',
        { name, values },
        async (Filters, NextToken) => {
          const command = new DescribeSubnetsCommand({ Filters, MaxResults: PAGE.subnets, NextToken });
          const answer = await client.send(command, options);
          return { items: answer.Subnets ?? [], next: answer.NextToken };
        },
        take,
      ),
    vpcs: (name, values, take) =>
      readBatches(
        'DescribeVpcs',
        { name, values },
        async (Filters, NextToken) => {
          const command = new DescribeVpcsCommand({ Filters, MaxResults: PAGE.vpcs, NextToken });
          const answer = await client.send(command, options);
          return { items: answer.Vpcs ?? [], next: answer.NextToken };
        },
        take,
      ),
    tables: (name, values, take) =>
      readBatches(
        'DescribeRouteTables',
        { name, values },
        async (Filters, NextToken) => {
          const command = new DescribeRouteTablesCommand({ Filters, MaxResults: PAGE.tables, NextToken });
          const answer = await client.send(command, options);
          return { items: answer.RouteTables ?? [], next: answer.NextToken };
        },
        take,
      ),
    groups: (name, values, take) =>
      readBatches(
        'DescribeSecurityGroups',
        { name, values },
        async (Filters, NextToken) => {
          const command = new DescribeSecurityGroupsCommand({ Filters, MaxResults: PAGE.groups, NextToken });
          const answer = await client.send(command, options);
          return { items: answer.SecurityGroups ?? [], next: answer.NextToken };
        },
        take,
      ),
    acls: (name, values, take) =>
      readBatches(
        'DescribeNetworkAcls',
        { name, values },
        async (Filters, NextToken) => {
          const command = new DescribeNetworkAclsCommand({ Filters, MaxResults: PAGE.acls, NextToken });
          const answer = await client.send(command, options);
          return { items: answer.NetworkAcls ?? [], next: answer.NextToken };
        },
        take,
      ),
    entries: (PrefixListId, take) =>
      readPages(
        'GetManagedPrefixListEntries',
        async (NextToken) => {
          const command = new GetManagedPrefixListEntriesCommand({ PrefixListId, MaxResults: PAGE.entries, NextToken });
          const answer = await client.send(command, options);
          return { items: answer.Entries ?? [], next: answer.NextToken };
        },
        take,
      ),
  };
}

/** The explicit list of clouds, and which of them a cluster needs. Loads none of them. */
import type { CloudId, Config } from '../model/config.ts';
import type { ProviderCloud } from '../model/provider-id.ts';
import { parseProviderId } from '../model/provider-id.ts';
import type { Gap, NodeFacts } from '../model/snapshot.ts';
import type { CloudChoice } from '../ports.ts';

export interface CloudEntry {
  readonly id: CloudId;
  readonly title: string;
  /** Environment variables that credentials leave behind: any of these groups, when whole, is a hint. */
  readonly hints: readonly (readonly string[])[];
}

/** A cloud that can be read has a row here and a folder of its own beside this file. */
export const CLOUDS: readonly CloudEntry[] = [
  {
    id: 'aws',
    title: 'AWS',
    hints: [
      ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
      ['AWS_PROFILE'],
      ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
      ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
      ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],
    ],
  },
  { id: 'azure', title: 'Azure', hints: [['AZURE_CLIENT_ID', 'AZURE_TENANT_ID']] },
  { id: 'gcp', title: 'Google Cloud', hints: [['GOOGLE_APPLICATION_CREDENTIALS'], ['GOOGLE_GHA_CREDS_PATH']] },
];

const TITLES: Readonly<Record<ProviderCloud, string>> = { aws: 'AWS', gcp: 'Google Cloud', azure: 'Azure' };

/** The environment, as far as it hints at credentials; an empty value counts as unset. */
export type EnvHints = Readonly<Record<string, string | undefined>>;

/**
 * The clouds to read, and gaps for nodes that run where nothing will be read. With `auto` the provider ids decide;
 * where no node names a cloud, the credentials that are present do.
 */
export function chooseClouds(wanted: Config['clouds'], nodes: readonly NodeFacts[], env: EnvHints): CloudChoice {
  const byCloud = groupByCloud(nodes);
  const clouds = wanted === 'auto' ? chooseByEvidence(byCloud, env) : sortedUnique(wanted);
  const gaps: Gap[] = [];
  if (nodes.length === 0) return { clouds, gaps };
  if (clouds.length === 0 && wanted !== 'auto') {
    const reason = 'the input cloud is none, so no machine, interface or route table was read';
    return { clouds, gaps: [{ facet: 'machines', subject: 'machines of all nodes', reason }] };
  }
  for (const [cloud, names] of byCloud) {
    if (cloud === undefined || clouds.some((id) => id === cloud)) continue;
    gaps.push(unreadCloudGap(cloud, names));
  }
  const homeless = byCloud.get(undefined) ?? [];
  if (clouds.length === 0 && homeless.length > 0) {
    const reason = `${describeNodes(homeless)} have no provider id that names a cloud, and no credentials of a cloud are in the environment. Log in to the cloud in an earlier step, or set the input cloud`;
    gaps.push({ facet: 'machines', subject: 'machines of nodes without a cloud', reason });
  }
  return { clouds, gaps };
}

function chooseByEvidence(
  byCloud: ReadonlyMap<ProviderCloud | undefined, readonly string[]>,
  env: EnvHints,
): CloudId[] {
  const named = CLOUDS.filter(({ id }) => byCloud.has(id)).map(({ id }) => id);
  const someNodeNamesACloud = [...byCloud.keys()].some((cloud) => cloud !== undefined);
  if (someNodeNamesACloud) return named;
  return CLOUDS.filter((cloud) => isHinted(cloud, env)).map(({ id }) => id);
}

function isHinted(cloud: CloudEntry, env: EnvHints): boolean {
  return cloud.hints.some((group) => group.every((name) => (env[name] ?? '') !== ''));
}

/** Names by cloud, in a fixed order; undefined: no provider id, or one that names none of these clouds. */
function groupByCloud(nodes: readonly NodeFacts[]): ReadonlyMap<ProviderCloud | undefined, readonly string[]> {
  const groups = new Map<ProviderCloud | undefined, string[]>();
  const order = (['aws', 'azure', 'gcp', undefined] as const).map((cloud) => [cloud, [] as string[]] as const);
  for (const [cloud, names] of order) groups.set(cloud, names);
  for (const node of nodes) {
    // Fargate and hybrid nodes have no machine to look for, so they call for no cloud.
    const id = node.providerID === undefined ? {} : parseProviderId(node.providerID);
    if (node.virtual === undefined && id.virtual === undefined) groups.get(id.cloud)?.push(node.name);
  }
  return new Map([...groups].filter(([, names]) => names.length > 0));
}

function unreadCloudGap(cloud: ProviderCloud, names: readonly string[]): Gap {
  const reason = `${describeNodes(names)} run on ${TITLES[cloud]}, which the input cloud does not list`;
  return { facet: 'machines', subject: `machines on ${TITLES[cloud]}`, scope: cloud, reason };
}

function describeNodes(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, 3).join(', ');
  return `${String(names.length)} ${names.length === 1 ? 'node' : 'nodes'} (${shown}${names.length > 3 ? ', ...' : ''})`;
}

function sortedUnique<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort();
}

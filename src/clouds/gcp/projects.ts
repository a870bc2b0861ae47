/** Which projects to read, and which nodes to look for in them. Pure. */
import { parseAddress } from '../../model/prefix.ts';
import { parseProviderId } from '../../model/provider-id.ts';
import type { Gap, NodeFacts } from '../../model/snapshot.ts';

/** Sorted. */
export interface Plan {
  readonly projects: readonly string[];
  /** `project/zone/name` from the nodes' provider ids. */
  readonly machines: readonly string[];
  /** InternalIPs of nodes without a provider id that names a cloud. */
  readonly addresses: readonly string[];
}

/** Left by google-github-actions/auth and setup-gcloud; the first that is set counts. */
const PROJECT_VARIABLES = [
  'GOOGLE_CLOUD_PROJECT',
  'CLOUDSDK_CORE_PROJECT',
  'CLOUDSDK_PROJECT',
  'GCLOUD_PROJECT',
  'GCP_PROJECT',
] as const;

export type Env = Readonly<Record<string, string | undefined>>;

/** The project of the environment; an empty value counts as unset. */
export function projectFromEnv(env: Env): string | undefined {
  return PROJECT_VARIABLES.map((name) => env[name]).find((value) => value !== undefined && value !== '');
}

/** Configured projects win; else those that the nodes name, else the environment's. */
export function planProjects(configured: readonly string[], nodes: readonly NodeFacts[], env: Env): Plan {
  const machines = new Set<string>();
  const addresses = new Set<string>();
  for (const node of nodes) {
    const provider = parseProviderId(node.providerID ?? '');
    if (node.virtual !== undefined || provider.virtual !== undefined) continue;
    const id = /^gcp:(.+)$/.exec(provider.key ?? '')?.[1];
    if (provider.cloud === 'gcp' && id !== undefined) machines.add(id);
    if (provider.cloud === undefined) {
      for (const ip of node.internalIPs) addresses.add(parseAddress(ip)?.text ?? '');
    }
  }
  addresses.delete('');
  const named = [...machines].flatMap((id) => id.split('/')[0] ?? []);
  const fallback = projectFromEnv(env);
  const own = named.length > 0 || fallback === undefined ? named : [fallback];
  const isWanted = machines.size + addresses.size > 0;
  const projects = configured.length > 0 ? configured : own;
  return {
    projects: isWanted ? [...new Set(projects)].sort() : [],
    machines: [...machines].sort(),
    addresses: [...addresses].sort(),
  };
}

/** Nodes are to be found, and nothing names a project. */
export function noProjectGap(): Gap {
  const reason = `no project is known: no node has a provider id of the form gce://project/zone/name, and neither the input gcp-projects nor ${PROJECT_VARIABLES.slice(0, 2).join(' or ')} names one. Set gcp-projects`;
  return { facet: 'machines', subject: 'instances in Google Cloud', scope: 'gcp', reason };
}

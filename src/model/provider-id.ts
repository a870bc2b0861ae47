/** What a node's `spec.providerID` says: which cloud, and the key that the cloud's adapter gives the same machine. */

export type ProviderCloud = 'aws' | 'gcp' | 'azure';

export interface ProviderId {
  /** Absent: a scheme that names no cloud that we know (k3s://, openstack://...). */
  readonly cloud?: ProviderCloud;
  /** Equal to one of MachineFacts.keys of the same machine. Absent where no machine of its own exists. */
  readonly key?: string;
  /** The zone, where the form carries one. */
  readonly zone?: string;
  readonly virtual?: 'fargate' | 'hybrid';
}

/**
 * Forms, from the vendors' cloud controllers: `aws:///zone/i-...`, `aws:////i-...`, bare `i-...`,
 * `aws:///zone/fargate-...`, `eks-hybrid:///region/cluster/node`, `gce://project/zone/name`,
 * `azure:///subscriptions/...` (compared without case, because the controller folds only the resource group).
 */
export function parseProviderId(text: string): ProviderId {
  if (/^i-[0-9a-f]+$/.test(text)) return { cloud: 'aws', key: awsKey(text) };
  const mark = text.indexOf('://');
  if (mark < 0) return {};
  const scheme = text.slice(0, mark).toLowerCase();
  const rest = text.slice(mark + 3);
  if (scheme === 'aws') return parseAws(rest);
  if (scheme === 'eks-hybrid') return { cloud: 'aws', virtual: 'hybrid' };
  if (scheme === 'gce') {
    const parts = rest.split('/');
    const [project, zone, name] = parts;
    const isWhole = parts.length === 3 && Boolean(project) && Boolean(zone) && Boolean(name);
    return isWhole && zone !== undefined ? { cloud: 'gcp', key: `gcp:${rest}`, zone } : { cloud: 'gcp' };
  }
  if (scheme === 'azure') return { cloud: 'azure', key: `azure:${rest.toLowerCase()}` };
  return {};
}

export function awsKey(instanceId: string): string {
  return `aws:${instanceId}`;
}

function parseAws(rest: string): ProviderId {
  const parts = rest.split('/');
  let zone: string | undefined;
  let last = '';
  for (const part of parts) {
    if (part === '') continue;
    if (last !== '') zone ??= last;
    last = part;
  }
  if (last.startsWith('fargate-')) return { cloud: 'aws', virtual: 'fargate' };
  const id = { cloud: 'aws' as const, ...(zone === undefined ? {} : { zone }) };
  return last.startsWith('i-') ? { ...id, key: awsKey(last) } : id;
}

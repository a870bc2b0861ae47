/** What kubectl asks before anything else: which groups, versions and resources there are. */

import type { V1APIGroup, V1APIGroupList, V1APIResourceList, V1APIVersions } from '@kubernetes/client-node';

import type { World } from '../../world/world.ts';
import { RESOURCES, type Resource } from './resources.ts';

/** The document at a discovery path; undefined where there is none. Only what the lab serves is in it. */
export function discover(path: string, world: World): object | undefined {
  const served = RESOURCES.filter((one) => one.installed?.(world) !== false);
  if (path === '/api') {
    const versions: V1APIVersions = { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    return versions;
  }
  if (path === '/apis') {
    const groups = [...new Set(served.map(({ group }) => group))].filter((group) => group !== '');
    const list: V1APIGroupList = {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groups.map((one) => group(one, served)),
    };
    return list;
  }
  const [, root, ...rest] = path.split('/');
  const [name, version] = root === 'api' ? ['', rest.join('/')] : [rest[0], rest.slice(1).join('/')];
  const own = served.filter((one) => one.group === name && one.version === version);
  return own.length === 0 ? undefined : resources(own);
}

function group(name: string, served: readonly Resource[]): V1APIGroup {
  const versions = served.filter((one) => one.group === name).map(({ version }) => version);
  const all = [...new Set(versions)].map((version) => ({ groupVersion: `${name}/${version}`, version }));
  const [first] = all;
  return { name, versions: all, ...(first !== undefined && { preferredVersion: first }) };
}

function resources(own: readonly Resource[]): V1APIResourceList {
  const [{ group: name, version } = { group: '', version: 'v1' }] = own;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: name === '' ? version : `${name}/${version}`,
    resources: own.map(({ resource, kind, namespaced }) => ({
      name: resource,
      singularName: kind.toLowerCase(),
      namespaced,
      kind,
      verbs: ['get', 'list'],
    })),
  };
}

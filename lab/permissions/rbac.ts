import type { V1PolicyRule } from '@kubernetes/client-node';

/** What an API server's authorizer is asked. */
export interface KubeAttributes {
  verb: string;
  group: string;
  /** `pods` or with a subresource `pods/exec`; for other paths the path itself, as in `/version`. */
  resource: string;
  namespace?: string;
  name?: string;
}

export type KubeAuthorizer = (attributes: KubeAttributes) => boolean;

interface Grant {
  /** Where the rules hold; undefined: in the whole cluster. */
  namespace?: string;
  rules: V1PolicyRule[];
}

/** What every authenticated user has through system:basic-user, system:discovery and system:public-info-viewer. */
const EVERYBODY: V1PolicyRule[] = [
  { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'], verbs: ['create'] },
  { nonResourceURLs: ['/version', '/version/', '/healthz', '/livez', '/readyz'], verbs: ['get'] },
  { nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*'], verbs: ['get'] },
];

function parseGrants(role: object): Grant[] {
  if (Array.isArray(role)) return role.flatMap((one: object) => parseGrants(one));
  const { kind, metadata, rules } = role as {
    kind?: string;
    metadata?: { namespace?: string };
    rules?: V1PolicyRule[];
  };
  if (!Array.isArray(rules)) throw new Error('lab: a role needs rules');
  if (kind !== 'Role') return [{ rules }];
  if (metadata?.namespace === undefined) throw new Error('lab: a Role needs a namespace');
  return [{ namespace: metadata.namespace, rules }];
}

function covers(list: string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(value));
}

function allows(rule: V1PolicyRule, ask: KubeAttributes): boolean {
  if (!covers(rule.verbs, ask.verb)) return false;
  if (ask.resource.startsWith('/')) {
    const matches = (url: string): boolean =>
      url === ask.resource || (url.endsWith('*') && ask.resource.startsWith(url.slice(0, -1)));
    return rule.nonResourceURLs?.some(matches) === true;
  }
  if (!covers(rule.apiGroups, ask.group) || !covers(rule.resources, ask.resource)) return false;
  // A list carries no name, so a rule that names its resources never grants one (Kubernetes, RBAC).
  const names = rule.resourceNames ?? [];
  return names.length === 0 || (ask.name !== undefined && names.includes(ask.name));
}

function denied(entry: string, ask: KubeAttributes): boolean {
  const [verb, resource, namespace] = entry.split(/\s+/);
  const names = [ask.resource, `${ask.resource}.${ask.group}`];
  if (verb !== '*' && verb !== ask.verb) return false;
  return names.includes(resource ?? '') && (namespace === undefined || namespace === ask.namespace);
}

/** Rules from roles (undefined: everything is allowed) and a list denied on top: `verb resource [namespace]`. */
export function kubeAuthorizer(role: object | undefined, deny: readonly string[]): KubeAuthorizer {
  const grants = role === undefined ? undefined : [{ rules: EVERYBODY }, ...parseGrants(role)];
  return (ask) => {
    if (deny.some((entry) => denied(entry, ask))) return false;
    if (grants === undefined) return true;
    return grants.some(
      (grant: Grant) =>
        (grant.namespace === undefined || grant.namespace === ask.namespace) &&
        grant.rules.some((rule) => allows(rule, ask)),
    );
  };
}

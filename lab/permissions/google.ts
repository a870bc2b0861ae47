/** Whether the caller may use a permission in a project. */
export type GoogleRole = (permission: string, project: string) => boolean;

const KNOWN = new Set(['title', 'description', 'stage', 'includedPermissions', 'name', 'etag', 'deleted']);
const PERMISSION = /^[a-z][a-z0-9]*\.[a-zA-Z][a-zA-Z0-9]*\.[a-zA-Z]+$/;

function parseRole(role: object): ReadonlySet<string> {
  for (const name of Object.keys(role)) {
    if (!KNOWN.has(name)) throw new Error(`lab: a Google Cloud role has no property ${name}`);
  }
  const { includedPermissions } = role as { includedPermissions?: unknown };
  if (!Array.isArray(includedPermissions)) throw new Error('lab: a Google Cloud role needs includedPermissions');
  const permissions = includedPermissions as string[];
  // Custom roles take no wildcards (IAM, creating custom roles).
  for (const one of permissions) if (!PERMISSION.test(one)) throw new Error(`lab: ${one} is no permission`);
  return new Set(permissions);
}

function denies(entry: string, permission: string, project: string): boolean {
  const [pattern = '', where] = entry.split(/\s+/);
  const named = pattern.endsWith('*') ? permission.startsWith(pattern.slice(0, -1)) : pattern === permission;
  return named && (where === undefined || where === project);
}

/** What a custom role allows (undefined: everything), and a list denied on top: `permission [project]`. */
export function googleRole(role: object | undefined, deny: readonly string[]): GoogleRole {
  const granted = role === undefined ? undefined : parseRole(role);
  return (permission, project) =>
    !deny.some((entry) => denies(entry, permission, project)) && granted?.has(permission) !== false;
}

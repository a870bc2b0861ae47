/** Whether the caller may do an action; actions of one role assignment at the subscription's scope. */
export type AzureRole = (action: string) => boolean;

interface Permission {
  actions: string[];
  notActions: string[];
}

/** Azure role definitions: `*` stands for any characters, slashes included; case does not matter. */
function matches(pattern: string, action: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(action);
}

/** By lower-cased name: the command line's form starts names with capitals, Resource Manager's does not. */
function lowerCased(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value as unknown]));
}

function texts(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error('lab: Actions and NotActions are lists');
  return value as string[];
}

const KNOWN = new Set([
  ...['id', 'name', 'type', 'rolename', 'roletype', 'iscustom', 'description', 'assignablescopes', 'permissions'],
  ...['actions', 'notactions', 'dataactions', 'notdataactions', 'properties'],
]);

function parseRole(role: object): Permission[] {
  const top = lowerCased(role);
  for (const name of Object.keys(top)) {
    if (!KNOWN.has(name)) throw new Error(`lab: an Azure role definition has no property ${name}`);
  }
  const inner = top['properties'] === undefined ? top : lowerCased(top['properties'] as object);
  const listed = inner['permissions'] === undefined ? [inner] : (inner['permissions'] as object[]).map(lowerCased);
  if (listed.every((one) => one['actions'] === undefined)) throw new Error('lab: an Azure role needs Actions');
  return listed.map((one) => ({ actions: texts(one['actions']), notActions: texts(one['notactions']) }));
}

/** What a role definition allows (undefined: everything), and a list of actions denied on top. */
export function azureRole(role: object | undefined, deny: readonly string[]): AzureRole {
  const permissions = role === undefined ? undefined : parseRole(role);
  return (action) => {
    if (deny.some((pattern) => matches(pattern, action))) return false;
    if (permissions === undefined) return true;
    return permissions.some(
      ({ actions, notActions }) =>
        actions.some((pattern) => matches(pattern, action)) && !notActions.some((pattern) => matches(pattern, action)),
    );
  };
}

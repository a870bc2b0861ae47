/**
 * Identity policies as IAM evaluates them: an explicit deny wins, then an allow, else no. Only what the product's
 * published policies use is understood; anything else is refused at start, so that no test passes by accident.
 */
interface Statement {
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
}

export type Decision = 'allowed' | 'explicit-deny' | 'implicit-deny';
/** `resource`: the ARN of what is changed; absent: the action knows no resource-level permissions. */
export type IamPolicy = (action: string, resource?: string) => Decision;

/** IAM: `*` any characters, `?` one; actions are compared without regard to case. */
export function iamMatches(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}

function list(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

const KNOWN = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource']);

function parseStatements(policy: object): Statement[] {
  const { Version, Statement } = policy as { Version?: unknown; Statement?: unknown };
  if (Version !== '2012-10-17') throw new Error('lab: an IAM policy needs "Version": "2012-10-17"');
  const statements = (Array.isArray(Statement) ? Statement : [Statement]) as Record<string, unknown>[];
  for (const statement of statements) {
    for (const name of Object.keys(statement)) {
      if (!KNOWN.has(name)) throw new Error(`lab: IAM policy element ${name} is not evaluated by the lab`);
    }
    if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny')
      throw new Error('lab: Effect is Allow or Deny');
    if (statement['Resource'] === undefined) throw new Error('lab: an identity policy statement needs a Resource');
  }
  return statements as unknown as Statement[];
}

/** As iamMatches, with regard to case: ARNs have one. */
function matchesArn(pattern: string, arn: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('\\?', '.'));
  return new RegExp(`^${parts.join('.*')}$`).test(arn);
}

function applies(statement: Statement, action: string, resource: string | undefined): boolean {
  const named =
    statement.NotAction !== undefined
      ? !list(statement.NotAction).some((pattern) => iamMatches(pattern, action))
      : list(statement.Action).some((pattern) => iamMatches(pattern, action));
  // EC2's Describe and most Get actions know no resource-level permissions: only "*" grants them
  // (Service Authorization Reference, Amazon EC2).
  const resources = list(statement.Resource);
  return (
    named && (resources.includes('*') || (resource !== undefined && resources.some((one) => matchesArn(one, resource))))
  );
}

/** A policy from a document (undefined: everything is allowed) and a list of actions denied on top. */
export function iamPolicy(document: object | undefined, deny: readonly string[]): IamPolicy {
  const statements = document === undefined ? undefined : parseStatements(document);
  return (action, resource) => {
    if (deny.some((pattern) => iamMatches(pattern, action))) return 'implicit-deny';
    if (statements === undefined) return 'allowed';
    const matching = statements.filter((statement) => applies(statement, action, resource));
    if (matching.some((statement) => statement.Effect === 'Deny')) return 'explicit-deny';
    return matching.length > 0 ? 'allowed' : 'implicit-deny';
  };
}

/** A plan as a file. What comes back from one is taken on trust in nothing but its digest. */
import { ConfigError } from '../model/errors.ts';
import type { Plan } from '../model/planned.ts';
import { PLAN_SCHEMA_VERSION } from '../model/planned.ts';
import { findProblems } from '../snapshot/check.ts';
import { digestOf } from './digest.ts';
import { PLAN } from './schema.ts';

const DOCS = 'plan-and-apply';
const SHOWN_PROBLEMS = 10;

/** Keys in the model's order, which is fixed: equal plans are equal files. */
export function encodePlan(plan: Plan): string {
  const { schemaVersion, purpose, cluster, basedOn, changes, withheld, digest } = plan;
  return `${JSON.stringify({ schemaVersion, purpose, cluster, basedOn, digest, changes, withheld }, undefined, 2)}\n`;
}

/**
 * Returns a ConfigError, naming the file, where the text is no plan, or not the one that was approved.
 * @param approved the digest that somebody has approved
 * @param path only for the message
 */
export function decodePlan(text: string, path: string, approved: string): Plan | ConfigError {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return refuse(`Plan ${path} is not JSON.`, 'Name the file that mode plan wrote, whole and unchanged.');
  }
  const version = typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : 0;
  if (version !== PLAN_SCHEMA_VERSION) {
    const known = String(PLAN_SCHEMA_VERSION);
    return refuse(
      `Plan ${path} is no plan of schemaVersion ${known}.`,
      'Plan and apply with the same version of the action.',
    );
  }
  const problems = findProblems(value, PLAN.schema, SHOWN_PROBLEMS);
  if (problems.length > 0) {
    const lines = problems.map((problem) => `  ${problem.path} ${problem.text}`);
    return refuse(`Plan ${path} does not have the structure of a plan:\n${lines.join('\n')}`, 'Make the plan again.');
  }
  const plan = value as Plan;
  const digest = digestOf(plan);
  // What the file says of itself would be changed together with the rest.
  if (digest !== approved.toLowerCase()) {
    return refuse(
      `Plan ${path} has the digest ${digest}, and plan-digest approves ${approved}.`,
      'Look at the plan again, and approve the digest that it has now.',
    );
  }
  return plan;
}

function refuse(message: string, hint: string): ConfigError {
  return new ConfigError(message, { hint, docs: DOCS });
}

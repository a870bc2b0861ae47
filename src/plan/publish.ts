/** docs/schema/plan-v1.schema.json: the very data that a plan file is checked with, as a JSON Schema for others. */
import { PLAN_SCHEMA_VERSION } from '../model/planned.ts';
import { PLAN } from './schema.ts';

export function renderPlanSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `plan-v${String(PLAN_SCHEMA_VERSION)}.schema.json`,
    title: 'Plan of Pod Route Check',
    description:
      'Changes that mode plan wrote and mode apply may make, and undo files, which are plans too. Format "prefix" is a ' +
      'network in canonical text; "x-unique" names the field by which the items of a list differ, "x-tag" the one that ' +
      'tells objects apart.',
    ...PLAN.schema,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** docs/schema/snapshot-v1.schema.json: the very data that decode checks with, as a JSON Schema for others. */
import { SNAPSHOT_SCHEMA_VERSION } from '../model/snapshot.ts';
import { SNAPSHOT } from './schema.ts';

export function renderSnapshotSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `snapshot-v${String(SNAPSHOT_SCHEMA_VERSION)}.schema.json`,
    title: 'Snapshot of Pod Route Check',
    description:
      'Everything that was read of a cluster and its cloud. Written by the input save-snapshot, judged again by the ' +
      'input snapshot. Format "prefix" is a network in canonical text; "x-unique" names the field by which the items of ' +
      'a list differ.',
    ...SNAPSHOT.schema,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

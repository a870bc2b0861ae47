/** docs/schema/fabric-routes.schema.json: the very data that an export in JSON is checked with, for others. */
import { ROUTER_EXPORT } from './export-json.ts';

export function renderRouterSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'fabric-routes.schema.json',
    title: 'Export of routers for Pod Route Check',
    description:
      'What routers outside of clouds do with packets: a file for the input fabric-routes. One router, or a list of them; ' +
      'each VRF is a router of its own. Format "prefix" is a network in canonical text; "x-unique" names the field by which ' +
      'the items of a list differ.',
    ...ROUTER_EXPORT.schema,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

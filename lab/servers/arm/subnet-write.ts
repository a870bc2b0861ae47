import { isDeepStrictEqual } from 'node:util';

import { azureSubnetId } from '../../world/azure-ids.ts';
import { anotherOperation } from './errors.ts';
import { vnetsOf } from './network.ts';
import { GROUP, inGroup, NETWORK, pick, type Call, type Operation, type Result } from './operation.ts';
import { fieldsOf, requireCondition } from './preconditions.ts';

function withoutTable(resource: object): object {
  const { etag: _, properties, ...rest } = resource as { etag?: string; properties: Record<string, unknown> };
  const { routeTable: __, provisioningState: ___, ...others } = properties;
  return { ...rest, properties: others };
}

/** Only its table is changed here; that nothing else would be is what the lab insists on. */
function putSubnet(call: Call): Result {
  const all = inGroup(call).flatMap((world) => world.vnets.map((vnet) => ({ name: vnet.name, world, vnet })));
  const { world, vnet } = pick(all, call.path['name'] ?? '', 'Microsoft.Network/virtualNetworks', call);
  const subnet = pick(vnet.subnets, call.path['child'] ?? '', 'Microsoft.Network/virtualNetworks/subnets', call);
  const id = azureSubnetId(world, vnet.name, subnet.name);
  const shown = () =>
    vnetsOf(world)
      .find(({ name }) => name === vnet.name)
      ?.properties.subnets.find(({ name }) => name === subnet.name) ?? {};
  const now: { etag?: string } = shown();
  const body = fieldsOf(call.body, 'the body');
  if (call.knowsPartEtags) requireCondition(call, now.etag, id);
  if (subnet.provisioningState === 'Updating') throw anotherOperation('PutSubnetOperation', id);
  const wanted = withoutTable(body);
  if (!isDeepStrictEqual(wanted, withoutTable(now))) {
    throw new Error(`the lab changes tables of subnets only: ${JSON.stringify(wanted)}`);
  }
  const table = fieldsOf(body['properties'], 'properties')['routeTable'];
  if (table === undefined) delete subnet.routeTable;
  else {
    const named = String(fieldsOf(table, 'routeTable')['id']).split('/').at(-1) ?? '';
    subnet.routeTable = pick(world.routeTables, named, 'Microsoft.Network/routeTables', call).name;
  }
  subnet.provisioningState = 'Updating';
  const end = (outcome: 'Succeeded' | 'Failed'): void => {
    if (outcome === 'Failed') subnet.provisioningState = 'Failed';
    else delete subnet.provisioningState;
  };
  return { accepted: { status: 200, body: shown, resource: id, end } };
}

export const SUBNET_WRITES: readonly Operation[] = [
  {
    id: 'Subnets_CreateOrUpdate',
    method: 'PUT',
    write: true,
    template: `${GROUP}${NETWORK}/virtualNetworks/{name}/subnets/{child}`,
    api: 'network',
    action: 'Microsoft.Network/virtualNetworks/subnets/write',
    run: putSubnet,
  },
];

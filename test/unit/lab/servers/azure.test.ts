import { ComputeManagementClient } from '@azure/arm-compute';
import { NetworkManagementClient } from '@azure/arm-network';
import { ClientSecretCredential } from '@azure/identity';
import { expect, jest, test } from '@jest/globals';

import type { Lab } from '../../../../lab/servers/index.ts';
import { armError, armRaw, SUBSCRIPTION, smallAzure } from './small-azure.ts';
import { asProcess, withLab } from './support.ts';

// The vendors' clients take seconds to load where many tests run at once.
jest.setTimeout(60_000);

type Json = Record<string, unknown>;

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-Cluster/providers`;
const CAPITAL = `/subscriptions/${SUBSCRIPTION}/resourceGroups/RG-CLUSTER/providers`;

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of pages) found.push(one);
  return found;
}

interface Clients {
  network: NetworkManagementClient;
  compute: ComputeManagementClient;
}

/** The vendor's own clients, in a process that has the lab's variables. */
async function withClients(lab: Lab, use: (clients: Clients) => Promise<void>): Promise<void> {
  await asProcess(lab, lab.env, async () => {
    const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: id, AZURE_CLIENT_SECRET: secret } = lab.env;
    const credential = new ClientSecretCredential(tenant!, id!, secret!, { disableInstanceDiscovery: true });
    const options = { endpoint: lab.inputs['azure-endpoint']!, retryOptions: { maxRetries: 0 } };
    await use({
      network: new NetworkManagementClient(credential, SUBSCRIPTION, options),
      compute: new ComputeManagementClient(credential, SUBSCRIPTION, options),
    });
  });
}

async function listOf(lab: Lab, path: string): Promise<Json[]> {
  const answer = await armRaw(lab, path);
  expect(answer.status).toBe(200);
  return answer.json()['value'] as Json[];
}

test('interfaces of machines are in one list, those of a Uniform scale set in another', async () => {
  await withLab(smallAzure().world, { pageSize: { azure: 1 } }, async (lab) => {
    await withClients(lab, async ({ network }) => {
      const ordinary = await all(network.networkInterfaces.listAll());
      expect(ordinary.map((one) => [one.id, one.enableIPForwarding, one.virtualMachine?.id])).toEqual([
        [
          `${GROUP}/Microsoft.Network/networkInterfaces/node-0-nic`,
          true,
          `${GROUP}/Microsoft.Compute/virtualMachines/node-0`,
        ],
        [
          `${GROUP}/Microsoft.Network/networkInterfaces/node-1-nic`,
          false,
          `${GROUP}/Microsoft.Compute/virtualMachines/node-1`,
        ],
      ]);
      const set = `${GROUP}/Microsoft.Compute/virtualMachineScaleSets/uniform/virtualMachines`;
      const uniform = await all(
        network.networkInterfaces.listVirtualMachineScaleSetNetworkInterfaces('RG-CLUSTER', 'Uniform'),
      );
      expect(uniform.map((one) => [one.id, one.ipConfigurations?.[0]?.privateIPAddress])).toEqual([
        [`${set}/0/networkInterfaces/uniform-nic`, '10.30.0.10'],
        [`${set}/3/networkInterfaces/uniform-nic`, '10.30.0.11'],
      ]);
      const one = await all(
        network.networkInterfaces.listVirtualMachineScaleSetVMNetworkInterfaces('rg-cluster', 'uniform', '3'),
      );
      expect(one.map((nic) => nic.virtualMachine?.id)).toEqual([`${set}/3`]);
    });
    const lists = lab.requests().filter((one) => one.operation === 'NetworkInterfaces_ListAll');
    expect(lists).toHaveLength(2);
  });
});

test('network security groups say what is in them and who has them', async () => {
  const { world, azure } = smallAzure();
  azure.nics[1]!.securityGroup = 'nodes';
  azure.scaleSets[1]!.instances[0]!.nics[0]!.securityGroup = 'nodes';
  azure.nics[0]!.ipConfigurations[0]!.applicationGroups = ['web'];
  await withLab(world, { pageSize: { azure: 1 } }, async (lab) => {
    await withClients(lab, async ({ network }) => {
      const [group, ...others] = await all(network.networkSecurityGroups.listAll());
      expect(others).toEqual([]);
      const id = `${GROUP}/Microsoft.Network/networkSecurityGroups/nodes`;
      expect(group).toMatchObject({ id, provisioningState: 'Succeeded', tags: { owner: 'platform' } });
      const [web] = group!.securityRules!;
      expect(web).toMatchObject({
        ...{ name: 'web', id: `${id}/securityRules/web`, priority: 100, direction: 'Inbound', access: 'Allow' },
        ...{ protocol: 'Tcp', sourcePortRange: '*', destinationPortRanges: ['80', '8000-8999'] },
        sourceAddressPrefixes: ['10.0.0.0/24', '10.0.2.0/24'],
      });
      expect(web).not.toHaveProperty('destinationAddressPrefix', expect.anything());
      expect(group!.defaultSecurityRules!.map((rule) => [rule.direction, rule.priority, rule.name])).toEqual([
        ['Inbound', 65_000, 'AllowVnetInBound'],
        ['Inbound', 65_001, 'AllowAzureLoadBalancerInBound'],
        ['Inbound', 65_500, 'DenyAllInBound'],
        ['Outbound', 65_000, 'AllowVnetOutBound'],
        ['Outbound', 65_001, 'AllowInternetOutBound'],
        ['Outbound', 65_500, 'DenyAllOutBound'],
      ]);
      expect(group!.subnets).toHaveLength(1);
      expect(group!.networkInterfaces!.map((one) => one.id?.split('/').at(-1))).toEqual(['node-1-nic', 'uniform-nic']);
      const [cluster] = await all(network.virtualNetworks.listAll());
      const [subnet] = cluster!.subnets!;
      // Neither reference is spelt as the thing itself is.
      expect(subnet!.networkSecurityGroup!.id).not.toBe(id);
      expect(subnet!.networkSecurityGroup!.id!.toLowerCase()).toBe(id.toLowerCase());
      expect(group!.subnets![0]!.id!.toLowerCase()).toBe(subnet!.id!.toLowerCase());
      const [member] = web!.destinationApplicationSecurityGroups!;
      const nic = await network.networkInterfaces.get('RG-CLUSTER', 'node-0-nic');
      expect(nic.networkSecurityGroup).toBeUndefined();
      expect(nic.ipConfigurations![0]!.applicationSecurityGroups).toEqual([member]);
      const [application] = await all(network.applicationSecurityGroups.listAll());
      expect(application!.id!.toLowerCase()).toBe(member!.id!.toLowerCase());
      expect((await network.securityRules.get('rg-cluster', 'NODES', 'WEB')).etag).toBe(web!.etag);
    });
  });
});

test('route tables and networks refer to each other, in whatever case somebody wrote', async () => {
  await withLab(smallAzure().world, {}, async (lab) => {
    await withClients(lab, async ({ network }) => {
      const [table] = await all(network.routeTables.listAll());
      expect(table).toMatchObject({
        id: `${GROUP}/Microsoft.Network/routeTables/pods`,
        provisioningState: 'Succeeded',
        tags: { owner: 'platform' },
        routes: [
          {
            name: 'node-0',
            addressPrefix: '10.244.0.0/24',
            nextHopType: 'VirtualAppliance',
            nextHopIpAddress: '10.30.0.4',
          },
          { name: 'nowhere', nextHopType: 'None' },
        ],
      });
      const [cluster, hub] = await all(network.virtualNetworks.listAll());
      const [nodes, spare] = cluster!.subnets!;
      expect(nodes).toMatchObject({
        id: `${GROUP}/Microsoft.Network/virtualNetworks/cluster/subnets/nodes`,
        addressPrefix: '10.30.0.0/24',
      });
      expect(spare).toMatchObject({ addressPrefixes: ['10.30.1.0/24', '10.30.2.0/24'] });
      expect(spare).not.toHaveProperty('routeTable.id');
      // Neither reference is spelt as the thing itself is.
      const [subnet] = table!.subnets!;
      expect(nodes!.routeTable!.id).not.toBe(table!.id);
      expect(nodes!.routeTable!.id!.toLowerCase()).toBe(table!.id!.toLowerCase());
      expect(subnet!.id).not.toBe(nodes!.id);
      expect(subnet!.id!.toLowerCase()).toBe(nodes!.id!.toLowerCase());
      expect(nodes!.ipConfigurations).toHaveLength(4);
      expect(cluster!.virtualNetworkPeerings).toMatchObject([
        {
          allowForwardedTraffic: true,
          remoteVirtualNetwork: { id: hub!.id },
          remoteAddressSpace: { addressPrefixes: ['10.31.0.0/16'] },
        },
      ]);
    });
  });
});

test('machines: the model, the status alone, the status of one scale set', async () => {
  await withLab(smallAzure().world, {}, async (lab) => {
    await withClients(lab, async ({ compute }) => {
      const powers = (list: { id?: string; instanceView?: { statuses?: { code?: string }[] } }[]): unknown[] =>
        list.map((one) => [one.id?.split('/').at(-1), one.instanceView?.statuses?.[1]?.code]);
      const model = await all(compute.virtualMachines.listAll());
      expect(model.map((one) => one.id)).toEqual([
        `${CAPITAL}/Microsoft.Compute/virtualMachines/node-0`,
        `${CAPITAL}/Microsoft.Compute/virtualMachines/node-1`,
      ]);
      expect(model[0]!.networkProfile!.networkInterfaces![0]!.id).toBe(
        `${GROUP}/Microsoft.Network/networkInterfaces/node-0-nic`,
      );
      expect(powers(model)).toEqual([
        ['node-0', undefined],
        ['node-1', undefined],
      ]);
      const status = await all(compute.virtualMachines.listAll({ statusOnly: 'true' }));
      expect(powers(status)).toEqual([
        ['node-0', 'PowerState/running'],
        ['node-1', 'PowerState/deallocated'],
      ]);
      expect(status[0]).not.toHaveProperty('tags.pool');
      expect(status[0]!.networkProfile).toBeUndefined();
      const filter = `'virtualMachineScaleSet/id' eq '/subscriptions/${SUBSCRIPTION}/resourceGroups/x/providers/Microsoft.Compute/virtualMachineScaleSets/flex'`;
      const both = await all(compute.virtualMachines.listAll({ filter, expand: 'instanceView' }));
      expect(powers(both)).toEqual([['node-0', 'PowerState/running']]);
      expect(both[0]!.networkProfile).toBeDefined();
      const view = await compute.virtualMachines.instanceView('rg-cluster', 'node-1');
      expect(view.statuses![1]!.code).toBe('PowerState/deallocated');
    });
  });
});

test('scale sets: their model, and the instances of Uniform ones', async () => {
  await withLab(smallAzure().world, {}, async (lab) => {
    await withClients(lab, async ({ compute }) => {
      const sets = await all(compute.virtualMachineScaleSets.listAll());
      const forwarding = sets.map((one) => [
        one.name,
        one.orchestrationMode,
        one.virtualMachineProfile?.networkProfile?.networkInterfaceConfigurations?.[0]?.enableIPForwarding,
      ]);
      expect(forwarding).toEqual([
        ['flex', 'Flexible', true],
        ['uniform', 'Uniform', false],
      ]);
      const plain = await all(compute.virtualMachineScaleSetVMs.list('rg-cluster', 'uniform'));
      expect(plain.map((one) => [one.instanceId, one.latestModelApplied, one.instanceView])).toEqual([
        ['0', true, undefined],
        ['3', false, undefined],
      ]);
      const viewed = await all(
        compute.virtualMachineScaleSetVMs.list('rg-cluster', 'uniform', { expand: 'instanceView' }),
      );
      expect(viewed[1]!.instanceView!.statuses![1]!.code).toBe('PowerState/running');
    });
    const path = '/resourceGroups/rg-cluster/providers/Microsoft.Compute/virtualMachineScaleSets/flex/virtualMachines';
    expect(armError(await armRaw(lab, `${path}?api-version=2026-04-01`))).toMatchObject({
      status: 409,
      code: 'OperationNotAllowed',
    });
  });
});

test('effective routes take their time, and need a running machine', async () => {
  await withLab(smallAzure().world, { azurePolls: 2 }, async (lab) => {
    await withClients(lab, async ({ network }) => {
      const { value } = await network.networkInterfaces.getEffectiveRouteTable('rg-cluster', 'node-0-nic', {
        updateIntervalInMs: 1,
      });
      expect(value.map((one) => [one.source, one.state, one.addressPrefix![0], one.nextHopType])).toEqual([
        ['Default', 'Active', '10.30.0.0/16', 'VnetLocal'],
        ['Default', 'Active', '0.0.0.0/0', 'Internet'],
        ['Default', 'Active', '10.0.0.0/8', 'None'],
        ['Default', 'Active', '172.16.0.0/12', 'None'],
        ['Default', 'Invalid', '192.168.0.0/16', 'None'],
        ['Default', 'Active', '100.64.0.0/10', 'None'],
        ['User', 'Active', '10.244.0.0/24', 'VirtualAppliance'],
        ['User', 'Active', '192.168.0.0/16', 'None'],
      ]);
      await expect(network.networkInterfaces.getEffectiveRouteTable('rg-cluster', 'node-1-nic')).rejects.toMatchObject({
        statusCode: 400,
        code: 'NicMustBeAttachedToRunningVmToGetEffectiveRoutes',
      });
    });
    const polls = lab.requests().filter((one) => one.operation.startsWith('operation'));
    expect(polls.map((one) => one.operation)).toEqual(['operations', 'operations', 'operations', 'operationResults']);
  });
});

test('single objects, children, subscriptions', async () => {
  await withLab(smallAzure().world, {}, async (lab) => {
    const one = async (path: string): Promise<Json> => (await armRaw(lab, path)).json();
    const network = '/resourceGroups/RG-cluster/providers/microsoft.network';
    const v = '?api-version=2024-03-01';
    expect(await one(`${network}/routetables/PODS/routes/node-0${v}`)).toMatchObject({ name: 'node-0' });
    expect(await listOf(lab, `${network}/routeTables/pods/routes${v}`)).toHaveLength(2);
    expect(await listOf(lab, `${network}/virtualNetworks/cluster/subnets${v}`)).toHaveLength(2);
    const before = await one(`${network}/networkInterfaces/node-1-nic${v}`);
    lab.world.azure![0]!.nics[1]!.enableIPForwarding = true;
    const after = await one(`${network}/networkInterfaces/node-1-nic${v}`);
    expect(after).toMatchObject({ properties: { enableIPForwarding: true } });
    expect(after['etag']).not.toBe(before['etag']);
    expect(after['etag']).toMatch(/^W\/"[0-9a-f-]{36}"$/);
    expect(await one('?api-version=2022-12-01')).toMatchObject({ subscriptionId: SUBSCRIPTION, state: 'Enabled' });
    const { headers } = await armRaw(lab, `/providers/Microsoft.Network/routeTables${v}`);
    expect(Number(headers['x-ms-ratelimit-remaining-subscription-reads'])).toBeGreaterThan(0);
    const instance =
      '/resourceGroups/rg-cluster/providers/Microsoft.Compute/virtualMachineScaleSets/uniform/virtualMachines/3';
    expect(await one(`${instance}?api-version=2026-04-01`)).toMatchObject({ instanceId: '3' });
    expect(await one(`${instance}/networkInterfaces/uniform-nic?api-version=2018-10-01`)).toMatchObject({
      name: 'uniform-nic',
    });
  });
});

import type { AzureWorld } from '../../world/azure.ts';
import { instanceViewOf, scaleSetOf, vmOf, type Detail } from './compute.ts';
import { effectiveRoutesOf } from './effective-routes.ts';
import { ArmError } from './errors.ts';
import { sameName } from './ids.ts';
import { NIC_WRITES } from './nic-write.ts';
import { ordinaryNics, routeTableOf, vnetsOf } from './network.ts';
import {
  badRequest,
  COMPUTE,
  GROUP,
  inGroup,
  NETWORK,
  pick,
  type Call,
  type Operation,
  type Result,
} from './operation.ts';
import { resourceOperations, type Items } from './resource-operations.ts';
import { ROUTE_WRITES } from './route-write.ts';
import { SCALE_SET_OPERATIONS } from './scale-set-operations.ts';
import { SCALE_SET_WRITES } from './scale-set-write.ts';
import { SUBNET_WRITES } from './subnet-write.ts';
import { USAGES } from './usages.ts';
import { applicationGroupOf, securityGroupOf } from './security-groups.ts';

const SET_FILTER = /^'virtualMachineScaleSet\/id'\s+eq\s+'?(\/subscriptions\/[^']+?)'?$/i;

/** Lists give the run-time status alone (`statusOnly`), or with the rest but only of one scale set (`$filter`). */
function vmsOf(world: AzureWorld, { query, path, now }: Call): ReturnType<Items> {
  const expand = query.get('$expand');
  const filter = query.get('$filter');
  const statusOnly = query.get('statusOnly');
  if (expand !== null && !['instanceView', 'userData'].includes(expand)) {
    throw badRequest(`The expand query option '${expand}' is not supported.`);
  }
  if (expand !== null && filter === null && path['name'] === undefined) {
    throw badRequest("'$expand' can only be specified if a valid '$filter' option is specified.");
  }
  if (statusOnly !== null && !['true', 'false'].includes(statusOnly)) {
    throw badRequest(`The value '${statusOnly}' of parameter 'statusOnly' is invalid.`);
  }
  const set = filter === null ? undefined : SET_FILTER.exec(filter)?.[1]?.split('/').at(-1);
  if (filter !== null && set === undefined) throw badRequest(`The filter query option '${filter}' is not supported.`);
  const detail: Detail = statusOnly === 'true' ? 'view' : expand === 'instanceView' ? 'model and view' : 'model';
  const primary = new Map(world.nics.map((nic) => [nic.name, nic.primary]));
  return world.vms
    .filter((vm) => set === undefined || sameName(vm.scaleSet ?? '', set))
    .map((vm) => vmOf(world, vm, now, { detail, primary }));
}

function effectiveRoutes(call: Call): Result {
  const worlds = inGroup(call);
  const all = worlds.flatMap((world) => world.nics.map((nic) => ({ name: nic.name, world, nic })));
  const { world, nic } = pick(all, call.path['name'] ?? '', 'Microsoft.Network/networkInterfaces', call);
  const vm = world.vms.find((one) => one.nics.includes(nic.name));
  if (vm?.power === 'running') return { later: { value: effectiveRoutesOf(world, nic) } };
  const message =
    'A network interface must be attached to a running virtual machine to get effective routes. ' +
    `The network interface ${nic.name} is not attached to a running virtual machine.`;
  throw new ArmError(400, 'NicMustBeAttachedToRunningVmToGetEffectiveRoutes', message);
}

export const OPERATIONS: readonly Operation[] = [
  ...resourceOperations({
    name: 'NetworkInterfaces',
    provider: NETWORK,
    type: 'networkInterfaces',
    api: 'network',
    items: ordinaryNics,
  }),
  ...resourceOperations({
    name: 'RouteTables',
    provider: NETWORK,
    type: 'routeTables',
    api: 'network',
    items: (world) => world.routeTables.map((one) => routeTableOf(world, one)),
    child: { name: 'Routes', type: 'routes', property: 'routes' },
  }),
  ...resourceOperations({
    name: 'VirtualNetworks',
    provider: NETWORK,
    type: 'virtualNetworks',
    api: 'network',
    items: vnetsOf,
    child: { name: 'Subnets', type: 'subnets', property: 'subnets' },
  }),
  ...resourceOperations({
    name: 'NetworkSecurityGroups',
    provider: NETWORK,
    type: 'networkSecurityGroups',
    api: 'network',
    items: (world) => world.securityGroups.map((one) => securityGroupOf(world, one)),
    child: { name: 'SecurityRules', type: 'securityRules', property: 'securityRules' },
  }),
  ...resourceOperations({
    name: 'ApplicationSecurityGroups',
    provider: NETWORK,
    type: 'applicationSecurityGroups',
    api: 'network',
    items: (world) => world.applicationGroups.map((name) => applicationGroupOf(world, name)),
    parameters: { get: [] },
  }),
  ...resourceOperations({
    name: 'VirtualMachines',
    provider: COMPUTE,
    type: 'virtualMachines',
    api: 'compute',
    items: vmsOf,
    parameters: { all: ['statusOnly', '$filter', '$expand'], list: ['$filter', '$expand'] },
  }),
  {
    id: 'VirtualMachines_InstanceView',
    method: 'GET',
    template: `${GROUP}${COMPUTE}/virtualMachines/{name}/instanceView`,
    api: 'compute',
    action: 'Microsoft.Compute/virtualMachines/instanceView/read',
    run: (call: Call): Result => {
      const vms = inGroup(call).flatMap((world) => world.vms);
      const vm = pick(vms, call.path['name'] ?? '', 'Microsoft.Compute/virtualMachines', call);
      return { one: instanceViewOf(vm.power, call.now, vm.name) };
    },
  },
  ...resourceOperations({
    name: 'VirtualMachineScaleSets',
    provider: COMPUTE,
    type: 'virtualMachineScaleSets',
    api: 'compute',
    items: (world) => world.scaleSets.map((one) => scaleSetOf(world, one)),
  }),
  ...SCALE_SET_OPERATIONS,
  USAGES,
  {
    id: 'NetworkInterfaces_GetEffectiveRouteTable',
    method: 'POST',
    template: `${GROUP}${NETWORK}/networkInterfaces/{name}/effectiveRouteTable`,
    api: 'network',
    action: 'Microsoft.Network/networkInterfaces/effectiveRouteTable/action',
    run: effectiveRoutes,
  },
  ...NIC_WRITES,
  ...ROUTE_WRITES,
  ...SUBNET_WRITES,
  ...SCALE_SET_WRITES,
];

import type { AzureScaleSetWorld, AzureWorld } from '../../world/azure.ts';
import { scaleSetVmsOf } from './compute.ts';
import { ArmError, resourceNotFound } from './errors.ts';
import { scaleSetNics } from './network.ts';
import { badRequest, COMPUTE, GROUP, inGroup, pick, type Call, type Operation } from './operation.ts';

const SET = `${GROUP}${COMPUTE}/virtualMachineScaleSets/{name}`;
const SET_TYPE = 'Microsoft.Compute/virtualMachineScaleSets';

export function findUniformSet(call: Call, operation: string): { world: AzureWorld; set: AzureScaleSetWorld } {
  const name = call.path['name'] ?? '';
  const type = 'Microsoft.Compute/virtualMachineScaleSets';
  const sets = inGroup(call).flatMap((world) => world.scaleSets.map((set) => ({ name: set.name, world, set })));
  const found = pick(sets, name, type, call);
  if (found.set.orchestration === 'Uniform') return found;
  // The form was seen with VirtualMachineScaleSets.instanceView.GET.
  const message = `Operation '${operation}' is not allowed on Virtual Machine Scale Set '${found.name}' with Flexible orchestration mode.`;
  throw new ArmError(409, 'OperationNotAllowed', message);
}

function scaleSetVms(call: Call): { name?: string; instanceId: string }[] {
  const expand = call.query.get('$expand');
  if (expand !== null && !['instanceView', 'userData'].includes(expand)) {
    throw badRequest(`The expand query option '${expand}' is not supported.`);
  }
  for (const name of ['$filter', '$select']) {
    if (call.query.get(name) !== null) throw badRequest(`lab: ${name} is not evaluated here`);
  }
  const { world, set } = findUniformSet(call, 'VirtualMachineScaleSetVMs.GET');
  return scaleSetVmsOf(world, set, call.now, expand === 'instanceView');
}

function oneInstance(call: Call): object {
  const found = scaleSetVms(call).find((one) => one.instanceId === call.path['instance']);
  if (found !== undefined) return found;
  throw resourceNotFound(`${SET_TYPE}/virtualMachines`, call.path['instance'] ?? '', call.path['group'] ?? '');
}

function nicsOfSet(call: Call): ReturnType<typeof scaleSetNics> {
  const { world, set } = findUniformSet(call, 'VirtualMachineScaleSets.networkInterfaces.GET');
  if (call.path['instance'] !== undefined) oneInstance({ ...call, query: new URLSearchParams() });
  return scaleSetNics(world, set, call.path['instance']);
}

const setOperation = (id: string, below: string, rest: Partial<Operation> & Pick<Operation, 'run'>): Operation => ({
  id,
  method: 'GET',
  template: `${SET}${below}`,
  api: 'compute',
  action: `${SET_TYPE}${below.replace(/\/\{\w+\}/g, '')}/read`,
  ...rest,
});

/** Instances of Uniform scale sets and their network interfaces; no other list shows them. */
export const SCALE_SET_OPERATIONS: readonly Operation[] = [
  setOperation('VirtualMachineScaleSetVMs_List', '/virtualMachines', {
    parameters: ['$filter', '$select', '$expand'],
    run: (call) => ({ list: scaleSetVms(call) }),
  }),
  setOperation('VirtualMachineScaleSetVMs_Get', '/virtualMachines/{instance}', {
    parameters: ['$expand'],
    run: (call) => ({ one: oneInstance(call) }),
  }),
  setOperation('NetworkInterfaces_ListVirtualMachineScaleSetNetworkInterfaces', '/networkInterfaces', {
    api: 'scaleSetInterfaces',
    run: (call) => ({ list: nicsOfSet(call) }),
  }),
  setOperation(
    'NetworkInterfaces_ListVirtualMachineScaleSetVMNetworkInterfaces',
    '/virtualMachines/{instance}/networkInterfaces',
    { api: 'scaleSetInterfaces', run: (call) => ({ list: nicsOfSet(call) }) },
  ),
  setOperation(
    'NetworkInterfaces_GetVirtualMachineScaleSetNetworkInterface',
    '/virtualMachines/{instance}/networkInterfaces/{nic}',
    {
      api: 'scaleSetInterfaces',
      parameters: ['$expand'],
      run: (call) => ({
        one: pick(nicsOfSet(call), call.path['nic'] ?? '', `${SET_TYPE}/networkInterfaces`, call),
      }),
    },
  ),
];

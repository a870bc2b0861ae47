import { isDeepStrictEqual } from 'node:util';

import type { AzureScaleSetInstanceWorld, AzureScaleSetWorld } from '../../world/azure.ts';
import { scaleSetId } from '../../world/azure-ids.ts';
import { scaleSetOf } from './compute.ts';
import { ArmError } from './errors.ts';
import { COMPUTE, GROUP, inGroup, pick, type Call, type Operation, type Result } from './operation.ts';
import { fieldsOf, requireCondition } from './preconditions.ts';
import { findUniformSet } from './scale-set-operations.ts';

const SET = `${GROUP}${COMPUTE}/virtualMachineScaleSets/{name}`;
const SET_TYPE = 'Microsoft.Compute/virtualMachineScaleSets';
const FORWARDING = /("enableIPForwarding":)(?:true|false)/;

/** All but forwarding and what is read-only, as text. */
function restOf(resource: object): object {
  const { etag: _, ...rest } = JSON.parse(JSON.stringify(resource).replace(FORWARDING, '$1null')) as { etag?: string };
  return rest;
}

function requireFree(set: AzureScaleSetWorld): void {
  if (set.provisioningState !== 'Updating') return;
  const message =
    'The request failed due to conflict with a concurrent request. To resolve it, please refer to ' +
    'https://aka.ms/activitylog to get more details on the conflicting requests.';
  throw new ArmError(409, 'Conflict', message);
}

function upgrade(set: AzureScaleSetWorld, instances: readonly AzureScaleSetInstanceWorld[]): void {
  for (const instance of instances) {
    instance.latestModelApplied = true;
    for (const nic of instance.nics) nic.enableIPForwarding = set.modelForwarding;
  }
}

/** Only forwarding is changed here; that nothing else would be is what the lab insists on. */
function putSet(call: Call): Result {
  const all = inGroup(call).flatMap((world) => world.scaleSets.map((set) => ({ name: set.name, world, set })));
  const { world, set } = pick(all, call.path['name'] ?? '', SET_TYPE, call);
  const shown = () => scaleSetOf(world, set);
  const id = scaleSetId(world, set.name);
  const body = fieldsOf(call.body, 'the body');
  requireCondition(call, shown().etag, id);
  requireFree(set);
  if (!isDeepStrictEqual(restOf(body), restOf(shown()))) {
    throw new Error(`the lab changes forwarding of models only: ${JSON.stringify(restOf(body))}`);
  }
  const wanted = JSON.stringify(body).includes('"enableIPForwarding":true');
  const isNew = wanted !== set.modelForwarding;
  set.modelForwarding = wanted;
  set.provisioningState = 'Updating';
  if (isNew) for (const instance of set.instances) instance.latestModelApplied = false;
  const end = (outcome: 'Succeeded' | 'Failed'): void => {
    if (outcome === 'Failed') set.provisioningState = 'Failed';
    else delete set.provisioningState;
    if (set.orchestration === 'Uniform' && (set.upgradeMode ?? 'Manual') !== 'Manual') upgrade(set, set.instances);
  };
  return { accepted: { status: 200, body: shown, resource: id, end } };
}

function manualUpgrade(call: Call): Result {
  const { world, set } = findUniformSet(call, 'VirtualMachineScaleSets.manualUpgrade.POST');
  const ids = fieldsOf(call.body, 'the body')['instanceIds'];
  if (!Array.isArray(ids) || ids.length === 0) {
    throw new ArmError(400, 'InvalidParameter', "Required parameter 'instanceIds' is missing (null).");
  }
  requireFree(set);
  const chosen = ids.flatMap((one) => {
    const found = one === '*' ? set.instances : set.instances.filter(({ instanceId }) => instanceId === one);
    if (found.length > 0) return found;
    const message = `The provided instanceId ${String(one)} is not an active Virtual Machine Scale Set VM instanceId.`;
    throw new ArmError(400, 'InvalidParameter', message);
  });
  set.provisioningState = 'Updating';
  const end = (outcome: 'Succeeded' | 'Failed'): void => {
    if (outcome === 'Failed') set.provisioningState = 'Failed';
    else {
      delete set.provisioningState;
      upgrade(set, chosen);
    }
  };
  return { accepted: { status: 202, resource: scaleSetId(world, set.name), end } };
}

export const SCALE_SET_WRITES: readonly Operation[] = [
  {
    id: 'VirtualMachineScaleSets_CreateOrUpdate',
    method: 'PUT',
    write: true,
    template: SET,
    api: 'compute',
    action: `${SET_TYPE}/write`,
    run: putSet,
  },
  {
    id: 'VirtualMachineScaleSets_UpdateInstances',
    method: 'POST',
    write: true,
    template: `${SET}/manualupgrade`,
    api: 'compute',
    action: `${SET_TYPE}/manualUpgrade/action`,
    run: manualUpgrade,
  },
];

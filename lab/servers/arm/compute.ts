import type {
  InstanceViewStatus,
  VirtualMachine,
  VirtualMachineScaleSet,
  VirtualMachineScaleSetVM,
} from '@azure/arm-compute';

import type { AzureScaleSetWorld, AzureVmWorld, AzureWorld } from '../../world/azure.ts';
import { azureSubnetId, nicId, scaleSetId, scaleSetVmId, vmId } from '../../world/azure-ids.ts';
import { uid } from '../../world/ids.ts';
import { asWritten, capital, etagOf } from './ids.ts';
import { scaleSetNics, type Wire } from './network.ts';
import { guardOf } from './security-groups.ts';

type WireStatus = Omit<InstanceViewStatus, 'time'> & { time?: string };
interface InstanceView {
  computerName?: string;
  statuses: WireStatus[];
}
interface NicReference {
  id: string;
  properties: { primary: boolean };
}
interface Inner {
  networkProfile?: { networkInterfaces: NicReference[] };
  instanceView?: InstanceView;
}
export type WireVm = Wire<VirtualMachine, Inner>;
type WireInstance = Wire<VirtualMachineScaleSetVM, Inner & { networkProfileConfiguration?: object }> & {
  instanceId: string;
  sku: object;
};
export type WireScaleSet = Wire<VirtualMachineScaleSet, { virtualMachineProfile?: object }> & { sku?: object };

const SIZE = 'Standard_D4s_v3';

/** Run-time status; it is asked for, never given freely. */
export function instanceViewOf(power: AzureVmWorld['power'], now: string, computerName?: string): InstanceView {
  const time = new Date(Date.parse(now) - 86_400_000).toISOString();
  return {
    ...(computerName !== undefined && power === 'running' && { computerName }),
    statuses: [
      { code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded', time },
      { code: `PowerState/${power}`, level: 'Info', displayStatus: `VM ${power}` },
    ],
  };
}

export type Detail = 'model' | 'model and view' | 'view';

interface VmOptions {
  detail: Detail;
  /** Which network interfaces are the first of their machines. */
  primary: ReadonlyMap<string, boolean>;
}

export function vmOf(world: AzureWorld, vm: AzureVmWorld, now: string, { detail, primary }: VmOptions): WireVm {
  const self = vmId(capital(world), vm.name);
  const head = {
    name: vm.name,
    id: self,
    type: 'Microsoft.Compute/virtualMachines',
    location: world.location,
  };
  const view = instanceViewOf(vm.power, now, vm.name);
  const status = { vmId: vm.vmId, provisioningState: 'Succeeded' };
  // `statusOnly` means it: neither tags nor the network profile are in the answer.
  if (detail === 'view') return { ...head, properties: { ...status, instanceView: view } };
  const nics = vm.nics.map((name) => ({
    id: nicId(world, name),
    properties: { primary: primary.get(name) ?? false },
  }));
  return {
    ...head,
    ...(Object.keys(vm.tags).length > 0 && { tags: vm.tags }),
    properties: {
      ...status,
      hardwareProfile: { vmSize: SIZE },
      storageProfile: {
        osDisk: { osType: 'Linux', name: `${vm.name}_OsDisk`, createOption: 'FromImage', caching: 'ReadWrite' },
        dataDisks: [],
      },
      osProfile: { computerName: vm.name, adminUsername: 'azureuser' },
      networkProfile: { networkInterfaces: nics },
      ...(vm.scaleSet !== undefined && { virtualMachineScaleSet: { id: scaleSetId(asWritten(world), vm.scaleSet) } }),
      ...(detail === 'model and view' && { instanceView: view }),
    },
  };
}

function interfaceConfigurations(world: AzureWorld, set: AzureScaleSetWorld): object {
  const flexible = world.vms.find((vm) => vm.scaleSet === set.name)?.nics[0];
  const nic = set.instances[0]?.nics[0] ?? world.nics.find((one) => one.name === flexible);
  const [first] = nic?.ipConfigurations ?? [];
  const subnet =
    first === undefined ? {} : { subnet: { id: azureSubnetId(asWritten(world), first.vnet, first.subnet) } };
  return {
    networkInterfaceConfigurations: [
      {
        name: nic?.name ?? `${set.name}-nic`,
        properties: {
          primary: true,
          enableAcceleratedNetworking: false,
          enableIPForwarding: set.modelForwarding,
          ...guardOf(world, nic ?? {}),
          dnsSettings: { dnsServers: [] },
          ipConfigurations: [
            {
              name: first?.name ?? 'ipconfig1',
              properties: { primary: true, privateIPAddressVersion: 'IPv4', ...subnet },
            },
          ],
        },
      },
    ],
  };
}

export function scaleSetOf(world: AzureWorld, set: AzureScaleSetWorld): WireScaleSet {
  const self = scaleSetId(capital(world), set.name);
  const uniform = set.orchestration === 'Uniform';
  const capacity = uniform ? set.instances.length : world.vms.filter((vm) => vm.scaleSet === set.name).length;
  return {
    name: set.name,
    id: self,
    // A counter without a prefix, other than those of the network provider.
    etag: etagOf([self, set]).replace(/^W\//, ''),
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    location: world.location,
    sku: { name: SIZE, tier: 'Standard', capacity },
    ...(Object.keys(set.tags).length > 0 && { tags: set.tags }),
    properties: {
      provisioningState: set.provisioningState ?? 'Succeeded',
      uniqueId: uid(self),
      orchestrationMode: set.orchestration,
      singlePlacementGroup: false,
      platformFaultDomainCount: 1,
      ...(uniform && { upgradePolicy: { mode: set.upgradeMode ?? 'Manual' }, overprovision: false }),
      ...set.settings,
      virtualMachineProfile: {
        osProfile: { computerNamePrefix: set.name, adminUsername: 'azureuser' },
        networkProfile: {
          ...(!uniform && { networkApiVersion: '2020-11-01' }),
          ...interfaceConfigurations(world, set),
        },
      },
    },
  };
}

export function scaleSetVmsOf(world: AzureWorld, set: AzureScaleSetWorld, now: string, view: boolean): WireInstance[] {
  return set.instances.map((one) => ({
    name: `${set.name}_${one.instanceId}`,
    id: scaleSetVmId(capital(world), set, one),
    type: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
    location: world.location,
    instanceId: one.instanceId,
    sku: { name: SIZE, tier: 'Standard' },
    properties: {
      latestModelApplied: one.latestModelApplied,
      modelDefinitionApplied: 'VirtualMachineScaleSet',
      vmId: uid('vm', set.name, one.instanceId),
      provisioningState: 'Succeeded',
      hardwareProfile: {},
      osProfile: { computerName: one.computerName, adminUsername: 'azureuser' },
      networkProfile: {
        networkInterfaces: scaleSetNics(world, set, one.instanceId).map((nic, at) => ({
          id: nic.id ?? '',
          properties: { primary: one.nics[at]?.primary ?? false },
        })),
      },
      networkProfileConfiguration: interfaceConfigurations(world, set),
      ...(view && { instanceView: instanceViewOf(one.power, now) }),
    },
  }));
}

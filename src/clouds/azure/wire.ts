/**
 * What is looked at of Resource Manager's answers, as they come over the wire. The names of the properties are checked
 * against the SDKs' models, which are flatter than the answers; their code is not used, because it drops every
 * property that it does not know, and a resource has to go back whole where one of its settings is changed.
 */
import type {
  InstanceViewStatus,
  VirtualMachine,
  VirtualMachineScaleSet,
  VirtualMachineScaleSetIPConfiguration,
  VirtualMachineScaleSetNetworkConfiguration,
  VirtualMachineScaleSetNetworkProfile,
  VirtualMachineScaleSetVM,
  VirtualMachineScaleSetVMProfile,
} from '@azure/arm-compute';
import type {
  AddressSpace,
  NetworkInterface,
  NetworkInterfaceIPConfiguration,
  NetworkSecurityGroup,
  Route,
  RouteTable,
  SecurityRule,
  Subnet,
  Usage,
  VirtualNetwork,
  VirtualNetworkPeering,
} from '@azure/arm-network';

/** `P` is what is in `properties`. */
export interface Resource<P> {
  readonly id?: string;
  readonly name?: string;
  readonly etag?: string;
  readonly location?: string;
  readonly zones?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: P;
}

export interface Reference {
  readonly id?: string;
}

/** Properties of the model `T` that have another form on the wire. */
type Known<T, R extends { readonly [N in keyof T]?: unknown }> = R;

export type WireIpConfiguration = Resource<
  Pick<NetworkInterfaceIPConfiguration, 'privateIPAddress' | 'privateIPAddressPrefixLength' | 'primary'> &
    Known<
      NetworkInterfaceIPConfiguration,
      { readonly subnet?: Reference; readonly applicationSecurityGroups?: readonly Reference[] }
    >
>;

export type WireInterface = Resource<
  Pick<NetworkInterface, 'enableIPForwarding' | 'primary' | 'hostedWorkloads' | 'provisioningState'> &
    Known<
      NetworkInterface,
      {
        readonly virtualMachine?: Reference;
        readonly privateEndpoint?: Reference;
        readonly networkSecurityGroup?: Reference;
        readonly ipConfigurations?: readonly WireIpConfiguration[];
      }
    >
>;

/** A virtual machine, or an instance of a Uniform scale set. */
export type WireMachine = Resource<
  Pick<VirtualMachineScaleSetVM, 'latestModelApplied'> &
    Known<
      VirtualMachine,
      {
        readonly instanceView?: { readonly statuses?: readonly Pick<InstanceViewStatus, 'code'>[] };
        readonly virtualMachineScaleSet?: Reference;
      }
    >
>;

type WireSetIpConfiguration = Resource<Known<VirtualMachineScaleSetIPConfiguration, { readonly subnet?: Reference }>>;

export type WireSetInterface = Resource<
  Pick<VirtualMachineScaleSetNetworkConfiguration, 'enableIPForwarding' | 'primary'> &
    Known<VirtualMachineScaleSetNetworkConfiguration, { readonly ipConfigurations?: readonly WireSetIpConfiguration[] }>
>;

type WireSetNetworkProfile = Known<
  VirtualMachineScaleSetNetworkProfile,
  { readonly networkInterfaceConfigurations?: readonly WireSetInterface[] }
>;

type WireSetProfile = Known<VirtualMachineScaleSetVMProfile, { readonly networkProfile?: WireSetNetworkProfile }>;

export type WireScaleSet = Resource<
  Pick<VirtualMachineScaleSet, 'orchestrationMode' | 'provisioningState' | 'upgradePolicy'> &
    Known<VirtualMachineScaleSet, { readonly virtualMachineProfile?: WireSetProfile }>
>;

export type WireRoute = Resource<
  Pick<Route, 'addressPrefix' | 'nextHopType' | 'nextHopIpAddress' | 'provisioningState'>
>;

export type WireRouteTable = Resource<
  Pick<RouteTable, 'provisioningState'> &
    Known<RouteTable, { readonly routes?: readonly WireRoute[]; readonly subnets?: readonly Reference[] }>
>;

export type WireSubnet = Resource<
  Pick<Subnet, 'addressPrefix' | 'addressPrefixes' | 'provisioningState'> &
    Known<
      Subnet,
      {
        readonly routeTable?: Reference;
        readonly networkSecurityGroup?: Reference;
        readonly ipConfigurations?: readonly Reference[];
      }
    >
>;

export type WirePeering = Resource<
  Pick<VirtualNetworkPeering, 'allowForwardedTraffic' | 'peeringState'> &
    Known<
      VirtualNetworkPeering,
      {
        readonly remoteVirtualNetwork?: Reference;
        readonly remoteAddressSpace?: Partial<AddressSpace>;
        readonly remoteVirtualNetworkAddressSpace?: Partial<AddressSpace>;
      }
    >
>;

export type WireNetwork = Resource<
  Known<
    VirtualNetwork,
    {
      readonly addressSpace?: Partial<AddressSpace>;
      readonly subnets?: readonly WireSubnet[];
      readonly virtualNetworkPeerings?: readonly WirePeering[];
    }
  >
>;

/** One of the limits of a location; the name is an object with a word for people beside. */
export type WireUsage = Pick<Usage, 'name' | 'limit'>;

export type WireSecurityRule = Resource<
  Partial<
    Pick<
      SecurityRule,
      | 'access'
      | 'destinationAddressPrefix'
      | 'destinationAddressPrefixes'
      | 'destinationPortRange'
      | 'destinationPortRanges'
      | 'direction'
      | 'priority'
      | 'protocol'
      | 'provisioningState'
      | 'sourceAddressPrefix'
      | 'sourceAddressPrefixes'
      | 'sourcePortRange'
      | 'sourcePortRanges'
    >
  > &
    Known<
      SecurityRule,
      {
        readonly sourceApplicationSecurityGroups?: readonly Reference[];
        readonly destinationApplicationSecurityGroups?: readonly Reference[];
      }
    >
>;

export type WireSecurityGroup = Resource<
  Pick<NetworkSecurityGroup, 'provisioningState'> &
    Known<
      NetworkSecurityGroup,
      {
        readonly securityRules?: readonly WireSecurityRule[];
        readonly defaultSecurityRules?: readonly WireSecurityRule[];
      }
    >
>;

/** `subscriptionId` and `state` are beside `id`, not in `properties`. */
export interface WireSubscription {
  readonly subscriptionId?: string;
  readonly state?: string;
}

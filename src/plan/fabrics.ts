/**
 * What the fabrics differ in when something is changed: one row per fabric. A kind of change without an entry is one
 * that this version does not make there.
 */
import type { FabricKind, RouteTarget } from '../model/fabric.ts';
import type { ChangeKind, Disruption } from '../model/planned.ts';
import type { Change } from '../model/plan.ts';

type RouteChange = Extract<Change, { kind: 'create-route' | 'replace-route' }>;

export interface ChangeTraits {
  readonly disruption: Disruption;
  /** Least first. */
  readonly permissions: readonly string[];
  /** It is made by way of what the machine is made from, which is changed with it. */
  readonly byTemplate?: true;
}

export interface FabricTraits {
  /** How a route names the node's interface; undefined: the change does not say enough. */
  nextHop(change: RouteChange): RouteTarget | undefined;
  /**
   * What a new route could be called, the usual name first; absent: routes have no names. `isOneOfMany`: the node has
   * several podCIDRs.
   */
  routeNames?(change: RouteChange, isOneOfMany: boolean): readonly string[];
  /** Undefined: not made by this version. `subject`: the id of what is changed. */
  traits(kind: ChangeKind, subject: string): ChangeTraits | undefined;
}

function none(...permissions: readonly string[]): ChangeTraits {
  return { disruption: 'none', permissions };
}

const AWS_KINDS: Partial<Record<ChangeKind, ChangeTraits>> = {
  'set-forwarding': none('ec2:DescribeNetworkInterfaces', 'ec2:ModifyNetworkInterfaceAttribute'),
  'create-route': none('ec2:DescribeRouteTables', 'ec2:DescribeNetworkInterfaces', 'ec2:CreateRoute'),
  // One call that exchanges the target: no packet ever meets a table without the route.
  'replace-route': none('ec2:DescribeRouteTables', 'ec2:DescribeNetworkInterfaces', 'ec2:ReplaceRoute'),
  'delete-route': none('ec2:DescribeRouteTables', 'ec2:DeleteRoute'),
};

const GCP_READ = ['compute.routes.list', 'compute.globalOperations.get'];
const GCP_ROUTE = [...GCP_READ, 'compute.networks.updatePolicy', 'compute.routes.create'];

const GCP_KINDS: Partial<Record<ChangeKind, ChangeTraits>> = {
  // A refresh, which no machine notices; with mostDisruptiveAllowedAction=REFRESH Compute Engine refuses anything more.
  'set-forwarding': none('compute.instances.get', 'compute.zoneOperations.get', 'compute.instances.update'),
  'create-route': none('compute.instances.get', ...GCP_ROUTE),
  // A route cannot be changed: a second one stands in for it while it is made anew, so the range is never without.
  'replace-route': none('compute.instances.get', ...GCP_ROUTE, 'compute.routes.delete'),
  'delete-route': none(...GCP_READ, 'compute.networks.updatePolicy', 'compute.routes.delete'),
};

/** Long-running operations are asked for. */
const NETWORK_OPERATION = 'Microsoft.Network/locations/operations/read';
/** Whoever writes a resource needs the right to link it to what it is linked to already. */
const AZURE_JOINS = [
  'Microsoft.Network/virtualNetworks/subnets/join/action',
  'Microsoft.Network/networkSecurityGroups/join/action',
];
const AZURE_ROUTE = [
  'Microsoft.Network/routeTables/read',
  'Microsoft.Network/networkInterfaces/read',
  NETWORK_OPERATION,
];
const AZURE_MODEL = [
  'Microsoft.Compute/virtualMachineScaleSets/read',
  'Microsoft.Compute/locations/operations/read',
  ...AZURE_JOINS,
  'Microsoft.Compute/virtualMachineScaleSets/write',
];

const AZURE_KINDS: Partial<Record<ChangeKind, ChangeTraits>> = {
  'set-forwarding': none(
    'Microsoft.Network/networkInterfaces/read',
    NETWORK_OPERATION,
    ...AZURE_JOINS,
    'Microsoft.Network/networkInterfaces/write',
  ),
  'create-route': none(...AZURE_ROUTE, 'Microsoft.Network/routeTables/routes/write'),
  // A route is exchanged as a whole, under its name.
  'replace-route': none(...AZURE_ROUTE, 'Microsoft.Network/routeTables/routes/write'),
  'delete-route': none(
    'Microsoft.Network/routeTables/read',
    NETWORK_OPERATION,
    'Microsoft.Network/routeTables/routes/delete',
  ),
  // Every node of the subnet changes its routes at once.
  'associate-table': {
    disruption: 'interrupt',
    permissions: [
      'Microsoft.Network/virtualNetworks/subnets/read',
      NETWORK_OPERATION,
      'Microsoft.Network/networkSecurityGroups/join/action',
      'Microsoft.Network/routeTables/join/action',
      'Microsoft.Network/virtualNetworks/subnets/write',
    ],
  },
  'set-template-forwarding': none(...AZURE_MODEL),
};

/** An interface of a Uniform scale set is changed by way of the model and an upgrade of the instance. */
const BY_MODEL: ChangeTraits = {
  disruption: 'restart',
  permissions: [
    'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read',
    'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces/read',
    ...AZURE_MODEL,
    'Microsoft.Compute/virtualMachineScaleSets/manualUpgrade/action',
  ],
  byTemplate: true,
};

/** What the cloud controller calls routes (cloud-provider-azure, `%s____%s`): it deletes those with other names. */
function azureRouteNames({ node, prefix }: RouteChange, isOneOfMany: boolean): readonly string[] {
  const long = `${node}____${prefix.replaceAll(/[.:/]/g, '')}`;
  return isOneOfMany ? [long] : [node, long];
}

const IN_SCALE_SET = /\/virtualMachineScaleSets\/[^/]+\/virtualMachines\//i;

export const FABRIC_TRAITS: Readonly<Record<FabricKind, FabricTraits>> = {
  aws: {
    nextHop: ({ interface: face, machine }) => ({
      kind: 'interface',
      interface: face,
      ...(machine === undefined ? {} : { machine }),
    }),
    traits: (kind) => AWS_KINDS[kind],
  },
  gcp: {
    // A route names instances of its own project only; in a Shared VPC the next hop is the instance's address.
    nextHop: ({ place, machine, address }) => {
      const isHere = machine !== undefined && place.cloud === 'gcp' && machine.startsWith(`${place.project}/`);
      if (isHere) return { kind: 'machine', machine };
      return address === undefined ? undefined : { kind: 'address', address };
    },
    traits: (kind) => GCP_KINDS[kind],
  },
  azure: {
    nextHop: ({ address }) => (address === undefined ? undefined : { kind: 'address', address }),
    routeNames: azureRouteNames,
    traits: (kind, subject) => (kind === 'set-forwarding' && IN_SCALE_SET.test(subject) ? BY_MODEL : AZURE_KINDS[kind]),
  },
};

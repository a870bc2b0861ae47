/**
 * Writes objects typed with the SDK's models as EC2's XML. The model's names start with a capital, the wire's with a
 * small letter, lists end in Set and hold `item`s; where the service model (botocore, ec2/2016-11-15) says otherwise,
 * it stands in this table.
 */
const WIRE_NAMES: Record<string, string> = {
  Associations: 'associationSet',
  BlockDeviceMappings: 'blockDeviceMapping',
  Entries: 'entrySet',
  Endpoint: 'regionEndpoint',
  Groups: 'groupSet',
  Instances: 'instancesSet',
  Ipv4Prefixes: 'ipv4PrefixSet',
  Ipv6Addresses: 'ipv6AddressesSet',
  Ipv6Prefixes: 'ipv6PrefixSet',
  NetworkAcls: 'networkAclSet',
  NetworkInterfaces: 'networkInterfaceSet',
  PrefixLists: 'prefixListSet',
  PrivateIpAddresses: 'privateIpAddressesSet',
  PropagatingVgws: 'propagatingVgwSet',
  PublicDnsName: 'dnsName',
  PublicIpAddress: 'ipAddress',
  Regions: 'regionInfo',
  Reservations: 'reservationSet',
  RouteTables: 'routeTableSet',
  Routes: 'routeSet',
  SecurityGroups: 'groupSet',
  StateTransitionReason: 'reason',
  Subnets: 'subnetSet',
  Tags: 'tagSet',
  UserIdGroupPairs: 'groups',
  Vpcs: 'vpcSet',
  // Only inside the member, or the answer, that is named first.
  'DescribeSecurityGroups.SecurityGroups': 'securityGroupInfo',
  'NetworkAcls.IsDefault': 'default',
  'SecurityGroups.Description': 'groupDescription',
};

export function escapeXml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`) : text;
}

function wireName(parent: string, name: string, value: unknown): string {
  // An instance's State has a code and a name; everything else called State is a word.
  if (name === 'State' && typeof value === 'object') return 'instanceState';
  return WIRE_NAMES[`${parent}.${name}`] ?? WIRE_NAMES[name] ?? name.charAt(0).toLowerCase() + name.slice(1);
}

function element(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function content(name: string, value: unknown): string {
  if (typeof value === 'string') return escapeXml(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => element('item', content(name, item))).join('');
  if (typeof value === 'object' && value !== null) return fields(name, value);
  return String(value);
}

function fields(parent: string, object: object): string {
  let text = '';
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined) text += element(wireName(parent, name, value), content(name, value));
  }
  return text;
}

export function responseXml(action: string, requestId: string, result: object): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${requestId}</requestId>` +
    `${fields(action, result)}</${action}Response>`
  );
}

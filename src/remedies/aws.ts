/** Changes as command lines of the AWS CLI, version 2. */
import type { Change } from '../model/plan.ts';
import { parsePrefix } from '../model/prefix.ts';
import { awsTarget } from './aws-targets.ts';
import { shellComment, shellOption, shellWord } from './shell.ts';

/** Command and comment lines, in the order in which to run them; empty for a change in another cloud. */
export function renderAws(change: Change): string[] {
  if (change.place.cloud !== 'aws') return [];
  const { region } = change.place;
  switch (change.kind) {
    case 'set-forwarding':
      return [
        command('modify-network-interface-attribute', region, [
          shellOption('network-interface-id', change.interface),
          change.forwarding === 'off' ? '--source-dest-check' : '--no-source-dest-check',
        ]),
      ];
    case 'create-route':
    case 'replace-route':
      return [renderRoute(change, region)];
    case 'delete-route':
      return [
        command('delete-route', region, [shellOption('route-table-id', change.table), destination(change.prefix)]),
      ];
    case 'associate-table':
      return renderAssociation(change.subnet, change.table, region);
    case 'admit-range':
      return change.filterKind === 'network-acl' ? renderAclEntries(change, region) : renderGroupRule(change, region);
    case 'raise-route-limit':
      return [renderRaise(change.allowed, region)];
    case 'tag-table':
    case 'untag-table':
      return [renderTag(change, region)];
    case 'set-template-forwarding':
      // Launch templates have no such setting.
      return [];
  }
}

function renderRoute(change: Extract<Change, { kind: 'create-route' | 'replace-route' }>, region: string): string {
  const target = awsTarget(change);
  if (target === undefined) return shellComment(`EC2 takes no route for ${change.prefix} to what it led to before.`);
  return command(change.kind, region, [
    shellOption('route-table-id', change.table),
    destination(change.prefix),
    shellOption(target.option, target.id),
  ]);
}

/** Routes per route table, non-propagated (Service Quotas, service `vpc`). The support of AWS decides about it. */
function renderRaise(allowed: number, region: string): string {
  const options = ['--service-code vpc', '--quota-code L-93826ACB', `--desired-value ${String(allowed * 2)}`];
  return ['aws service-quotas request-service-quota-increase', ...options, shellOption('region', region)].join(' ');
}

type Tagging = Extract<Change, { kind: 'tag-table' | 'untag-table' }>;

function renderTag({ kind, table, tag }: Tagging, region: string): string {
  const isTagging = kind === 'tag-table';
  return command(isTagging ? 'create-tags' : 'delete-tags', region, [
    shellOption('resources', table),
    `--tags ${shellWord(isTagging ? `Key=${tag},Value=owned` : `Key=${tag}`)}`,
  ]);
}

type Admission = Extract<Change, { kind: 'admit-range' }>;

function renderGroupRule(change: Admission, region: string): string[] {
  const ranges = change.prefixes.map((prefix) => ({ prefix, isIPv6: parsePrefix(prefix)?.family === 6 }));
  const v4 = ranges.filter(({ isIPv6 }) => !isIPv6).map(({ prefix }) => ({ CidrIp: prefix }));
  const v6 = ranges.filter(({ isIPv6 }) => isIPv6).map(({ prefix }) => ({ CidrIpv6: prefix }));
  const ports = change.port === undefined ? {} : { FromPort: change.port, ToPort: change.port };
  const permission = {
    IpProtocol: change.protocol ?? '-1',
    ...ports,
    ...(v4.length === 0 ? {} : { IpRanges: v4 }),
    ...(v6.length === 0 ? {} : { Ipv6Ranges: v6 }),
  };
  return [
    command(`authorize-security-group-${change.direction === 'in' ? 'ingress' : 'egress'}`, region, [
      shellOption('group-id', change.filter),
      shellOption('ip-permissions', JSON.stringify([permission])),
    ]),
  ];
}

/** One entry per prefix, each with a number of its own. */
function renderAclEntries(change: Admission, region: string): string[] {
  const { rank } = change;
  if (rank === undefined)
    return [shellComment(`No rule number is free in ${change.filter}: renumber its rules first.`)];
  return change.prefixes.map((prefix, index) =>
    command('create-network-acl-entry', region, [
      shellOption('network-acl-id', change.filter),
      change.direction === 'in' ? '--ingress' : '--egress',
      `--rule-number ${String(rank + index)}`,
      shellOption('protocol', change.protocol ?? '-1'),
      ...(change.port === undefined ? [] : [`--port-range From=${String(change.port)},To=${String(change.port)}`]),
      shellOption(parsePrefix(prefix)?.family === 6 ? 'ipv6-cidr-block' : 'cidr-block', prefix),
      '--rule-action allow',
    ]),
  );
}

function destination(prefix: string): string {
  const isIPv6 = parsePrefix(prefix)?.family === 6;
  return shellOption(isIPv6 ? 'destination-ipv6-cidr-block' : 'destination-cidr-block', prefix);
}

/**
 * AssociateRouteTable refuses a subnet that already has a table of its own (Resource.AlreadyAssociated); then the
 * association has to be replaced, by an id that only EC2 knows.
 */
function renderAssociation(subnet: string, table: string, region: string): string[] {
  const literal = subnet.replaceAll(/[\\']/g, '\\$&');
  const find = command('describe-route-tables', region, [
    `--filters ${shellWord(`Name=association.subnet-id,Values=${subnet}`)}`,
    `--query ${shellWord(`RouteTables[0].Associations[?SubnetId=='${literal}'].RouteTableAssociationId | [0]`)}`,
    '--output text',
  ]);
  const replace = command('replace-route-table-association', region, [
    `--association-id "$(${find})"`,
    shellOption('route-table-id', table),
  ]);
  return [
    command('associate-route-table', region, [shellOption('subnet-id', subnet), shellOption('route-table-id', table)]),
    shellComment('If that answers Resource.AlreadyAssociated, the subnet has a table of its own; replace it:'),
    shellComment(replace),
  ];
}

function command(name: string, region: string, options: readonly string[]): string {
  return ['aws ec2', name, ...options, shellOption('region', region)].join(' ');
}

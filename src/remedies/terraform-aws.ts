/** Changes of EC2 as Terraform configuration, for those whose networks are kept there (provider hashicorp/aws). */
import type { Change } from '../model/plan.ts';
import { parsePrefix } from '../model/prefix.ts';
import { awsTarget } from './aws-targets.ts';
import { block, literal, nameFor } from './hcl.ts';
import { shellComment } from './shell.ts';

type RouteChange = Extract<Change, { kind: 'create-route' | 'replace-route' }>;
type Admission = Extract<Change, { kind: 'admit-range' }>;

/** Blocks and comment lines; empty for a change in another cloud than EC2. */
export function renderTerraformAws(change: Change): string[] {
  if (change.place.cloud !== 'aws') return [];
  switch (change.kind) {
    case 'set-forwarding':
      return [
        shellComment(
          `In the resource that holds ${change.interface}: aws_network_interface, or aws_instance for its first:`,
        ),
        `source_dest_check = ${String(change.forwarding === 'off')}`,
      ];
    case 'create-route':
      return renderRoute(change);
    case 'replace-route':
      return [...renderRoute(change), ...renderImport(change)];
    case 'delete-route':
      return [
        shellComment(
          `Take the aws_route for ${change.prefix} of ${change.table} out of the configuration, and apply that.`,
        ),
      ];
    case 'associate-table':
      return block(
        'resource',
        ['aws_route_table_association', nameFor(change.subnet)],
        [
          ['subnet_id', change.subnet],
          ['route_table_id', change.table],
        ],
      );
    case 'raise-route-limit':
      return block(
        'resource',
        ['aws_servicequotas_service_quota', 'routes_per_table'],
        [
          ['service_code', 'vpc'],
          ['quota_code', 'L-93826ACB'],
          ['value', change.allowed * 2],
        ],
      );
    case 'tag-table':
      return block(
        'resource',
        ['aws_ec2_tag', nameFor(change.table, change.tag)],
        [
          ['resource_id', change.table],
          ['key', change.tag],
          ['value', 'owned'],
        ],
      );
    case 'untag-table':
      return [shellComment(`Take the tag ${change.tag} of ${change.table} out of the configuration, and apply that.`)];
    case 'admit-range':
      return change.filterKind === 'network-acl' ? renderAclRules(change) : renderGroupRules(change);
    case 'set-template-forwarding':
      // Launch templates have no such setting.
      return [];
  }
}

function renderRoute(change: RouteChange): string[] {
  const target = awsTarget(change);
  if (target === undefined) {
    return [shellComment(`There is no argument of aws_route for what the route for ${change.prefix} led to before.`)];
  }
  const { table, prefix } = change;
  const isIPv6 = parsePrefix(prefix)?.family === 6;
  return block(
    'resource',
    ['aws_route', nameFor(table, prefix)],
    [
      ['route_table_id', table],
      [isIPv6 ? 'destination_ipv6_cidr_block' : 'destination_cidr_block', prefix],
      [target.argument, target.id],
    ],
  );
}

/** The route is there already: without this Terraform would try to make it. */
function renderImport({ table, prefix }: RouteChange): string[] {
  return ['import {', `  to = aws_route.${nameFor(table, prefix)}`, `  id = ${literal(`${table}_${prefix}`)}`, '}'];
}

function renderGroupRules(change: Admission): string[] {
  const { filter, direction, prefixes, protocol = '-1', port } = change;
  const type = direction === 'in' ? 'aws_vpc_security_group_ingress_rule' : 'aws_vpc_security_group_egress_rule';
  return prefixes.flatMap((prefix) =>
    block(
      'resource',
      [type, nameFor(filter, prefix)],
      [
        ['security_group_id', filter],
        ['ip_protocol', protocol],
        ...(port === undefined
          ? []
          : ([
              ['from_port', port],
              ['to_port', port],
            ] as const)),
        [parsePrefix(prefix)?.family === 6 ? 'cidr_ipv6' : 'cidr_ipv4', prefix],
      ],
    ),
  );
}

function renderAclRules({ filter, direction, prefixes, rank, protocol = '-1', port }: Admission): string[] {
  if (rank === undefined) return [shellComment(`No rule number is free in ${filter}: renumber its rules first.`)];
  return prefixes.flatMap((prefix, index) =>
    block(
      'resource',
      ['aws_network_acl_rule', nameFor(filter, prefix)],
      [
        ['network_acl_id', filter],
        ['rule_number', rank + index],
        ['egress', direction === 'out'],
        ['protocol', protocol],
        ['rule_action', 'allow'],
        [parsePrefix(prefix)?.family === 6 ? 'ipv6_cidr_block' : 'cidr_block', prefix],
        ...(port === undefined
          ? []
          : ([
              ['from_port', port],
              ['to_port', port],
            ] as const)),
      ],
    ),
  );
}

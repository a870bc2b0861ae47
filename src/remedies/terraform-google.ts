/** Changes of Compute Engine as Terraform configuration (provider hashicorp/google). */
import type { Change } from '../model/plan.ts';
import { parseAddress } from '../model/prefix.ts';
import { podRouteName } from '../model/route-names.ts';
import { block, literal, nameFor } from './hcl.ts';
import type { Argument } from './hcl.ts';
import { shellComment } from './shell.ts';

type RouteChange = Extract<Change, { kind: 'create-route' | 'replace-route' }>;

/** What the API takes where none is given. */
const PRIORITY = 1000;

/** Blocks and comment lines; empty for a change in another cloud, and for what Compute Engine has not. */
export function renderTerraformGoogle(change: Change): string[] {
  if (change.place.cloud !== 'gcp') return [];
  switch (change.kind) {
    case 'set-forwarding': {
      const [project = '', zone = '', name = ''] = (change.machine ?? change.interface).split('/');
      return [
        shellComment(`In the google_compute_instance that holds ${name} in ${zone} of ${project}; nothing restarts:`),
        `can_ip_forward = ${String(change.forwarding !== 'off')}`,
      ];
    }
    case 'create-route':
      return renderRoute(change, change.place.project, change.route ?? podRouteName(change.prefix));
    case 'replace-route': {
      const { route, place } = change;
      if (route === undefined) return renderRoute(change, place.project, podRouteName(change.prefix));
      return [
        shellComment(
          'Another next hop makes Terraform delete the route and insert it anew: packets are lost meanwhile, unless a second route with a better priority stands in.',
        ),
        ...renderRoute(change, place.project, route),
        'import {',
        `  to = google_compute_route.${nameFor(route)}`,
        `  id = ${literal(`projects/${place.project}/global/routes/${route}`)}`,
        '}',
      ];
    }
    case 'delete-route':
      return [
        shellComment(
          `Take the google_compute_route for ${change.prefix} of ${change.table} out of the configuration, and apply that.`,
        ),
      ];
    case 'admit-range':
    case 'associate-table':
    case 'raise-route-limit':
    case 'set-template-forwarding':
    case 'tag-table':
    case 'untag-table':
      return [];
  }
}

function renderRoute(change: RouteChange, project: string, name: string): string[] {
  const { table, prefix, manner } = change;
  const hop = nextHop(change, project);
  if (hop === undefined) {
    return [
      shellComment(`There is no argument of google_compute_route for what the route for ${prefix} led to before.`),
    ];
  }
  return block(
    'resource',
    ['google_compute_route', nameFor(name)],
    [
      ['project', project],
      ['name', name],
      ['network', table.split('/').at(-1) ?? ''],
      ['dest_range', prefix],
      ['priority', manner?.rank ?? PRIORITY],
      ...hop,
      ...(manner?.scopeTags === undefined ? [] : [['tags', manner.scopeTags] as const]),
      ...(manner?.description === undefined ? [] : [['description', manner.description] as const]),
    ],
  );
}

/** A route names instances of its own project only; in a Shared VPC the next hop is the instance's address. */
function nextHop({ to, machine, interface: face, address }: RouteChange, project: string): Argument[] | undefined {
  if (to?.kind === 'address') return [['next_hop_ip', to.address]];
  if (to?.kind === 'gateway') {
    if (to.gateway === 'internet') return [['next_hop_gateway', to.id]];
    return parseAddress(to.id) === undefined ? undefined : [['next_hop_ilb', to.id]];
  }
  const [owner = '', zone = '', name = ''] = (to?.kind === 'machine' ? to.machine : (machine ?? face)).split('/');
  if (owner === project) {
    return [
      ['next_hop_instance', name],
      ['next_hop_instance_zone', zone],
    ];
  }
  return address === undefined ? undefined : [['next_hop_ip', address]];
}

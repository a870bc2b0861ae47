/** What a route that is to be inserted leads to, and what else it is. Pure. */
import type { RouteManner } from '../../model/plan.ts';
import { parseAddress } from '../../model/prefix.ts';
import type { RouteTarget } from '../../model/snapshot.ts';
import { machinePlace, projectOf, tailOf } from './url.ts';

export interface RouteBody {
  readonly name: string;
  readonly description?: string;
  readonly network: string;
  readonly destRange: string;
  readonly priority: number;
  readonly tags?: readonly string[];
  readonly nextHopInstance?: string;
  readonly nextHopIp?: string;
  readonly nextHopIlb?: string;
  readonly nextHopGateway?: string;
}

/** What the API takes where no priority is given. */
const DEFAULT_PRIORITY = 1000;

/** `web`: what resource URLs begin with, to the projects. Undefined: no route can be made that leads there. */
export function routeBody(
  web: string,
  { table, prefix, name }: { readonly table: string; readonly prefix: string; readonly name: string },
  to: RouteTarget,
  { rank, scopeTags, description }: RouteManner,
): RouteBody | undefined {
  const project = projectOf(table);
  const hop = nextHop(web, project, to);
  if (hop === undefined) return undefined;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    network: `${web}/projects/${project}/global/networks/${tailOf(table)}`,
    destRange: prefix,
    priority: rank ?? DEFAULT_PRIORITY,
    ...(scopeTags === undefined ? {} : { tags: scopeTags }),
    ...hop,
  };
}

function nextHop(web: string, project: string, to: RouteTarget): Partial<RouteBody> | undefined {
  switch (to.kind) {
    case 'machine': {
      const machine = machinePlace(to.machine);
      return { nextHopInstance: `${web}/projects/${machine.project}/zones/${machine.zone}/instances/${machine.name}` };
    }
    case 'address':
      return { nextHopIp: to.address };
    case 'gateway':
      if (to.gateway === 'internet') {
        return { nextHopGateway: `${web}/projects/${project}/global/gateways/${to.id}` };
      }
      // An internal load balancer may be named by its address; of all else the facts keep too little.
      return to.gateway === 'other' && parseAddress(to.id) !== undefined ? { nextHopIlb: to.id } : undefined;
    case 'interface':
    case 'local':
    case 'none':
    case 'unknown':
      return undefined;
  }
}

import { containsAddress, parseAddress, parsePrefixes } from '../model/prefix.ts';
import type { NodeFacts, Snapshot } from '../model/snapshot.ts';
import { configOf } from './router-config.ts';
import type { RouterData } from './router-faults.ts';
import { adviseRouter, observeRouters, routerPlace, routerRouteText } from './router-faults.ts';
import { defineRule } from './rule.ts';

interface Data extends RouterData {
  /** Lines for all nodes in its networks; only on the first of several findings about one router. */
  readonly all: readonly string[];
}

export const torRouteMissing = defineRule<Data>({
  id: 'tor-route-missing',
  title: 'A router on the way has no route to a podCIDR',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => {
    const observations = observeRouters(context, 'tor-route-missing');
    const byRouter = Map.groupBy(observations, ({ data }) => data.fault.router);
    return observations.map((one) => {
      const { router, system } = one.data.fault;
      const group = byRouter.get(router) ?? [];
      const isFirst = group.length > 1 && group[0] === one;
      const nodes = isFirst ? nodesBeside(context.snapshot, router) : [];
      return { ...one, data: { ...one.data, all: configOf(system, router, nodes) } };
    });
  },
  explain: ({ data }) => ({
    what: `Router ${data.fault.router} has no route to ${routerPlace(data)}, the pods of ${data.fault.owner}: ${outcome(data)}.`,
    why:
      data.fault.problem === 'stranger'
        ? 'Whether that next hop knows the pods was not read, so nothing is certain. Most gateways know no pods.'
        : 'Nodes hand packets for other nodes’ pods to this router, and it drops them.',
    next: `${adviseRouter(data)}${data.all.length === 0 ? '' : ` All that it needs for the nodes in its networks: ${data.all.join(' ; ')}.`}${data.fault.problem === 'stranger' ? ` Or give an export of ${data.fault.nextHop ?? 'the next hop'} too (input fabric-routes), or say that it leads out of the site (#prc outside ${data.fault.nextHop ?? ''}).` : ''}`,
  }),
});

function outcome({ fault }: RouterData): string {
  const { problem, route, nextHop, leadsTo } = fault;
  const only = route === undefined ? 'nothing matches' : `only ${routerRouteText(route)} matches`;
  switch (problem) {
    case 'no-route':
      return 'nothing matches, not even a default route';
    case 'outside':
      return `${only}, which leads out of the site`;
    case 'stranger':
      return `${only}, and ${nextHop ?? 'that next hop'} is no node and no router that was read`;
    case 'elsewhere':
      return `${only}, which leads to ${leadsTo ?? 'another node'}`;
    case 'dropped':
      return `${only}, which drops`;
    case 'silent':
      return `${only}, and nobody answers there`;
    case 'loop':
      return `${only}, and packets come back`;
  }
}

function nodesBeside({ routers = [], cluster }: Snapshot, name: string): NodeFacts[] {
  const faces = routers.find((router) => router.name === name)?.interfaces.flatMap(({ addresses }) => addresses) ?? [];
  const networks = parsePrefixes(faces.map(({ address, length }) => `${address}/${String(length)}`));
  const isBeside = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && networks.some((network) => containsAddress(network, address));
  };
  return cluster.nodes.filter(({ internalIPs }) => internalIPs.some(isBeside));
}

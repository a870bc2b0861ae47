import type { Evidence } from '../model/judgement.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { Collision } from './collisions.ts';
import { Owners, findCollisions } from './collisions.ts';
import { findPeerCollisions } from './peer-collisions.ts';
import type { Words } from './rule.ts';
import { defineRule, distinctSorted } from './rule.ts';
import { termsOf } from './terms.ts';

const SHOWN = 8;

export const rangeCollision = defineRule<Collision>({
  id: 'range-collision',
  title: 'A pod range collides with another range',
  severity: 'error',
  needs: ['nodes', 'services', 'networks', 'subnets', 'routes', 'interfaces'],
  evaluate: (context) => {
    const owners = new Owners(context);
    return [...findCollisions(owners), ...findPeerCollisions(owners)].map((collision) => ({
      cause: collision.cause,
      verdict: 'fail',
      severity: severityOf(collision),
      subjects: {
        ...NO_SUBJECTS,
        nodes: distinctSorted(collision.overlaps.map(({ node }) => node)),
        prefixes: distinctSorted(collision.overlaps.map(({ podCIDR }) => podCIDR)),
        routes: distinctSorted(collision.overlaps.flatMap(({ route }) => route ?? [])),
      },
      evidence: describe(collision),
      pairsBroken: 0,
      roundTripsBroken: 0,
      data: collision,
    }));
  },
  explain: ({ data }) => explain(data),
});

/** Error only where packets are lost for certain. */
function severityOf({ kind, isLossy, isAssignable, fabric }: Collision): 'error' | 'warning' | 'notice' {
  if (isLossy) return 'error';
  if (kind !== 'network' || isAssignable) return 'warning';
  return termsOf(fabric ?? '').routesBeatOwnRange ? 'notice' : 'warning';
}

function describe({ overlaps, source }: Collision): Evidence[] {
  const shown = overlaps.slice(0, SHOWN).map(({ node, podCIDR, with: other }) => ({
    source,
    text: `${other} and podCIDR ${podCIDR} of node ${node}`,
  }));
  const left = overlaps.length - shown.length;
  return left === 0 ? shown : [...shown, { source, text: `and ${String(left)} more` }];
}

function explain(collision: Collision): Words {
  const { kind, range, overlaps, isLossy, isAssignable, fabric } = collision;
  const [first] = overlaps;
  const podCIDR = `podCIDR ${first?.podCIDR ?? ''} of node ${first?.node ?? ''}`;
  const others = new Set(overlaps.slice(1).map((one) => one.podCIDR));
  others.delete(first?.podCIDR ?? '');
  const pods = others.size === 0 ? podCIDR : `${podCIDR} and ${String(others.size)} other podCIDRs`;
  const other = first?.with ?? range;
  switch (kind) {
    case 'service':
      return {
        what: `The service range ${range} and ${pods} share addresses.`,
        why: 'Packets for a Service’s address are redirected on the node that sends them, so a pod that gets the same address is not reachable. Which addresses Services have is not read.',
        next: 'Keep the two apart: another --cluster-cidr (kube-controller-manager) gives nodes other podCIDRs when they are recreated, another --service-cluster-ip-range (kube-apiserver) moves the Services.',
      };
    case 'peer':
      return {
        what: `The range ${range} of the peered network ${collision.peer ?? ''} and ${pods} share addresses.`,
        why: 'The longer route wins for them, so pods and whatever has the same address in the peered network cannot both be reached, and answers go astray.',
        next: 'Give the cluster a pod range that no peered network uses, and recreate the nodes with podCIDRs from it; or end the peering if nothing needs it.',
      };
    case 'address':
    case 'network': {
      const network = kind === 'network' ? `${termsOf(fabric ?? '').network} ${range}` : 'the nodes';
      if (isLossy) {
        return {
          what: `The ${other} lies in ${pods}.`,
          why: `The longest prefix wins: with a route for the podCIDR, packets for that node go to ${first?.node ?? 'the owner of the podCIDR'} instead, and everything that needs the node’s address fails.`,
          next: 'Give the cluster a pod range outside the nodes’ addresses, and recreate the nodes with podCIDRs from it.',
        };
      }
      return {
        what: `${capital(pods)} ${others.size === 0 ? 'lies' : 'lie'} in a range of ${network}: ${other}.`,
        why: isAssignable
          ? 'Every path passes today. The cloud does not know that pods have these addresses, and may give one to a machine at any time: then one of the two is unreachable.'
          : 'Every path passes today. But once a subnet is made there, the cloud gives its addresses to machines, and pods and machines with the same address cannot both be reached.',
        next: `Give the cluster a pod range outside ${network}, and recreate the nodes with podCIDRs from it; until then leave these addresses free.`,
      };
    }
  }
}

function capital(text: string): string {
  return text.startsWith('podCIDR') ? `The ${text}` : text;
}

/** Where on a path a finding belongs: the one table from rules to hops. */
import type { RuleId } from '../../model/config.ts';
import { FACETS, type Facet } from '../../model/snapshot.ts';
import type { PageFinding, PageNode } from './model.ts';

export const HOP_KINDS = [
  'pod-from',
  'kernel-from',
  'interface-from',
  'way',
  'filters',
  'interface-to',
  'kernel-to',
  'pod-to',
] as const;
export type HopKind = (typeof HOP_KINDS)[number];

/** `pod`, `kernel` and `interface` are there on both sides; `path`: no single hop; `facet`: where its gap belongs. */
type Part = 'pod' | 'kernel' | 'interface' | 'way' | 'filters' | 'path';

// A rule without a place does not compile.
const PART_OF_RULE: Readonly<Record<RuleId, Part | 'facet'>> = {
  'advertised-address-wrong': 'kernel',
  'agent-missing': 'kernel',
  'asymmetric-path': 'path',
  'backend-mixed': 'kernel',
  'bridge-netfilter-missing': 'kernel',
  'cloud-forwarding-off': 'interface',
  'daemonset-os-selector': 'kernel',
  'duplicate-cloud-route': 'way',
  'evidence-incomplete': 'facet',
  'fabric-route-dead': 'way',
  'fabric-route-missing': 'way',
  'fabric-route-wrong-target': 'way',
  'firewall-excludes-pods': 'filters',
  'flannel-config-invalid': 'kernel',
  'host-gw-off-link': 'way',
  'host-firewall-drops': 'kernel',
  'host-forwarding-off': 'kernel',
  'host-rp-filter-strict': 'kernel',
  'multi-nic-ambiguity': 'interface',
  'network-mode-implausible': 'kernel',
  'no-room-for-nodes': 'way',
  'node-condition-misleading': 'kernel',
  'node-route-missing': 'kernel',
  'node-route-stale-or-wrong': 'kernel',
  'node-unmatched': 'interface',
  'not-durable': 'interface',
  'orphan-route': 'way',
  'pod-source-rewritten': 'kernel',
  'podcidr-overlap': 'pod',
  'podcidr-unassigned': 'pod',
  'port-security-drops': 'interface',
  'range-collision': 'pod',
  'route-controller-blocked': 'way',
  'route-quota': 'way',
  'route-shadowed': 'way',
  'route-table-not-associated': 'way',
  'rule-crashed': 'path',
  'second-family-uncovered': 'way',
  'tor-route-missing': 'way',
  'tor-route-orphan': 'way',
  'tor-route-wrong': 'way',
  'vxlan-windows-values': 'kernel',
  'windows-hns-network-wrong': 'kernel',
  'windows-outbound-nat': 'kernel',
  'windows-route-not-stored': 'kernel',
};

const PART_OF_FACET: Readonly<Record<Facet, Part>> = {
  nodes: 'kernel',
  cni: 'kernel',
  machines: 'interface',
  interfaces: 'interface',
  subnets: 'way',
  networks: 'way',
  routes: 'way',
  'prefix-lists': 'way',
  filters: 'filters',
  limits: 'path',
  services: 'path',
  guests: 'kernel',
  ports: 'interface',
  changed: 'path',
};

/** Empty: it concerns the path as a whole. */
export function placeFinding(finding: PageFinding, from: PageNode, to: PageNode): readonly HopKind[] {
  const part = partOf(finding);
  switch (part) {
    case 'path':
      return [];
    case 'way':
    case 'filters':
      return [part];
    case 'pod':
    case 'kernel':
    case 'interface': {
      const { nodes, interfaces } = finding.subjects;
      const names = (node: PageNode): boolean => {
        return nodes.includes(node.name) || node.interfaces.some((id) => interfaces.includes(id));
      };
      const sides = [...(names(from) ? (['from'] as const) : []), ...(names(to) ? (['to'] as const) : [])];
      // A cause that names neither is the same for both.
      return (sides.length > 0 ? sides : (['from', 'to'] as const)).map((side) => `${part}-${side}` as const);
    }
  }
}

function partOf({ rule, key }: PageFinding): Part {
  const part = PART_OF_RULE[rule];
  if (part !== 'facet') return part;
  // The key of a gap's finding is rule / facet / scope / subject.
  const name = key.split('/')[1];
  const facet = FACETS.find((known) => known === name);
  return facet === undefined ? 'path' : PART_OF_FACET[facet];
}

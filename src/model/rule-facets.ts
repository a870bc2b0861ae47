/** What each rule looks at: where some of it could not be read, what the rule does not find proves nothing. */
import type { RuleId } from './config.ts';
import type { Facet } from './snapshot.ts';

export const RULE_FACETS: Readonly<Record<RuleId, readonly Facet[]>> = {
  'asymmetric-path': [],
  'cloud-forwarding-off': ['interfaces'],
  'duplicate-cloud-route': ['routes', 'interfaces'],
  'evidence-incomplete': [],
  'fabric-route-dead': ['routes', 'interfaces', 'machines'],
  'fabric-route-missing': ['routes'],
  'fabric-route-wrong-target': ['routes', 'interfaces'],
  'firewall-excludes-pods': ['filters', 'interfaces'],
  'host-gw-off-link': ['routes'],
  'multi-nic-ambiguity': ['routes', 'interfaces'],
  'network-mode-implausible': [],
  'no-room-for-nodes': ['nodes'],
  'node-condition-misleading': ['nodes'],
  'node-unmatched': ['machines', 'nodes'],
  'not-durable': ['interfaces'],
  'orphan-route': ['routes'],
  'podcidr-overlap': ['nodes'],
  'podcidr-unassigned': ['nodes'],
  'range-collision': ['nodes'],
  'route-controller-blocked': ['routes', 'nodes'],
  'route-quota': ['routes'],
  'route-shadowed': ['routes'],
  'route-table-not-associated': ['routes'],
  'rule-crashed': [],
  'second-family-uncovered': ['routes'],
};

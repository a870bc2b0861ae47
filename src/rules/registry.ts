/** Every rule, by id. A new one is added here and nowhere else. */
import { advertisedAddressWrong } from './advertised-address-wrong.ts';
import { agentMissing } from './agent-missing.ts';
import { asymmetricPath } from './asymmetric-path.ts';
import { backendMixed } from './backend-mixed.ts';
import { bridgeNetfilterMissing } from './bridge-netfilter-missing.ts';
import { cloudForwardingOff } from './cloud-forwarding-off.ts';
import { daemonsetOsSelector } from './daemonset-os-selector.ts';
import { duplicateCloudRoute } from './duplicate-cloud-route.ts';
import { evidenceIncomplete } from './evidence-incomplete.ts';
import { fabricRouteDead } from './fabric-route-dead.ts';
import { fabricRouteMissing } from './fabric-route-missing.ts';
import { fabricRouteWrongTarget } from './fabric-route-wrong-target.ts';
import { firewallExcludesPods } from './firewall-excludes-pods.ts';
import { flannelConfigInvalid } from './flannel-config-invalid.ts';
import { hostFirewallDrops } from './host-firewall-drops.ts';
import { hostForwardingOff } from './host-forwarding-off.ts';
import { hostGwOffLink } from './host-gw-off-link.ts';
import { hostRpFilterStrict } from './host-rp-filter-strict.ts';
import { multiNicAmbiguity } from './multi-nic-ambiguity.ts';
import { networkModeImplausible } from './network-mode-implausible.ts';
import { noRoomForNodes } from './no-room-for-nodes.ts';
import { nodeConditionMisleading } from './node-condition-misleading.ts';
import { nodeRouteMissing } from './node-route-missing.ts';
import { nodeRouteStaleOrWrong } from './node-route-stale-or-wrong.ts';
import { nodeUnmatched } from './node-unmatched.ts';
import { notDurable } from './not-durable.ts';
import { orphanRoute } from './orphan-route.ts';
import { podSourceRewritten } from './pod-source-rewritten.ts';
import { podcidrOverlap } from './podcidr-overlap.ts';
import { podcidrUnassigned } from './podcidr-unassigned.ts';
import { portSecurityDrops } from './port-security-drops.ts';
import { rangeCollision } from './range-collision.ts';
import { routeControllerBlocked } from './route-controller-blocked.ts';
import { routeQuota } from './route-quota.ts';
import { routeShadowed } from './route-shadowed.ts';
import { routeTableNotAssociated } from './route-table-not-associated.ts';
import { secondFamilyUncovered } from './second-family-uncovered.ts';
import { torRouteMissing } from './tor-route-missing.ts';
import { torRouteOrphan } from './tor-route-orphan.ts';
import { torRouteWrong } from './tor-route-wrong.ts';
import { vxlanWindowsValues } from './vxlan-windows-values.ts';
import { windowsHnsNetworkWrong } from './windows-hns-network-wrong.ts';
import { windowsOutboundNat } from './windows-outbound-nat.ts';
import { windowsRouteNotStored } from './windows-route-not-stored.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [
  advertisedAddressWrong,
  agentMissing,
  asymmetricPath,
  backendMixed,
  bridgeNetfilterMissing,
  cloudForwardingOff,
  daemonsetOsSelector,
  duplicateCloudRoute,
  evidenceIncomplete,
  fabricRouteDead,
  fabricRouteMissing,
  fabricRouteWrongTarget,
  firewallExcludesPods,
  flannelConfigInvalid,
  hostFirewallDrops,
  hostForwardingOff,
  hostGwOffLink,
  hostRpFilterStrict,
  multiNicAmbiguity,
  networkModeImplausible,
  noRoomForNodes,
  nodeConditionMisleading,
  nodeRouteMissing,
  nodeRouteStaleOrWrong,
  nodeUnmatched,
  notDurable,
  orphanRoute,
  podSourceRewritten,
  podcidrOverlap,
  podcidrUnassigned,
  portSecurityDrops,
  rangeCollision,
  routeControllerBlocked,
  routeQuota,
  routeShadowed,
  routeTableNotAssociated,
  secondFamilyUncovered,
  torRouteMissing,
  torRouteOrphan,
  torRouteWrong,
  vxlanWindowsValues,
  windowsHnsNetworkWrong,
  windowsOutboundNat,
  windowsRouteNotStored,
];

/** Cilium, and Google's Dataplane V2. Source: Cilium, Documentation/network/concepts (routing, ipam). */
import type { CiliumConfig } from '../../model/snapshot.ts';
import type { Guess, NodeEvidence, Tunnel } from './guess.ts';
import { gapAbout, udp, unknown } from './guess.ts';

/** Address managements that give pods addresses of the cloud's interfaces. */
const INTERFACE_IPAM = ['eni', 'azure', 'alibabacloud'];

/** Those whose ranges are known: spec.podCIDRs, or what a CiliumNode says. */
const RANGE_IPAM = ['kubernetes', 'cluster-pool', 'multi-pool'];

/** Undefined: Cilium is chained to another agent, which moves the packets. */
export function fromCilium(evidence: NodeEvidence): Guess | undefined {
  const { cilium } = evidence.cni;
  if (cilium === undefined) {
    return unknown('Cilium runs here, but cilium-config was not read', gapAbout(evidence, /cilium-config/));
  }
  if (cilium.chaining !== undefined) return undefined;
  if (cilium.routingMode === 'tunnel') return fromTunnel(cilium);
  if (cilium.routingMode !== 'native') return unknown(`Cilium's routing-mode ${cilium.routingMode} is not known`);
  return fromNative(cilium, evidence);
}

function fromTunnel(cilium: CiliumConfig): Guess {
  const tunnel = tunnelOf(cilium);
  return { mode: 'overlay', reason: 'Cilium runs here in tunnel mode', ...(tunnel === undefined ? {} : { tunnel }) };
}

/** With encryption the packets are other ones, and which is not read. */
function tunnelOf({ tunnelProtocol = 'vxlan', tunnelPort, encryption }: CiliumConfig): Tunnel | undefined {
  if (encryption !== undefined) return undefined;
  if (tunnelProtocol === 'vxlan') return udp('VXLAN', tunnelPort ?? 8472, 'node');
  return tunnelProtocol === 'geneve' ? udp('Geneve', tunnelPort ?? 6081, 'node') : undefined;
}

function fromNative(cilium: CiliumConfig, evidence: NodeEvidence): Guess {
  const { agents, ranges } = evidence;
  const said = `Cilium runs here with native routing and ipam ${cilium.ipam}`;
  if (INTERFACE_IPAM.includes(cilium.ipam)) return { mode: 'eni', reason: said };
  // Azure CNI powered by Cilium: the address management of Azure is asked for every pod.
  if (cilium.ipam === 'delegated-plugin' && agents.includes('azure-cni')) return { mode: 'eni', reason: said };
  if (!RANGE_IPAM.includes(cilium.ipam)) return unknown(`${said}, whose pod ranges are not read`);
  if (cilium.encryption === 'wireguard') {
    return { mode: 'overlay', reason: `${said}, and WireGuard carries its packets between nodes` };
  }
  if (cilium.encryption === 'ipsec') return unknown(`${said} and IPsec, whose packets are not followed`);
  if (ranges.missing !== undefined) return unknown(`${said}, and the nodes' ranges could not be read`, ranges.missing);
  if (cilium.autoDirectNodeRoutes) return { mode: 'host-gw', reason: `${said} and direct routes between nodes` };
  if (evidence.fabricAssignsPods) return { mode: 'fabric', reason: `${said}; the cloud assigns the node's range` };
  // Without direct routes Cilium leaves it to whoever routes: the cloud, or a BGP daemon that nothing here shows.
  if (evidence.fabricHoldsPodRoutes) return { mode: 'fabric', reason: `${said}; the route tables hold pod routes` };
  if (evidence.fabricDecides && cilium.bgp !== true) {
    return { mode: 'fabric', reason: `${said}, and in this cloud only route tables could route it` };
  }
  return unknown(`${said}, without direct routes, and no route table holds a pod route: who routes is not known`);
}

/** Google configures it: no tunnel, and pods have addresses of alias ranges. */
export function fromDataplaneV2({ fabricAssignsPods }: NodeEvidence): Guess {
  const said = 'Dataplane V2 runs here';
  if (fabricAssignsPods) return { mode: 'fabric', reason: `${said}, and the podCIDR is an alias range of the node` };
  return unknown(`${said}, but no interface has the podCIDR as alias range`);
}

/** Agents of which one look says all: each a function of the evidence. */
import type { Guess, NodeEvidence, Tunnel } from './guess.ts';
import { IPIP, gapAbout, udp, unknown } from './guess.ts';

export function fromVpcCni(): Guess {
  return { mode: 'eni', reason: 'the AWS VPC CNI runs here: pods have addresses of network interfaces' };
}

/** Labels tell which kind; that its agent runs tells that Azure itself knows the pods' addresses. */
export function fromAzureCni({ node }: NodeEvidence): Guess {
  const { labels } = node;
  const isOverlay = labels['kubernetes.azure.com/azure-cni-overlay'] === 'true';
  const kind = isOverlay ? 'overlay' : labels['kubernetes.azure.com/podnetwork-type'];
  const told = kind === undefined ? '' : ` (${kind})`;
  return { mode: 'eni', reason: `Azure CNI runs here${told}: Azure itself carries packets to pod addresses` };
}

/** Its data goes to UDP 6783 or 6784, which of them is chosen per connection: no one tunnel. */
export function fromWeave(): Guess {
  return { mode: 'overlay', reason: 'Weave Net runs here and encapsulates' };
}

export function fromOvn(): Guess {
  return { mode: 'overlay', reason: 'OVN-Kubernetes runs here and encapsulates', tunnel: udp('Geneve', 6081, 'node') };
}

/** A host route per peer via its node address, and nothing else. */
export function fromKindnet(): Guess {
  return { mode: 'host-gw', reason: 'kindnet runs here: a host route per node' };
}

/** Source: kube-router, docs/tunnels.md: tunnels to nodes outside the own subnet unless told otherwise. */
export function fromKubeRouter({ cni }: NodeEvidence): Guess {
  const { kubeRouter } = cni;
  if (kubeRouter === undefined) return unknown('kube-router runs here, but its flags were not read');
  if (!kubeRouter.mesh) return unknown('kube-router runs here, but its nodes do not exchange all routes');
  const tunnel = kubeRouter.encapsulation === 'ipip' ? { tunnel: IPIP } : {};
  switch (kubeRouter.overlay) {
    case 'none':
      return { mode: 'host-gw', reason: 'kube-router runs here with --enable-overlay=false' };
    case 'full':
      return { mode: 'overlay', reason: 'kube-router runs here with --overlay-type=full', ...tunnel };
    case 'subnet':
      return { mode: 'cross-subnet', reason: 'kube-router runs here with tunnels between subnets', ...tunnel };
  }
}

/** Undefined: Antrea only enforces policies, and another agent moves the packets. Source: Antrea, docs/noencap-hybrid-modes.md. */
export function fromAntrea(evidence: NodeEvidence): Guess | undefined {
  const { antrea } = evidence.cni;
  if (antrea === undefined) {
    return unknown('Antrea runs here, but its configuration was not read', gapAbout(evidence, /antrea/i));
  }
  const { encapMode, tunnelType, tunnelPort, encryption } = antrea;
  if (encapMode === 'networkpolicyonly') return undefined;
  const said = `Antrea runs here with trafficEncapMode ${encapMode}`;
  const tunnel = encryption === 'none' ? antreaTunnel(tunnelType, tunnelPort) : undefined;
  const carried = tunnel === undefined ? {} : { tunnel };
  if (encapMode === 'encap') return { mode: 'overlay', reason: said, ...carried };
  if (encryption !== 'none') return unknown(`${said} and ${encryption}, whose packets are not followed`);
  if (encapMode === 'hybrid') return { mode: 'cross-subnet', reason: said, ...carried };
  return encapMode === 'noencap' ? { mode: 'host-gw', reason: said } : unknown(`${said}, which is not known`);
}

function antreaTunnel(type: string, port: number | undefined): Tunnel | undefined {
  if (type === 'geneve') return udp('Geneve', port ?? 6081, 'node');
  if (type === 'vxlan') return udp('VXLAN', port ?? 4789, 'node');
  return type === 'gre' ? { protocol: '47', name: 'GRE, protocol 47', outer: 'node' } : undefined;
}

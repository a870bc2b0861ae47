/**
 * flannel, alone or as half of Canal, in a pod or inside k3s. Its annotation says which backend a node runs, and its
 * net-conf.json how. Source: flannel, Documentation/backends.md and pkg/subnet/kube.
 */
import { FLANNEL_BACKENDS } from '../../model/network-modes.ts';
import type { Agent, NodeFacts } from '../../model/snapshot.ts';
import type { Guess, NodeEvidence, Tunnel } from './guess.ts';
import { IPIP, gapAbout, udp, unknown } from './guess.ts';

/** Backends that know DirectRouting. */
const DIRECT = new Set(['vxlan', 'ipip']);

export function runsFlannel(agents: readonly Agent[]): boolean {
  return agents.includes('flannel') || agents.includes('canal');
}

/** k3s, and RKE2 on Windows, run flannel inside the process that also is the kubelet: a Ready node has it running. */
export function embedsFlannel(node: NodeFacts, k3sBackend: string | undefined): boolean {
  if (node.k3sNodeArgs === undefined || node.ready !== 'True') return false;
  return (backendFlag(node) ?? k3sBackend) !== 'none';
}

/** Only servers of k3s have the flag; it holds for all nodes. */
export function findK3sBackend(nodes: readonly NodeFacts[]): string | undefined {
  for (const node of nodes) {
    const flag = backendFlag(node);
    if (flag !== undefined) return flag;
  }
  return undefined;
}

function backendFlag({ k3sNodeArgs = [] }: NodeFacts): string | undefined {
  return /--flannel-backend[= ](\S+)/.exec(k3sNodeArgs.join(' '))?.[1];
}

export function fromFlannel(evidence: NodeEvidence): Guess {
  const { node, agents, cni, k3sBackend } = evidence;
  const inPod = runsFlannel(agents);
  const backend = node.flannel?.backendType ?? (inPod ? cni.flannel?.backendType : (backendFlag(node) ?? k3sBackend));
  if (backend === undefined) return unknown('flannel runs here, but has not said which backend it uses');
  const mode = FLANNEL_BACKENDS[backend];
  if (mode === undefined) return unknown(`flannel's backend ${backend} is not known`);
  const reason = `flannel runs here with backend ${backend}`;
  const announced = [node.flannel?.publicIP, node.flannel?.publicIPv6].filter((text) => text !== undefined);
  if (mode !== 'overlay') return { mode, reason, ...(announced.length === 0 ? {} : { announced }) };
  const tunnel = tunnelOf(backend, evidence);
  const carried = { ...(tunnel === undefined ? {} : { tunnel }), ...(announced.length === 0 ? {} : { announced }) };
  if (!inPod || !DIRECT.has(backend)) return { mode, reason, ...carried };
  if (cni.flannel === undefined) {
    const gap = gapAbout(evidence, /flannel|canal|net-conf/);
    return unknown(`${reason}, and whether DirectRouting is on could not be read`, gap);
  }
  if (!cni.flannel.directRouting) return { mode, reason, ...carried };
  return { mode: 'cross-subnet', reason: `${reason} and DirectRouting`, ...carried };
}

/** The default ports are those of the Linux kernel and of flannel; Windows knows only 4789, which has to be written. */
function tunnelOf(backend: string, { node, agents, cni, hasWindows }: NodeEvidence): Tunnel | undefined {
  const config = cni.flannel?.backendType === backend ? cni.flannel : undefined;
  const isConfigured = config !== undefined || !runsFlannel(agents);
  switch (backend) {
    case 'vxlan':
      if (config?.port !== undefined) return udp('VXLAN', config.port);
      if (node.os === 'windows') return udp('VXLAN', 4789);
      return isConfigured && !hasWindows ? udp('VXLAN', 8472) : undefined;
    case 'wireguard':
    case 'wireguard-native':
      return isConfigured ? udp('WireGuard', config?.port ?? 51_820, 'ipv4') : undefined;
    case 'ipip':
      return IPIP;
    case 'udp':
      return isConfigured ? udp('flannel’s udp backend', config?.port ?? 8285, 'ipv4') : undefined;
    default:
      return undefined;
  }
}

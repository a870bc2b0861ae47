/**
 * flannel, alone or as half of Canal, in a pod or inside k3s. Its annotation says which backend a node runs, and its
 * net-conf.json how. Source: flannel, Documentation/backends.md and pkg/subnet/kube.
 */
import { flannelConfigOf } from '../../model/flannel.ts';
import { FLANNEL_BACKENDS } from '../../model/network-modes.ts';
import type { Agent, NodeFacts } from '../../model/snapshot.ts';
import type { FlannelBackend, Guess, NodeEvidence, Tunnel } from './guess.ts';
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
  const config = inPod ? flannelConfigOf(cni, node.name) : undefined;
  const backend = node.flannel?.backendType ?? (inPod ? config?.backendType : (backendFlag(node) ?? k3sBackend));
  if (backend === undefined) return unknown('flannel runs here, but has not said which backend it uses');
  const mode = FLANNEL_BACKENDS[backend];
  if (mode === undefined) return unknown(`flannel's backend ${backend} is not known`);
  const reason = `flannel runs here with backend ${backend}`;
  const announced = [node.flannel?.publicIP, node.flannel?.publicIPv6].filter((text) => text !== undefined);
  const flannel = { flannel: backendOf(backend, evidence) };
  if (mode !== 'overlay') return { mode, reason, ...flannel, ...(announced.length === 0 ? {} : { announced }) };
  const tunnel = tunnelOf(backend, evidence);
  const carried = {
    ...flannel,
    ...(tunnel === undefined ? {} : { tunnel }),
    ...(announced.length === 0 ? {} : { announced }),
  };
  if (!inPod || !DIRECT.has(backend)) return { mode, reason, ...carried };
  if (config === undefined) {
    const gap = gapAbout(evidence, /flannel|canal|net-conf/);
    return unknown(`${reason}, and whether DirectRouting is on could not be read`, gap);
  }
  if (!config.directRouting) return { mode, reason, ...carried };
  return { mode: 'cross-subnet', reason: `${reason} and DirectRouting`, ...carried };
}

function backendOf(backend: string, evidence: NodeEvidence): FlannelBackend {
  // k3s has a name of its own for it, until flannel has written the annotation.
  if (backend === 'wireguard-native') return { type: 'wireguard' };
  if (backend !== 'vxlan') return { type: backend };
  const vni = announcedVni(evidence.node);
  const port = vxlanPort(evidence, vni);
  return { type: backend, ...(vni === undefined ? {} : { vni }), ...(port === undefined ? {} : { port }) };
}

/** flannel writes `{"VNI":1,"VtepMAC":"..."}`; its early versions the address only. */
function announcedVni({ flannel }: NodeFacts): number | undefined {
  const vni = /"VNI"\s*:\s*(\d+)/.exec(flannel?.backendData ?? '')?.[1];
  return vni === undefined ? undefined : Number(vni);
}

/** On Windows flannel starts with no other than 4789 (vxlan_windows.go); elsewhere the kernel's default is 8472. */
function vxlanPort(evidence: NodeEvidence, vni: number | undefined): number | undefined {
  const { node, agents, cni } = evidence;
  if (node.os === 'windows') return 4789;
  const config = runsFlannel(agents) ? flannelConfigOf(cni, node.name) : undefined;
  // With another identifier than is written now it was started before that was written.
  if (config?.backendType !== 'vxlan' || vni !== (config.vni ?? 1)) return undefined;
  return config.port ?? 8472;
}

/** The default ports are those of the Linux kernel and of flannel; Windows knows only 4789, which has to be written. */
function tunnelOf(backend: string, evidence: NodeEvidence): Tunnel | undefined {
  const { node, agents, cni, hasWindows } = evidence;
  const written = flannelConfigOf(cni, node.name);
  const config = written?.backendType === backend ? written : undefined;
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

/** Nodes' kernels as their node_exporter tells of them: `guests: api`. That is one switch, and nothing of routes. */
import { GUEST_PARTS } from '../model/guest.ts';
import type { HostPod } from '../model/pod.ts';
import type { GuestReader, PodAccess } from '../ports.ts';
import { askNodes, failed, nameOf, type NodeAnswer, type Outside } from './answers.ts';

const PORT = 9100;
/** Only what is in /proc/net/netstat and /proc/net/snmp: a few kilobytes. */
const PATH = '/metrics?collect[]=netstat';
const AT_A_TIME = 20;

const NOTHING_ELSE = 'node_exporter tells only whether the kernel forwards IPv4';

export function openNodeExporters(outside: Outside): GuestReader {
  return {
    read: (nodes) =>
      askNodes(nodes, AT_A_TIME, outside, ({ name, os }, pods, access) =>
        os === 'windows'
          ? Promise.resolve({ reason: 'on Windows it cannot be read this way' })
          : readNode(name, pods, access, outside),
      ),
  };
}

async function readNode(
  node: string,
  pods: readonly HostPod[],
  access: PodAccess,
  { clock }: Outside,
): Promise<NodeAnswer> {
  const exporter = pods.find(isExporter);
  if (exporter === undefined) return { reason: 'no node_exporter with host network runs on it' };
  const answer = await access.fetch(exporter, PORT, PATH);
  if (!answer.ok) return failed(answer, nameOf(exporter));
  const forwarding4 = parseForwarding(answer.value);
  if (forwarding4 === undefined) return { reason: `${nameOf(exporter)}: its metrics say nothing about forwarding` };
  return {
    node,
    os: 'linux',
    source: `node_exporter in ${nameOf(exporter)}`,
    readAt: new Date(clock.now()).toISOString(),
    links: [],
    routes: [],
    rules4: [],
    rules6: [],
    neighbours: [],
    all: { forwarding4 },
    fresh: {},
    unread: GUEST_PARTS.map((part) => ({ part, reason: NOTHING_ELSE })),
  };
}

function isExporter({ containers }: HostPod): boolean {
  return containers.some(({ name, image }) => /^node[-_]exporter$/.test(name) || /node[-_]exporter(:|@|$)/.test(image));
}

/**
 * `Ip: Forwarding` of /proc/net/snmp (RFC 4293, ipForwarding: 1 forwards, 2 does not), which Linux fills with
 * net.ipv4.ip_forward. Undefined: it is not there, or is none of the two.
 */
export function parseForwarding(metrics: string): boolean | undefined {
  const value = /^node_netstat_Ip_Forwarding(?:\{[^}\n]*\})?[ \t]+(\S+)/m.exec(metrics)?.[1];
  const number = Number(value);
  if (number !== 1 && number !== 2) return undefined;
  return number === 1;
}

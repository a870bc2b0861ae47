// What `guests: exec` reads in real kernels is what collect.sh writes there.
import { describe, expect, test } from '@jest/globals';
import { labCluster, topologyOf } from '../../../lab/guests/metal-topology.ts';
import { KernelLab, whyNoKernelLab } from '../../../lab/kernel/namespaces.ts';
import { parseBundle } from '../../../src/guests/bundle.ts';
import { openGuestExec } from '../../../src/guests/exec.ts';
import type { PodAccess } from '../../../src/ports.ts';
import type { GuestFacts, NodeFacts } from '../../../src/model/snapshot.ts';

const trouble = whyNoKernelLab();
if (trouble !== undefined) console.warn(`Skipped: ${trouble}.`);

const LINES = [
  'route add 10.9.0.0/16 via 192.168.50.250 dev eth0 metric 7 onlink',
  'route add blackhole 10.8.0.0/16',
  'rule add from 10.244.0.0/16 lookup 100 priority 1000',
  'link add br.7 type bridge',
];

const SWITCHES = {
  'ipv4/conf/eth0/arp_ignore': '1',
  'ipv4/conf/cni0/proxy_arp': '1',
  'ipv4/conf/all/rp_filter': '2',
  'ipv6/conf/all/forwarding': '1',
};

/** Commands run in the namespace of the node, instead of in a pod there. */
function inside(lab: KernelLab, names: readonly string[]): PodAccess {
  return {
    listHostPods: async () => ({
      ok: true,
      value: names.map((node) => ({
        namespace: 'kube-flannel',
        name: node,
        node,
        containers: [{ name: 'kube-flannel', image: 'flannel' }],
      })),
    }),
    fetch: async () => ({ ok: false, reason: 'nobody asks' }),
    run: async ({ node }, { command }) => {
      const { exit: status, ...said } = lab.exec(node, command);
      return { ok: true, value: { ...said, status } };
    },
  };
}

const isLasting = (text: string): boolean => !text.startsWith('fe80:');

/**
 * Without what says where and when it was read, how long ago neighbours were heard, what IPv6 is still busy with, and
 * arp_ignore where no neighbour asks.
 */
function comparable({ links, routes, neighbours, ...facts }: GuestFacts): unknown {
  const bare = links.map(({ arpIgnore, addresses, ...link }) => ({
    ...link,
    addresses: addresses.filter(({ address }) => isLasting(address)),
    ...(['lo', 'veth0'].includes(link.name) ? {} : { arpIgnore }),
  }));
  return {
    ...facts,
    links: bare.sort((a, b) => (a.name < b.name ? -1 : 1)),
    routes: routes.filter(({ prefix }) => isLasting(prefix)),
    neighbours: neighbours
      .map(({ address }) => address)
      .filter(isLasting)
      .sort(),
    source: '',
    readAt: '',
  };
}

(trouble === undefined ? describe : describe.skip)('real kernels', () => {
  test('commands without a shell come to what the script comes to', async () => {
    const plain = topologyOf(labCluster(3));
    const nodes = plain.nodes.map((node, at) =>
      at === 0 ? { ...node, lines: [...node.lines, ...LINES], switches: { ...node.switches, ...SWITCHES } } : node,
    );
    const lab = new KernelLab({ ...plain, nodes }, 'exec');
    try {
      const names = nodes.map(({ name }) => name);
      const reader = openGuestExec({
        timeoutMs: 600_000,
        pods: async () => inside(lab, names),
        clock: { now: () => 0, sleep: async () => undefined },
        log: {
          debug: () => undefined,
          info: () => undefined,
          warning: () => undefined,
          fold: () => undefined,
          group: (_title, work) => work(),
        },
      });
      const asked = names.map((name) => ({ name, os: 'linux' }) as NodeFacts);
      const { facts, gaps } = await reader.read(asked);
      const collected = nodes.flatMap((node) => parseBundle(lab.collect(node), 'file'));
      expect(gaps).toEqual([]);
      expect(facts.map(comparable)).toEqual(collected.map((one) => comparable(one as GuestFacts)));
      expect(facts[0]?.links.find(({ name }) => name === 'eth0')).toMatchObject({ arpIgnore: 1, forwarding4: true });
      expect(facts[0]?.links.map(({ name }) => name)).toContain('br.7');
    } finally {
      lab.close();
    }
  }, 60_000);
});

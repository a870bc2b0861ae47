// Nodes' kernels by way of pods, against the lab's API server and answers of real kernels.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { openGuestExec } from '../../../src/guests/exec.ts';
import { openNodeExporters } from '../../../src/guests/node-exporter.ts';
import type { Outside } from '../../../src/guests/answers.ts';
import type { GuestFacts, Gap, NodeFacts } from '../../../src/model/snapshot.ts';
import type { GuestReader } from '../../../src/ports.ts';
import type { ExecAnswer, ExecAsk } from '../../../lab/servers/options.ts';
import { labCluster } from '../../../lab/guests/metal-topology.ts';
import { BUSYBOX_IP, recordedAnswer } from '../../../lab/guests/recorded.ts';
import type { World } from '../../../lab/world/world.ts';
import { withPods, type WayOptions } from './pods.ts';

interface Read {
  readonly facts: readonly GuestFacts[];
  readonly gaps: readonly Gap[];
  readonly warnings: readonly string[];
}

function nodesOf({ cluster }: World): NodeFacts[] {
  return cluster.nodes.map(({ name, os }) => ({
    name,
    os,
    podCIDRs: [],
    internalIPs: [],
    ready: 'True',
    unschedulable: false,
    taints: [],
    labels: {},
  }));
}

function read(made: World, options: WayOptions, open: (outside: Outside) => GuestReader): Promise<Read> {
  return withPods(made, options, async ({ pods }) => {
    const warnings: string[] = [];
    const quiet = (): void => undefined;
    const outside: Outside = {
      pods: () => Promise.resolve(pods),
      clock: { now: () => Date.parse('2026-11-25T12:00:00Z'), sleep: async () => undefined },
      log: {
        debug: quiet,
        info: quiet,
        warning: (text) => void warnings.push(text),
        fold: quiet,
        group: (_title, work) => work(),
      },
    };
    const { facts, gaps } = await open(outside).read(nodesOf(made));
    return { facts, gaps, warnings };
  });
}

const readByExec = (options: WayOptions, made = labCluster(4)): Promise<Read> =>
  read(made, options, (outside) => openGuestExec({ ...outside, timeoutMs: 600_000 }));

const readByApi = (options: WayOptions, made: World): Promise<Read> => read(made, options, openNodeExporters);

/** Dozens of connections, each with a TLS handshake. */
const SLOW = 30_000;

/** Whose image has everything. */
const OTHER = { name: 'other', image: '' };

test(
  'every node is read in the pod of its network agent, whole',
  async () => {
    const { facts, gaps, warnings } = await readByExec({ exec: recordedAnswer });
    expect({ gaps, warnings }).toEqual({ gaps: [], warnings: [] });
    expect(facts.map(({ node }) => node)).toEqual(['worker-01', 'worker-02', 'worker-03', 'worker-04']);
    expect(facts[0]).toMatchObject({
      node: 'worker-01',
      os: 'linux',
      source: expect.stringMatching(/^pod kube-flannel\/kube-flannel-ds-/),
      readAt: '2026-11-25T12:00:00Z',
      all: { forwarding4: true, forwarding6: false, rpFilter: 0, arpIgnore: 0, proxyArp: false },
      fresh: { forwarding4: true, rpFilter: 0 },
      unread: [],
    });
    expect(facts[0]?.links.find(({ name }) => name === 'eth0')).toMatchObject({
      forwarding4: true,
      rpFilter: 0,
      arpIgnore: 0,
      addresses: expect.arrayContaining([{ address: '192.168.50.10', length: 24 }]),
    });
    const peers = facts[0]?.routes.filter(({ hops }) => hops.some(({ gateway }) => gateway?.startsWith('192.168.50.')));
    expect(peers).toHaveLength(5);
  },
  SLOW,
);

test(
  'nothing is run but what reads, and no shell',
  async () => {
    const seen = new Set<string>();
    // Each node lacks something else, so that all ways are taken.
    const lacks: Readonly<Record<string, RegExp>> = {
      'worker-02': /^ip$/,
      'worker-03': /^ip6?tables-nft-save$/,
      'worker-04': /^ip6?tables-legacy-save$/,
    };
    await readByExec({
      exec: (ask) => {
        seen.add(ask.command.join(' '));
        if (lacks[ask.node]?.test(ask.command[0] ?? '') === true) return 'absent';
        if (ask.node !== 'worker-01' && ask.command[1]?.endsWith('_tables_names') === true) return { stdout: 'nat\n' };
        return recordedAnswer(ask);
      },
    });
    const conf = '/proc/sys/net/ipv4/conf';
    expect([...seen].sort()).toEqual(
      [
        `cat ${['all', 'default', 'cni0', 'eth0'].map((name) => `${conf}/${name}/arp_ignore`).join(' ')}`,
        `cat ${conf}/all/forwarding ${conf}/default/forwarding`,
        'cat /proc/net/ip6_tables_names',
        'cat /proc/net/ip_tables_names',
        'cat /proc/sys/net/bridge/bridge-nf-call-iptables',
        'cat /proc/sys/net/ipv6/conf/all/forwarding',
        'ip -d -j addr show',
        'ip -j -4 route show table all',
        'ip -j -4 rule show',
        'ip -j -6 route show table all',
        'ip -j -6 rule show',
        'ip -j netconf show',
        'ip -s -j -4 neigh show',
        'ip -s -j -6 neigh show',
        'ip6tables-legacy-save',
        'ip6tables-nft-save',
        'ip6tables-save',
        'ip6tables-save -V',
        'iptables-legacy-save',
        'iptables-nft-save',
        'iptables-save',
        'iptables-save -V',
        'nft -j list ruleset',
      ].sort(),
    );
  },
  SLOW,
);

const FILTER = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
`;

test.each([
  ['iptables of the older kind', 'iptables-legacy-save', 'filter\n'],
  ['iptables in nf_tables', 'iptables-nft-save', ''],
])('%s: its tables are read', async (_, program, names) => {
  const { facts } = await readByExec(
    {
      exec: (ask) => {
        const command = ask.command.join(' ');
        if (command === 'cat /proc/net/ip_tables_names') return { stdout: names };
        return command === program ? { stdout: FILTER } : recordedAnswer(ask);
      },
    },
    labCluster(1),
  );
  expect(facts[0]?.unread).toEqual([]);
  expect(facts[0]?.firewall).toMatchObject([{ base: { hook: 'forward' } }]);
});

test('what one image lacks, another container of the node may have', async () => {
  const { facts } = await readByExec(
    {
      exec: (ask) => {
        if (ask.command[0] !== 'nft') return recordedAnswer(ask);
        // kube-proxy's image has it.
        return ask.container.name === 'kube-flannel' ? 'absent' : recordedAnswer({ ...ask, container: OTHER });
      },
    },
    labCluster(1),
  );
  expect(facts).toMatchObject([{ firewall: [], unread: [] }]);
});

test('a firewall that nobody may see is unread, and nothing else is', async () => {
  const { facts } = await readByExec(
    {
      exec: (ask) =>
        ask.command[0] === 'nft'
          ? { stderr: 'Operation not permitted (you must be root)\n', exit: 1 }
          : recordedAnswer(ask),
    },
    labCluster(1),
  );
  expect(facts[0]?.unread.map(({ part }) => part).sort()).toEqual(['firewall4', 'firewall6']);
});

test('names of links that are no names of links never become paths', async () => {
  const links = ['eth0', '..', '../../../../etc', 'a b', '', 'x'.repeat(40), 'eth0.100'].map((ifname) => ({
    ifname,
    flags: [],
    addr_info: [{ family: 'inet', local: '10.0.0.1', prefixlen: 8 }],
  }));
  const files: string[] = [];
  await readByExec(
    {
      exec: ({ command }) => {
        files.push(...command.filter((part) => part.endsWith('arp_ignore')));
        return { stdout: command.includes('addr') ? JSON.stringify(links) : '[]' };
      },
    },
    labCluster(1),
  );
  expect(files.map((path) => path.replace('/proc/sys/net/ipv4/conf/', ''))).toEqual(
    ['all', 'default', 'eth0', 'eth0.100'].map((name) => `${name}/arp_ignore`),
  );
});

test.each([
  ['no program at all but cat', 'absent'],
  ['the ip of busybox', BUSYBOX_IP],
] as const)('an image with %s: only whether it forwards', async (_, answer) => {
  const made = labCluster(1);
  const { facts, gaps, warnings } = await readByExec(
    { exec: (ask) => (ask.command[0] === 'ip' ? answer : recordedAnswer(ask)) },
    made,
  );
  expect(gaps).toEqual([]);
  expect(facts).toMatchObject([{ all: { forwarding4: true, forwarding6: false }, routes: [], links: [] }]);
  const reason = 'no container there has an ip that speaks JSON (iproute2), so only whether it forwards is known';
  expect(facts[0]?.unread).toContainEqual({ part: 'routes4', reason });
  expect(warnings).toEqual([expect.stringContaining(`${reason} (links, routes4,`)]);
});

test('where the agent’s image has no ip, another container of the node may', async () => {
  const made = labCluster(1);
  const asked: string[] = [];
  const { facts } = await readByExec(
    {
      exec: (ask) => {
        asked.push(ask.container.name);
        if (ask.container.name === 'kube-flannel' && ask.command[0] === 'ip') return 'absent';
        return recordedAnswer({ ...ask, container: OTHER });
      },
    },
    made,
  );
  expect(facts).toMatchObject([{ source: expect.stringContaining('kube-system/kube-proxy-'), unread: [] }]);
  expect(new Set(asked)).toEqual(new Set(['kube-flannel', 'kube-proxy']));
});

test(
  'one node is refused, one is out of reach, one is Windows; the others are read',
  async () => {
    const made = labCluster(5);
    const windows = made.cluster.nodes[4];
    if (windows !== undefined) windows.os = 'windows';
    const allowed = made.cluster.pods.filter(({ nodeName }) => nodeName !== 'worker-02').map(({ name }) => name);
    const clusterRole = {
      kind: 'ClusterRole',
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
        { apiGroups: [''], resources: ['pods/exec'], resourceNames: allowed, verbs: ['get', 'create'] },
      ],
    };
    const exec = (ask: ExecAsk): ExecAnswer => (ask.node === 'worker-04' ? 'unreachable' : recordedAnswer(ask));
    const { facts, gaps } = await readByExec({ clusterRole, exec }, made);
    expect(facts.map(({ node }) => node)).toEqual(['worker-01', 'worker-03']);
    expect(gaps.map(({ scope, reason, permission }) => [scope, reason, permission])).toEqual([
      [
        'worker-02',
        expect.stringMatching(/^container kube-flannel of kube-flannel\/.*: ip -d -j addr show: HTTP 403: /),
        'get and create pods/exec in kube-flannel',
      ],
      ['worker-04', expect.stringContaining('no route to host'), undefined],
      ['worker-05', expect.stringContaining('use guests: files'), undefined],
    ]);
  },
  SLOW,
);

test('a node that says nothing is not waited for beyond the time for a command', async () => {
  const { facts, gaps } = await readByExec(
    {
      exec: () => 'hang',
      // As if that time were over at once.
      timeout: (ms) => (ms === 15_000 ? AbortSignal.timeout(200) : AbortSignal.timeout(ms)),
    },
    labCluster(1),
  );
  expect(facts).toEqual([]);
  expect(gaps).toMatchObject([{ reason: expect.stringContaining('nothing more came within 15 s') }]);
});

test('an answer that speaks for another node is none', async () => {
  const other = '[]\n#prc end links 0\n#prc done\n#prc guest 1\n#prc node worker-02\n#prc os linux\n';
  const { facts } = await readByExec({ exec: () => ({ stdout: other }) }, labCluster(1));
  expect(facts).toMatchObject([
    {
      node: 'worker-01',
      links: [],
      unread: expect.arrayContaining([{ part: 'links', reason: 'the command ended with 1' }]),
    },
  ]);
});

test('a node without a pod to ask, and pods that nobody may list', async () => {
  const made = labCluster(1);
  made.cluster.pods = [];
  expect((await readByExec({}, made)).gaps).toEqual([
    {
      facet: 'guests',
      subject: 'kernel of node worker-01',
      scope: 'worker-01',
      reason: 'no pod of a network agent or of kube-proxy with host network runs on it',
    },
  ]);
  const refused = await readByExec({ kubeDeny: ['list pods'] }, labCluster(1));
  expect(refused.gaps).toMatchObject([{ permission: 'list pods', reason: expect.stringContaining('HTTP 403') }]);
});

test('who may list pods in the agents’ namespaces only is served from there', async () => {
  const clusterRole = [
    ...['kube-system', 'kube-flannel'].map((namespace) => ({
      kind: 'Role',
      metadata: { namespace },
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
        { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
      ],
    })),
  ];
  const { facts, gaps } = await readByExec({ clusterRole, exec: recordedAnswer }, labCluster(2));
  expect(gaps).toEqual([]);
  expect(facts).toHaveLength(2);
});

function published(name: string): object[] {
  const text = readFileSync(new URL(`../../../docs/permissions/${name}.yaml`, import.meta.url), 'utf8');
  return parseAllDocuments(text).map((document): object => document.toJS() as object);
}

test('the published permissions suffice', async () => {
  const check = published('kubernetes-check');
  const made = withExporters(labCluster(1));
  made.cluster.version = 'v1.35.0';
  const byExec = { clusterRole: [...check, ...published('kubernetes-guests-exec')], exec: recordedAnswer };
  expect((await readByExec(byExec, made)).gaps).toEqual([]);
  const podProxy = (): { status: number; body: string } => ({ status: 200, body: metrics('1') });
  const byApi = { clusterRole: [...check, ...published('kubernetes-guests-api')], podProxy };
  expect((await readByApi(byApi, made)).gaps).toEqual([]);
  // Each is needed.
  expect((await readByExec({ ...byExec, clusterRole: check }, made)).gaps).toHaveLength(1);
  expect((await readByApi({ ...byApi, clusterRole: check }, made)).gaps).toHaveLength(1);
});

function withExporters(made: World): World {
  for (const { name, addresses } of made.cluster.nodes) {
    made.cluster.pods.push({
      namespace: 'monitoring',
      name: `node-exporter-${name}`,
      nodeName: name,
      labels: { app: 'node-exporter' },
      phase: 'Running',
      ready: true,
      hostNetwork: true,
      podIPs: addresses.flatMap(({ type, address }) => (type === 'InternalIP' ? [address] : [])),
      containers: [{ name: 'node-exporter', image: 'quay.io/prometheus/node-exporter:v1.10.2', args: [] }],
    });
  }
  return made;
}

const metrics = (value: string): string => `# HELP node_netstat_Ip_Forwarding Statistic IpForwarding.
# TYPE node_netstat_Ip_Forwarding untyped
node_netstat_Ip_Forwarding ${value}
`;

test('node_exporter tells whether a node forwards, and nothing else', async () => {
  const asked: string[] = [];
  const made = withExporters(labCluster(4));
  const { facts, gaps } = await readByApi(
    {
      podProxy: ({ node, port, path }) => {
        asked.push(`${port}${path}`);
        if (node === 'worker-03') return 'refused';
        if (node === 'worker-04') return { status: 200, body: 'node_load1 0.1\n' };
        return { status: 200, body: metrics(node === 'worker-01' ? '1' : '2') };
      },
    },
    made,
  );
  expect(new Set(asked)).toEqual(new Set(['9100/metrics?collect%5B%5D=netstat']));
  expect(facts.map(({ node, all, source }) => [node, all, source])).toEqual([
    ['worker-01', { forwarding4: true }, 'node_exporter in monitoring/node-exporter-worker-01'],
    ['worker-02', { forwarding4: false }, 'node_exporter in monitoring/node-exporter-worker-02'],
  ]);
  expect(gaps.map(({ scope, reason }) => [scope, reason])).toEqual([
    ['worker-03', expect.stringMatching(/HTTP 503: error trying to reach service: dial tcp 192.168.50.12:9100/)],
    ['worker-04', expect.stringContaining('say nothing about forwarding')],
  ]);
});

test('without the right to it, it is named; without node_exporter that is told', async () => {
  const denied = await readByApi({ kubeDeny: ['get pods/proxy'] }, withExporters(labCluster(1)));
  expect(denied.gaps).toMatchObject([{ permission: 'get pods/proxy in monitoring' }]);
  const none = await readByApi({}, labCluster(1));
  expect(none.gaps).toMatchObject([{ reason: 'no node_exporter with host network runs on it' }]);
});

// What is found in nodes' firewalls, by each of the tools that write them; each says what it did.
import type { Breaking, Scene } from './faults.ts';
import type { FirewallScript } from './topology.ts';

type Tables = 'iptables-nft-restore' | 'iptables-legacy-restore';

const TABLES: readonly Tables[] = ['iptables-nft-restore', 'iptables-legacy-restore'];

function saved(tool: FirewallScript['tool'], table: string, lines: readonly string[]): FirewallScript {
  return { tool, text: `*${table}\n${lines.join('\n')}\nCOMMIT\n` };
}

/** A table of its own each time, with one chain at a hook. */
function native({ draft, d }: Scene, hook: string, lines: readonly string[], before: readonly string[] = []): void {
  const name = `t${String(draft.firewalls.length)}`;
  const priority = d.pick(['-10', '0', '10']);
  const nat = hook === 'postrouting' ? 'nat' : 'filter';
  const at = nat === 'nat' ? '100' : priority;
  draft.firewalls.push({
    tool: 'nft',
    text: [
      `table inet ${name} {`,
      ...before,
      'chain c {',
      `type ${nat} hook ${hook} priority ${at}`,
      ...lines,
      '}',
      '}',
      '',
    ].join('\n'),
  });
}

const FORWARD = (scene: Scene, policy: 'ACCEPT' | 'DROP', ...rules: readonly string[]): void => {
  scene.draft.firewalls.push(saved(scene.d.pick(TABLES), 'filter', [`:FORWARD ${policy} [0:0]`, ...rules]));
};

const ESTABLISHED = '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';

export const breakFirewalls: Breaking = (scene) => scene.d.pick(FIREWALLS)(scene);

const FIREWALLS: readonly Breaking[] = [
  (scene) => {
    FORWARD(scene, 'DROP');
    return 'FORWARD drops all';
  },
  (scene) => {
    FORWARD(scene, 'DROP', '-A FORWARD -s 10.244.0.0/16 -j ACCEPT', '-A FORWARD -d 10.244.0.0/16 -j ACCEPT');
    return 'FORWARD drops all but pods, as flannel has it';
  },
  (scene) => {
    const own = scene.d.pick([`-s ${scene.plan.podCIDR}`, '-i cni0', '-i cni+', '! -i eth0']);
    FORWARD(scene, 'DROP', ESTABLISHED, `-A FORWARD ${own} -j ACCEPT`);
    return `its pods may ask (${own}) and nobody may ask them`;
  },
  (scene) => {
    const own = scene.d.pick([`-d ${scene.plan.podCIDR}`, '-o cni0', '! -o eth0', '-i eth0']);
    FORWARD(scene, 'DROP', ESTABLISHED, `-A FORWARD ${own} -j ACCEPT`);
    return `its pods may be asked (${own}) and may not ask`;
  },
  (scene) => {
    const { d, peer, plan } = scene;
    const what = d.pick([
      `-s ${peer.podCIDR}`,
      `-d ${peer.podCIDR}`,
      `-s ${peer.base}.128/25`,
      `-d ${plan.base}.10/32`,
      `-s ${peer.podCIDR} -i eth0 -o cni0`,
      `! -s ${peer.podCIDR} -i eth0`,
      `-s ${peer.address}`,
      `-m iprange --src-range ${peer.base}.5-${peer.base}.70`,
      `-s 10.244.0.0/16 ! -d ${peer.podCIDR}`,
      '-m conntrack --ctstate NEW',
      '-m conntrack --ctstate ESTABLISHED',
      '-m conntrack ! --ctstate NEW -i eth0',
      '-m addrtype --dst-type LOCAL',
      '-m addrtype ! --dst-type LOCAL -i eth0',
    ]);
    FORWARD(scene, 'ACCEPT', `-A FORWARD ${what} -j ${d.pick(['DROP', 'REJECT'])}`);
    return `FORWARD drops ${what}`;
  },
  (scene) => {
    const { d, peer, plan } = scene;
    const verb = d.pick(['-j', '-g']);
    const last = d.pick(['-A SUB -j RETURN', `-A SUB -s ${peer.podCIDR} -j DROP`, '-A SUB -j ACCEPT']);
    FORWARD(
      scene,
      d.pick(['ACCEPT', 'DROP'] as const),
      ':SUB - [0:0]',
      `-A FORWARD -d ${plan.podCIDR} ${verb} SUB`,
      '-A FORWARD -i cni0 -j ACCEPT',
      `-A SUB -s ${peer.base}.128/25 -j RETURN`,
      last,
      '-A SUB -s 10.244.0.0/16 -j ACCEPT',
    );
    return `a chain of its own (${verb}, ${last})`;
  },
  (scene) => {
    const { draft, d, peer } = scene;
    const tool = d.pick(TABLES);
    const rule = `-A PREROUTING -s ${peer.podCIDR} -j MARK --set-xmark 0x4000/0x4000`;
    draft.firewalls.push(saved(tool, 'mangle', [':PREROUTING ACCEPT [0:0]', rule]));
    const verdict = d.pick(['DROP', 'ACCEPT'] as const);
    const policy = verdict === 'DROP' ? 'ACCEPT' : 'DROP';
    draft.firewalls.push(
      saved(tool, 'filter', [`:FORWARD ${policy} [0:0]`, `-A FORWARD -m mark --mark 0x4000/0x4000 -j ${verdict}`]),
    );
    return `packets from ${peer.name} are marked, and those with marks meet ${verdict}`;
  },
  (scene) => {
    const { draft, d, peer } = scene;
    const table = d.pick(['raw', 'mangle']);
    draft.firewalls.push(
      saved(d.pick(TABLES), table, [':PREROUTING ACCEPT [0:0]', `-A PREROUTING -s ${peer.base}.0/25 -j DROP`]),
    );
    return `${table} drops half of ${peer.name} before routing`;
  },
  (scene) => {
    const { draft, d } = scene;
    const tool = d.pick(TABLES);
    draft.firewalls.push(
      saved(tool, 'filter', [
        ':FORWARD DROP [0:0]',
        ':KUBE-FORWARD - [0:0]',
        '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
        '-A FORWARD -m comment --comment "flanneld forward" -s 10.244.0.0/16 -j ACCEPT',
        '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
        '-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT',
        '-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      ]),
      saved(tool, 'nat', [
        ':POSTROUTING ACCEPT [0:0]',
        ':KUBE-POSTROUTING - [0:0]',
        ':FLANNEL-POSTRTG - [0:0]',
        '-A POSTROUTING -j KUBE-POSTROUTING',
        '-A POSTROUTING -j FLANNEL-POSTRTG',
        '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
        '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
        '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
        '-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -j RETURN',
        '-A FLANNEL-POSTRTG -s 10.244.0.0/16 -d 10.244.0.0/16 -j RETURN',
        '-A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE --random-fully',
        `-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.0.0/16 -j MASQUERADE --random-fully`,
      ]),
    );
    return 'kube-proxy and flannel as they are';
  },
  (scene) => {
    FORWARD(scene, 'ACCEPT', '-A FORWARD -p tcp -m tcp --dport 80 -j DROP', '-A FORWARD -p icmp -j DROP');
    return 'FORWARD drops what no probe is';
  },
  (scene) => {
    const { d, peer, plan } = scene;
    const match = d.pick([
      '-o eth0',
      `-s ${plan.podCIDR} ! -d ${plan.podCIDR}`,
      `-s 10.244.0.0/16 ! -d ${peer.podCIDR}`,
      `-s ${plan.base}.128/25`,
      '-o cni0',
      '',
      `-s ${plan.podCIDR} ! -d 10.244.0.0/16`,
    ]);
    const target = d.pick(['MASQUERADE', 'MASQUERADE', `SNAT --to-source ${plan.address}`]);
    scene.draft.firewalls.push(
      saved(d.pick(TABLES), 'nat', [':POSTROUTING ACCEPT [0:0]', `-A POSTROUTING ${match} -j ${target}`]),
    );
    return `${target} ${match}`;
  },
  (scene) => {
    const { d, peer, plan } = scene;
    const rule = d.pick([
      'oifname "eth0" masquerade',
      `ip saddr ${plan.podCIDR} ip daddr != { ${plan.podCIDR}, ${peer.podCIDR} } masquerade`,
      `oifname "eth*" ip daddr ${peer.base}.128/25 snat ip to ${plan.address}`,
    ]);
    native(scene, 'postrouting', [rule]);
    return `nft: ${rule}`;
  },
  (scene) => {
    const { d, peer, plan } = scene;
    const rules = d.pick([
      ['policy drop', 'ct state established,related accept', `ip saddr ${plan.podCIDR} accept`],
      ['policy drop', 'ip saddr @pods ip daddr @pods accept', 'meta nfproto ipv6 accept'],
      [`ip saddr { ${peer.podCIDR}, ${peer.address} } drop`],
      [`ip saddr ${peer.base}.5-${peer.base}.20 reject`],
      [`iifname "eth0" ip daddr vmap { ${plan.base}.0-${plan.base}.99 : drop, ${plan.base}.200 : accept }`],
      ['ct state vmap { invalid : drop, new : continue, established : accept }', `ip daddr ${peer.podCIDR} drop`],
      ['policy drop', 'meta mark 0 accept'],
      [`ip saddr != 10.244.0.0/16 drop`],
      ['ip6 saddr fd00:244::/32 drop'],
      ['meta l4proto tcp drop'],
      ['fib daddr type local drop', `oifname "cni0" ip saddr ${peer.podCIDR} goto away`],
    ]);
    native(scene, 'forward', rules, [
      'set pods {',
      'type ipv4_addr',
      'flags interval',
      'elements = { 10.244.0.0/16 }',
      '}',
      'chain away {',
      `ip daddr ${plan.base}.10 drop`,
      '}',
    ]);
    return `nft: ${rules.join('; ')}`;
  },
  (scene) => {
    const { peer, d, plan } = scene;
    const rules = d.pick([
      [':FORWARD DROP [0:0]'],
      [':FORWARD ACCEPT [0:0]', `-A FORWARD -s ${peer.podCIDR6} -j DROP`],
      [
        ':FORWARD DROP [0:0]',
        '-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT',
        `-A FORWARD -d ${plan.podCIDR6} -j ACCEPT`,
      ],
    ]);
    scene.draft.firewalls.push(saved('ip6tables-nft-restore', 'filter', rules));
    return `IPv6: ${rules.join('; ')}`;
  },
  (scene) => {
    const { plan, draft } = scene;
    draft.firewalls.push(
      saved('ip6tables-nft-restore', 'nat', [
        ':POSTROUTING ACCEPT [0:0]',
        `-A POSTROUTING -s ${plan.podCIDR6} -o eth0 -j MASQUERADE`,
      ]),
    );
    return 'IPv6: its pods are masqueraded';
  },
];

/** Nodes whose own kernels are at fault, Linux and Windows, with an agent and without. */
import type { HostChange } from '../../../src/model/host-change.ts';
import { NO_SUBJECTS } from '../../../src/model/judgement.ts';
import type { Judgement } from '../../../src/model/judgement.ts';
import { both, guestCluster, judgeGuests, podsOf, withLink, without } from '../../support/guest-cluster.ts';
import { finding } from './worlds.ts';

const SET = { agent: 'flannel', namespace: 'kube-flannel', name: 'kube-flannel-ds', selector: 'app=flannel' } as const;

/** a has lost its routes, and flannel keeps them; b does not forward; c has lost a route, and nobody keeps it. */
export function guestsJudgement(): Judgement {
  const { cluster, ...rest } = guestCluster({
    a: both(without(podsOf('b')), without(podsOf('c'))),
    b: withLink('eth0', { forwarding4: false }),
    c: without(podsOf('a')),
  });
  const cni = { ...cluster.cni, agents: [{ node: 'a', agents: [SET.agent] }], agentSets: [SET] };
  const judged = judgeGuests({ ...rest, cluster: { ...cluster, cni } }, { networkModes: ['host-gw'] });
  return { ...judged, findings: [...judged.findings, onWindows('win-1', 'vEthernet (Ethernet)')] };
}

function onWindows(node: string, device: string): ReturnType<typeof finding> {
  const route = { prefix: '10.244.1.0/24', gateway: '192.168.1.1', device };
  const hostChanges: readonly HostChange[] = [
    { node, os: 'windows', kind: 'set-host-route', route },
    { node, os: 'windows', kind: 'set-host-forwarding', family: 4, all: true, devices: [device] },
  ];
  return finding({
    key: `node-route-missing/cluster/${node}/10.244.1.0/24`,
    rule: 'node-route-missing',
    title: 'The node’s kernel has no route to a podCIDR',
    what: `The kernel of ${node} has no route to 10.244.1.0/24, the pods of a, and no default route either.`,
    why: 'It answers such packets with “network is unreachable”.',
    next: `Set the route on ${node}.`,
    subjects: { ...NO_SUBJECTS, nodes: [node], prefixes: ['10.244.1.0/24'] },
    hostChanges,
  });
}

/** flannel on machines that no cloud knows. */

import * as faults from '../world/faults.ts';
import { mixedCluster } from '../world/mixed-cluster.ts';
import type { World } from '../world/world.ts';
import { injected } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const LINUX = ['rack-01', 'rack-02', 'rack-03'];

function rack(name: string): World {
  const windows = ['win-01', 'win-02'];
  const onPremises = [...LINUX, ...windows].map((node, at) => ({
    name: node,
    ip: `192.168.50.${String(10 + at)}`,
    podCidr: `10.244.${String(at)}.0/24`,
    os: windows.includes(node) ? ('windows' as const) : ('linux' as const),
  }));
  return mixedCluster({ name, mode: 'vxlan', parts: [], onPremises });
}

export const flannelVxlanWindows: Scenario = {
  name: 'flannel-vxlan-windows',
  title: 'Linux and Windows nodes in one rack: all are Ready, and no packet crosses from one system to the other',
  story:
    'Somebody installed flannel with its default manifest and added Windows nodes later. On Linux VXLAN has VNI 1 on port ' +
    '8472 unless it is told otherwise, on Windows VNI 4096 on port 4789; each system understands only its own.',
  situation: () => {
    const broken = injected(
      rack('flannel-vxlan-windows'),
      faults.otherVxlan(LINUX, { vni: 1, port: 8472 }),
      faults.flannelTold({ Type: 'vxlan' }),
    );
    return { ...broken, findings: [{ rule: 'vxlan-windows-values', verdict: 'fail', subjects: { nodes: LINUX } }] };
  },
  inputs: { cloud: 'none' },
  expect: { verdict: 'fail', step: 'fail' },
};

export const flannelVxlanWindowsFixed: Scenario = {
  name: 'flannel-vxlan-windows-fixed',
  title: 'the same rack with VNI 4096 and port 4789 written down for both systems',
  story:
    'All pod packets travel in tunnels that everybody understands. No route and no switch of the rack matters to them.',
  situation: () => ({ world: rack('flannel-vxlan-windows-fixed'), findings: [] }),
  inputs: { cloud: 'none' },
  expect: { verdict: 'not-applicable', step: 'pass' },
};

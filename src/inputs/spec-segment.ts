/** Inputs about networks outside of clouds, of which no API tells. */
import type { InputSpec } from './spec.ts';

export const SEGMENT_INPUTS = [
  {
    name: 'node-subnets',
    type: 'list',
    default: '',
    text: 'For nodes that are in no cloud: networks of which you know that each is one layer-2 segment, so that nodes with an address in it are neighbours. Unset: only what the nodes have seen of each other counts.',
    available: 'now',
  },
  {
    name: 'fabric-routes',
    type: 'lines',
    default: '',
    text: 'For nodes that are in no cloud: what their routers (top-of-rack switches, gateways) say with show ip route, as files, folders or patterns, one a line. FRR, Cisco IOS and NX-OS, Arista EOS, or JSON. See docs/routers.md.',
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'port-security',
    type: 'path',
    default: '',
    text: 'For nodes that are in no cloud: allowed, if no hypervisor or switch filters addresses at their ports; else a YAML or JSON file that says which addresses each port allows. Unset: nodes with provider ids of OpenStack, vSphere or Proxmox are unknown where they would pass. See docs/routers.md.',
    available: 'now',
    readingOnly: true,
  },
] as const satisfies readonly InputSpec[];

/** A Windows node as flannel host-gw leaves it: pods on an L2Bridge network, a route to each peer's pods. */

import { addressAt } from '../world/addresses.ts';
import type { WindowsMachine } from './windows-node.ts';

export interface NodeAddress {
  name: string;
  ip: string;
  podCidr: string;
  mac: string;
}

export interface L2BridgePlan extends NodeAddress {
  peers: NodeAddress[];
  /** Where all nodes are. */
  nodeNetwork: string;
  /** Absent: there is no way out of the network. */
  router?: { ip: string; mac: string };
  /** All pods of the cluster. */
  podRange: string;
  serviceRange: string;
  /** Numbers of its pods' addresses within podCidr. Default: 3 and 4. */
  pods?: number[];
}

export const UPLINK = 'vEthernet (Ethernet)';
export const BRIDGE = 'vEthernet (cbr0_ep)';

export function l2BridgeMachine(plan: L2BridgePlan): WindowsMachine {
  const { name, ip, podCidr, mac, peers, nodeNetwork, router, podRange, serviceRange, pods = [3, 4] } = plan;
  const length = Number(nodeNetwork.split('/')[1]);
  const podLength = Number(podCidr.split('/')[1]);
  const gateway = addressAt(podCidr, 2);
  const own = (alias: string, prefix: string): WindowsMachine['routes'][number] => ({
    alias,
    prefix,
    nextHop: '0.0.0.0',
    metric: 256,
    protocol: 'Local',
  });
  return {
    node: name,
    interfaces: [
      { alias: UPLINK, ifIndex: 9, mac, address: ip, length, metric: 25, forwarding: true },
      {
        alias: BRIDGE,
        ifIndex: 21,
        mac: '00:15:5d:6e:8a:02',
        address: gateway,
        length: podLength,
        metric: 5000,
        forwarding: true,
      },
    ],
    routes: [
      ...(router === undefined ? [] : [{ alias: UPLINK, prefix: '0.0.0.0/0', nextHop: router.ip, metric: 1 }]),
      own(UPLINK, nodeNetwork),
      own(UPLINK, `${ip}/32`),
      own(BRIDGE, podCidr),
      own(BRIDGE, `${gateway}/32`),
      ...peers.map((peer) => ({ alias: UPLINK, prefix: peer.podCidr, nextHop: peer.ip, metric: 256 })),
    ],
    neighbours: [
      ...(router === undefined
        ? []
        : [{ alias: UPLINK, address: router.ip, mac: router.mac, state: 'Reachable' as const }]),
      ...peers.map((peer) => ({ alias: UPLINK, address: peer.ip, mac: peer.mac, state: 'Reachable' as const })),
    ],
    networks: [
      { name: 'cbr0', type: 'L2Bridge', managementIP: ip, subnet: podCidr, gateway: addressAt(podCidr, 1) },
      { name: 'nat', type: 'NAT', managementIP: '', subnet: '172.24.176.0/20', gateway: '172.24.176.1' },
    ],
    endpoints: [
      { name: 'cbr0_ep', network: 'cbr0', address: gateway, gateway: addressAt(podCidr, 1), policies: [] },
      ...pods.map((number) => ({
        name: `${name}-${String(number)}_cbr0`,
        network: 'cbr0',
        address: addressAt(podCidr, number),
        gateway,
        policies: [
          { Type: 'OutBoundNAT', ExceptionList: [podRange, serviceRange, nodeNetwork] },
          { Type: 'ROUTE', DestinationPrefix: serviceRange, NeedEncap: true },
          { Type: 'ROUTE', DestinationPrefix: `${ip}/32`, NeedEncap: true },
        ],
      })),
      // kube-proxy has made it for a pod on another node.
      ...peers.slice(0, 1).map((peer) => ({
        name: 'Ethernet',
        network: 'cbr0',
        address: addressAt(peer.podCidr, 5),
        gateway: '',
        policies: [],
        remote: true,
      })),
    ],
  };
}

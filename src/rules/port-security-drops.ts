import type { GuestData } from './guest-faults.ts';
import { observeGuests } from './guest-faults.ts';
import { defineRule, distinctSorted, listNames } from './rule.ts';

interface Data extends GuestData {
  /** The addresses that do not get through, of all packets. */
  readonly refused: readonly string[];
  readonly address: string | undefined;
  /** Absent: the node does not say whose machine it is. */
  readonly providerID: string | undefined;
}

export const portSecurityDrops = defineRule<Data>({
  id: 'port-security-drops',
  title: 'The port of a node does not let addresses of pods through',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => {
    const nodes = new Map(context.nodes.map(({ facts }) => [facts.name, facts]));
    const details = context.faults('port-security-drops').flatMap((group) => group.details);
    return observeGuests(context, 'port-security-drops').map((observation) => {
      const { node, family } = observation.data.fault;
      const own = details.filter((one) => one.kind === 'guest' && one.node === node && one.family === family);
      const refused = distinctSorted(own.flatMap((one) => (one.kind === 'guest' ? (one.port?.refused ?? []) : [])));
      const facts = nodes.get(node);
      const address = facts?.internalIPs.find((text) => text.includes(':') === (family === 6));
      return {
        ...observation,
        subjects: { ...observation.subjects, prefixes: refused },
        data: { ...observation.data, refused, address, providerID: facts?.providerID },
      };
    });
  },
  explain: ({ data }) => {
    const { node, source, port } = data.fault;
    const allowed = port?.allowed ?? [];
    const only = allowed.length === 0 ? 'nothing but the node’s own addresses' : listNames(allowed);
    return {
      what: `The port of ${node} does not let packets from pods in ${listNames(data.refused)} through: ${source} allows ${only} there.`,
      why: 'A routed pod packet leaves its node with the pod’s own address as its source; a hypervisor or switch that only lets the machine’s addresses out takes that for spoofing and drops it.',
      next: `${advise(data)} Then write it into ${source}, too; input port-security is all that this check knows of it.`,
    };
  },
});

function advise({ fault: { node }, refused, address, providerID }: Data): string {
  const find = address === undefined ? '' : ` (PORT: openstack port list --fixed-ip ip-address=${address})`;
  const pairs = refused.map((range) => `--allowed-address ip-address=${range}`).join(' ');
  const command = `openstack port set ${pairs} PORT${find}`;
  if (providerID?.toLowerCase().startsWith('openstack://') === true) return `Run ${command}.`;
  const general = `Have ${listNames(refused)} allowed as source addresses where ${node} hangs on its hypervisor or switch, or the address filter switched off there.`;
  return providerID === undefined ? `${general} With OpenStack that is ${command}.` : general;
}

/** Where senders are that are no nodes: input extra-senders against the subnets that were read. */
import type { Prefix } from '../model/prefix.ts';
import {
  contains,
  formatAddress,
  hostPrefix,
  nextValue,
  overlaps,
  parseAddress,
  parsePrefix,
} from '../model/prefix.ts';
import type { Gap, InterfaceFacts } from '../model/snapshot.ts';
import type { Fabric, Subnet } from './fabric.ts';
import type { Survey, SurveyedNode } from './survey.ts';

export interface SenderPlace {
  /** As the user wrote it. */
  readonly sender: string;
  /** The subnet that it is in. */
  readonly where?: string;
  readonly stand: Omit<SurveyedNode, 'index'>;
  /** Why nothing can be said about its packets. */
  readonly gap?: Gap;
}

interface Spot {
  readonly fabric: Fabric;
  readonly subnet: Subnet;
  /** What of the subnet sends. */
  readonly range: Prefix;
}

/** One place per subnet; never empty. */
export function locateSender(survey: Survey, text: string): SenderPlace[] {
  const spots = findSpots(survey, text);
  const networks = new Set(spots.map(({ fabric, subnet }) => `${fabric.facts.id}/${subnet.facts.network}`));
  if (spots.length === 0) return [nowhere(text, 'it is in none of the subnets that were read')];
  if (networks.size > 1) {
    return [nowhere(text, `several networks have it: ${[...networks].sort().join(', ')}; name a subnet instead`)];
  }
  return spots.map((spot) => placeAt(text, spot));
}

function findSpots(survey: Survey, text: string): Spot[] {
  const address = parseAddress(text);
  const wanted = address === undefined ? parsePrefix(text) : hostPrefix(address);
  return survey.fabrics.flatMap((fabric) =>
    [...fabric.subnets.values()].flatMap((subnet): Spot[] => {
      const { id, name } = subnet.facts;
      if (wanted === undefined) {
        return id === text || name === text ? subnet.prefixes.map((range) => ({ fabric, subnet, range })) : [];
      }
      return subnet.prefixes
        .filter((prefix) => overlaps(prefix, wanted))
        .map((prefix) => ({ fabric, subnet, range: contains(prefix, wanted) ? wanted : prefix }));
    }),
  );
}

function placeAt(text: string, { fabric, subnet, range }: Spot): SenderPlace {
  const { id, network, table } = subnet.facts;
  const isHost = range.first === range.last;
  const known = isHost ? fabric.facts.interfaces.find((face) => isAt(face, network, range)) : undefined;
  const hasScopes = table !== undefined && (fabric.tables.get(table)?.scopeTags.size ?? 0) > 0;
  const address = formatAddress(range.family, isHost ? range.first : nextValue(range.first));
  const face: InterfaceFacts = known ?? {
    id: `sender ${text}`,
    network,
    subnet: id,
    addresses: [address],
    assignedPrefixes: [range.text],
    forwarding: 'on',
    primary: true,
  };
  const reason = 'routes of its network are for machines with certain tags, and its tags are not known';
  return {
    sender: text,
    where: id,
    stand: {
      ...stand(text, { fabric, interfaces: [face], podCIDRs: [range], address }),
      ...(known === undefined ? { isUnseen: true } : {}),
    },
    ...(known === undefined && hasScopes ? { gap: { ...gapOf(text, reason), scope: fabric.facts.id } } : {}),
  };
}

function isAt(face: InterfaceFacts, network: string, host: Prefix): boolean {
  return face.network === network && face.addresses.some((text) => parseAddress(text)?.value === host.first);
}

function nowhere(text: string, reason: string): SenderPlace {
  return {
    sender: text,
    stand: stand(text, { interfaces: [], podCIDRs: [], address: text }),
    gap: gapOf(text, reason),
  };
}

function gapOf(text: string, reason: string): Gap {
  return { facet: 'networks', subject: `extra sender ${text}`, reason };
}

function stand(
  name: string,
  at: { fabric?: Fabric; interfaces: readonly InterfaceFacts[]; podCIDRs: readonly Prefix[]; address: string },
): Omit<SurveyedNode, 'index'> {
  const { fabric, interfaces, podCIDRs, address } = at;
  const families = [...new Set(podCIDRs.map(({ family }) => family))];
  return {
    facts: {
      name,
      podCIDRs: podCIDRs.map(({ text }) => text),
      internalIPs: [address],
      os: 'linux',
      ready: 'True',
      unschedulable: false,
      taints: [],
      labels: {},
    },
    name,
    podCIDRs,
    families,
    mode: { mode: 'fabric', reason: 'it is no node', level: 'fabric' },
    ...(fabric === undefined ? {} : { fabric }),
    interfaces,
    endpointFaults: [],
    overlapRoots: [],
    standsFor: 'an extra sender',
  };
}

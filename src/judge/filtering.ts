/** What filters add to a path: for every source and destination that they tell apart. */
import type { Fault, FaultDetail } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { Family, Range } from '../model/prefix.ts';
import { hostPrefix, overlaps, parseAddress, rangeToPrefixes } from '../model/prefix.ts';
import type { Gap, InterfaceFacts } from '../model/snapshot.ts';
import type { Fabric } from './fabric.ts';
import type { Place } from './filter-atlas.ts';
import type { Filters, Stage } from './filters.ts';
import type { Tunnel } from './mode.ts';
import type { SurveyedNode } from './survey.ts';
import type { Admission, Candidate } from './traffic.ts';

/** Both ends of a path, and what of it is asked for. */
export interface Ends {
  readonly from: SurveyedNode;
  readonly to: SurveyedNode;
  readonly fabric: Fabric;
  readonly filters: Filters;
  readonly isReply: boolean;
}

/** Faults of the way from one interface to where packets arrive, for one source and one destination. */
export function judgeWay(
  ends: Ends,
  out: InterfaceFacts,
  arrivals: readonly InterfaceFacts[],
  source: Place,
  destination: Place,
  tunnel?: Tunnel,
): Fault[] {
  const { filters, isReply } = ends;
  const ways = arrivals.length === 0 ? [undefined] : arrivals;
  const unsaid = [out, ...arrivals].map((face) => filters.gapAt(face)).find((gap) => gap !== undefined);
  const faults = unsaid === undefined ? [] : [gapFault(unsaid)];
  for (const into of ways) {
    for (const stage of filters.stages({ out, into, isReply })) {
      const gap = filters.gapFor(stage, source, destination);
      if (gap !== undefined) {
        faults.push(gapFault(gap));
        continue;
      }
      const answer = filters.ask(stage, source, destination, tunnel);
      if (answer.verdict === 'pass') continue;
      const face = stage.direction === 'in' ? (into ?? out) : out;
      faults.push(filterFault(ends, { stage, face }, answer, source, destination, tunnel));
    }
  }
  return faults;
}

function filterFault(
  { from, to, fabric, filters }: Ends,
  { stage, face }: { readonly stage: Stage; readonly face: InterfaceFacts },
  answer: Exclude<Admission, { verdict: 'pass' }>,
  source: Place,
  destination: Place,
  tunnel: Tunnel | undefined,
): Fault {
  const isIn = stage.direction === 'in';
  const [peer, range] = isIn ? [from, source.atom.range] : [to, destination.atom.range];
  const ids = stage.filters.map(({ id }) => id);
  const [first] = stage.filters;
  const cause = `${fabric.facts.id}/${ids.join('+')}/${stage.direction}`;
  const problem = answer.verdict === 'fail' ? ('refused' as const) : answer.why;
  const detail: FaultDetail = {
    kind: 'filter',
    fabric: fabric.facts.id,
    filters: ids,
    filterKind: first?.kind ?? 'security-group',
    direction: stage.direction,
    interface: face.id,
    problem,
    ...(answer.verdict === 'fail' ? denier(answer.by) : { admitted: answer.admitted }),
    node: peer.name,
    ...(peer.standsFor === undefined ? {} : { standsFor: peer.standsFor }),
    ...describeRange(peer, range),
    ...(tunnel === undefined && filters.followsRoutes(stage, source, destination)
      ? { followsRoutes: true as const }
      : {}),
    ...(problem === 'disputed' ? { groups: groupsIn(stage) } : {}),
    ...(tunnel === undefined ? {} : { tunnel: tunnel.name, protocol: tunnel.protocol }),
    ...(tunnel?.port === undefined ? {} : { port: tunnel.port }),
  };
  return {
    rule: 'firewall-excludes-pods',
    verdict: answer.verdict,
    owner: isIn ? 'from' : 'to',
    slot: `${cause} ${problem}`,
    cause,
    detail,
  };
}

function denier(rule: Candidate | undefined): { by?: { name?: string; rank: number } } {
  if (rule === undefined) return {};
  return { by: { ...(rule.name === undefined ? {} : { name: rule.name }), rank: rule.rank } };
}

/** The podCIDR that the range is of, and the range itself where it is not all of it. */
function describeRange(node: SurveyedNode, range: Range): { prefix: string; part?: string[] } {
  const whole = node.podCIDRs.find((prefix) => overlaps(prefix, range));
  const texts = rangeToPrefixes(range).map(({ text }) => text);
  if (whole === undefined) return { prefix: texts[0] ?? '' };
  const isWhole = whole.first === range.first && whole.last === range.last;
  return { prefix: whole.text, ...(isWhole ? {} : { part: texts }) };
}

function groupsIn(stage: Stage): string[] {
  const names = stage.rules.flatMap(({ peers, own }) => [
    ...(peers.groups ?? []),
    ...(own?.groups ?? []),
    ...(peers.unread ?? []),
    ...(own?.unread ?? []),
    ...([peers, own].some((side) => side?.network === true) ? ['the network’s own space'] : []),
    ...([peers, own].some((side) => side?.internet === true) ? ['the internet'] : []),
  ]);
  return [...new Set(names)].sort();
}

/** The end of a tunnel: the node's address on the interface that carries it. */
export interface TunnelEnd {
  readonly face: InterfaceFacts;
  readonly place: Place;
}

export function tunnelEnd(node: SurveyedNode, filters: Filters, address: string | undefined): TunnelEnd | undefined {
  const face = node.interfaces.find((one) => address !== undefined && one.addresses.includes(address));
  const host = address === undefined ? undefined : parseAddress(address);
  if (face === undefined || host === undefined) return undefined;
  const [place] = filters.places(hostPrefix(host), [face]);
  return place === undefined ? undefined : { face, place };
}

/** Of the outer packets that carry pods' packets of a family; undefined: what carries them is not known. */
export function outerFamily(node: SurveyedNode, { outer }: Tunnel, family: Family): Family | undefined {
  if (outer === 'ipv4') return family === 4 ? 4 : undefined;
  if (outer === undefined) return family;
  return node.facts.internalIPs.some((text) => parseAddress(text)?.family === 4) ? 4 : 6;
}

/** Why nothing is known of a sender whose addresses filters would have to look at. */
export function noSource(node: SurveyedNode): Gap {
  return {
    facet: 'nodes',
    subject: `addresses of node ${node.name}`,
    reason: 'it has none of this family to send from',
  };
}

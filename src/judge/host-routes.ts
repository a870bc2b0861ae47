/** The routes that agents keep in the kernels of nodes: one per peer. */
import type { Address, Family } from '../model/prefix.ts';
import { containsAddress, parseAddress } from '../model/prefix.ts';
import type { Entry } from '../model/prefix-table.ts';
import { PrefixTable } from '../model/prefix-table.ts';
import type { SenderContext } from './sender.ts';
import { advertisedAddress, seesNeighbour } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';

/** Where the fabric routes every packet by its destination, a host route makes no difference unless it is a tunnel's. */
export function hostRoutesDecide({ usesHostRoutes, fabric, mode }: SenderContext): boolean {
  return usesHostRoutes && (fabric.behaviour.onLinkBypassesTables || mode === 'cross-subnet');
}

/** The host routes that agents keep, by subnet and family, made once. */
export class HostRoutes {
  readonly #survey: Survey;
  readonly #tables = new Map<string, PrefixTable<SurveyedNode>>();
  /** The same by context, so that no key is put together for every node. */
  readonly #known = new Map<SenderContext, PrefixTable<SurveyedNode>>();

  /** What each node advertises, by its place in the survey. */
  readonly #addresses: Partial<Record<Family, readonly (Address | undefined)[]>> = {};

  constructor(survey: Survey) {
    this.#survey = survey;
  }

  /** podCIDR -> node: neighbours in this subnet; where the agent has tunnels, too, every node that runs it. */
  in(context: SenderContext): PrefixTable<SurveyedNode> {
    let table = this.#known.get(context);
    if (table === undefined) {
      table = this.#find(context);
      this.#known.set(context, table);
    }
    return table;
  }

  #find(context: SenderContext): PrefixTable<SurveyedNode> {
    const key = `${context.mode}/${context.fabric.facts.id}/${context.subnet}/${String(context.family)}`;
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = this.#build(context);
      this.#tables.set(key, table);
    }
    return table;
  }

  #build(context: SenderContext): PrefixTable<SurveyedNode> {
    const table = new PrefixTable<SurveyedNode>();
    const addresses = (this.#addresses[context.family] ??= this.#survey.nodes.map((node) =>
      parseAddress(advertisedAddress(node, context.family) ?? ''),
    ));
    const subnet = context.fabric.subnets.get(context.subnet)?.prefixes ?? [];
    this.#survey.nodes.forEach((node, index) => {
      if (node.mode.mode !== context.mode || node.facts.deletingSince !== undefined) return;
      const address = addresses[index];
      const isNeighbour = address !== undefined && subnet.some((prefix) => containsAddress(prefix, address));
      if (context.mode === 'host-gw' && !isNeighbour) return;
      for (const prefix of node.podCIDRs) if (prefix.family === context.family) table.add(prefix, node);
    });
    return table;
  }
}

/** Where the fabric decides, only routes into a tunnel do, and `to` stands for the way that the fabric takes. */
export function decidingMatch(
  context: SenderContext,
  to: SurveyedNode,
  match: Entry<SurveyedNode> | undefined,
): Entry<SurveyedNode> | undefined {
  if (match === undefined || context.fabric.behaviour.onLinkBypassesTables) return match;
  const tunnelled = match.values.filter((node) => !seesNeighbour(context, node));
  if (tunnelled.length === 0) return undefined;
  return tunnelled.length === match.values.length ? match : { ...match, values: [to, ...tunnelled] };
}

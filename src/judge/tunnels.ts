/** Packets between nodes that carry those of pods: whether they are let through, and understood where they arrive. */
import type { Fault } from '../model/faults.ts';
import type { Family } from '../model/prefix.ts';
import { judgeWay, outerFamily, tunnelEnd } from './filtering.ts';
import { differenceOf } from './flannel.ts';
import { advertisedAddress } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';

/** How packets of pods of one family fare in a tunnel. Empty: nothing is known to be wrong. */
export function tunnelFaults(
  { filters: all, flannel }: Survey,
  from: SurveyedNode,
  to: SurveyedNode,
  pods: Family,
  isReply: boolean,
): Fault[] {
  // What nobody would understand need not get through.
  if (flannel !== undefined && differenceOf(from.mode.flannel, to.mode.flannel) === 'values') {
    return [flannel.faults.values];
  }
  const { tunnel } = from.mode;
  const { fabric } = from;
  const filters = fabric === undefined || to.fabric !== fabric ? undefined : all.get(fabric);
  if (filters === undefined || fabric === undefined || tunnel === undefined) return [];
  if (tunnel.name !== to.mode.tunnel?.name) return [];
  const family = outerFamily(from, tunnel, pods);
  if (family === undefined) return [];
  const out = tunnelEnd(from, filters, advertisedAddress(from, family));
  const into = tunnelEnd(to, filters, advertisedAddress(to, family));
  if (out === undefined || into === undefined) return [];
  return judgeWay({ from, to, fabric, filters, isReply }, out.face, [into.face], out.place, into.place, tunnel);
}

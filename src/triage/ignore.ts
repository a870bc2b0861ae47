/** Which findings somebody has accepted, and which acceptances are of no use any more. Pure. */
import { fitsPattern } from '../model/pattern.ts';
import { contains, parsePrefix } from '../model/prefix.ts';
import type { Finding } from '../model/judgement.ts';
import type { IgnoreEntry } from '../model/triage.ts';

/** A mistake of this tool is nobody's to accept. */
export function accepts(entry: IgnoreEntry, finding: Finding): boolean {
  const { rule, node, prefix, route } = entry;
  const { nodes, prefixes, routes } = finding.subjects;
  if (finding.rule === 'rule-crashed' || (rule !== undefined && rule !== finding.rule)) return false;
  if (node !== undefined && !nodes.some((name) => fitsPattern(node, name))) return false;
  if (prefix !== undefined && !prefixes.some((text) => lies(text, prefix))) return false;
  return route === undefined || routes.includes(route);
}

/** It counts on its last day, too. `now`: an ISO time. */
export function isExpired({ expires }: IgnoreEntry, now: string): boolean {
  return expires !== undefined && new Date(now).toISOString().slice(0, 10) > expires;
}

function lies(text: string, range: string): boolean {
  const [inner, outer] = [parsePrefix(text), parsePrefix(range)];
  return inner !== undefined && outer !== undefined && contains(outer, inner);
}

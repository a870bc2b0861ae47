import type { FaultDetail } from '../model/faults.ts';
import type { FilterFacts, FilterKind } from '../model/filter.ts';
import { shortId } from '../model/ids.ts';
import type { Evidence } from '../model/judgement.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { Change } from '../model/plan.ts';
import type { Prefix } from '../model/prefix.ts';
import { contains, parsePrefix } from '../model/prefix.ts';
import { mergePrefixes } from '../model/prefix-set.ts';
import type { RuleContext } from './rule.ts';
import { defineRule, distinctSorted, listNames, placeOf } from './rule.ts';

type FilterFault = Extract<FaultDetail, { kind: 'filter' }>;

interface Data {
  readonly first: FilterFault;
  readonly problem: FilterFault['problem'];
  readonly nodes: readonly string[];
  /** What is not admitted, exactly. */
  readonly excluded: readonly string[];
  /** What to admit: the pod range where everything excluded lies in it. */
  readonly wanted: readonly string[];
  readonly admitted: readonly string[];
  readonly groups: readonly string[];
  /** Where a new rule has to stand to be asked in time. */
  readonly rank: number | undefined;
}

const WORST_FIRST = ['refused', 'limited', 'disputed'] as const;

export const firewallExcludesPods = defineRule<Data>({
  id: 'firewall-excludes-pods',
  title: 'A packet filter of the cloud does not admit pods',
  severity: 'error',
  needs: ['filters', 'interfaces', 'subnets'],
  evaluate: (context) =>
    context.faults('firewall-excludes-pods').flatMap((group) => {
      const all = group.details.filter((detail) => detail.kind === 'filter');
      const problem = WORST_FIRST.find((one) => all.some((fault) => fault.problem === one));
      const faults = all.filter((fault) => fault.problem === problem);
      const first = faults.find((fault) => fault.standsFor === undefined) ?? faults[0];
      if (first === undefined || problem === undefined) return [];
      const data = gather(context, first, problem, faults);
      return [
        {
          ...group,
          // Nobody may be sent after a rule that perhaps is right.
          ...(problem === 'refused' ? {} : { severity: 'warning' as const }),
          subjects: { ...NO_SUBJECTS, prefixes: data.excluded, filters: first.filters },
          evidence: describe(data, faults),
          data,
        },
      ];
    }),
  explain: ({ data }) => ({ what: whatOf(data), why: WHY[data.problem], next: nextOf(data) }),
  fix: ({ data: { first, wanted, rank } }) => {
    const [filter] = first.filters;
    if (filter === undefined) return [];
    const change: Change = {
      kind: 'admit-range',
      place: placeOf(first.fabric),
      filter,
      filterKind: first.filterKind,
      direction: first.direction,
      prefixes: wanted,
      ...(rank === undefined ? {} : { rank }),
      ...(first.protocol === undefined ? {} : { protocol: first.protocol }),
      ...(first.port === undefined ? {} : { port: first.port }),
    };
    return [change];
  },
});

const WHY = {
  refused: 'It drops these packets whatever routes and forwarding say; to the pods it looks like a dead network.',
  limited: 'Which ports and protocols pods use is not known, so these paths are unknown and never counted as working.',
  disputed:
    'Such a rule stands for the addresses of interfaces. Whether a pod behind one counts is not certain, so these paths are unknown.',
} as const;

function gather(
  context: RuleContext,
  first: FilterFault,
  problem: FilterFault['problem'],
  all: readonly FilterFault[],
): Data {
  // Where pods are kept out, that nodes are as well is worth no further address.
  const pods = all.filter((fault) => fault.standsFor === undefined);
  const faults = pods.length > 0 ? pods : all;
  const excluded = mergePrefixes(
    faults.flatMap(({ prefix, part }) => (part ?? [prefix]).flatMap((text) => parsePrefix(text) ?? [])),
  );
  const wanted = widen(context, first, excluded);
  return {
    first,
    problem,
    nodes: distinctSorted(faults.map(({ node }) => node)),
    excluded: excluded.map(({ text }) => text),
    wanted,
    admitted: distinctSorted(faults.flatMap(({ admitted }) => admitted ?? [])),
    groups: distinctSorted(faults.flatMap(({ groups }) => groups ?? [])),
    rank: findRank(context, first, wanted.length),
  };
}

/** A guess at the pod range could let strangers in, so only a range that somebody wrote down is offered. */
function widen(context: RuleContext, first: FilterFault, excluded: readonly Prefix[]): string[] {
  const { prefixes, source } = context.podRanges;
  const isCovered = excluded.every((prefix) => prefixes.some((range) => contains(range, prefix)));
  if (first.tunnel !== undefined || source === 'guess' || !isCovered) return excluded.map(({ text }) => text);
  return prefixes.filter((range) => excluded.some((prefix) => contains(range, prefix))).map(({ text }) => text);
}

/** The free place next before the rule that decides; undefined where order does not matter, or none is free. */
function findRank(
  context: RuleContext,
  { fabric, filters, filterKind, direction, by }: FilterFault,
  prefixes: number,
): number | undefined {
  if (filterKind === 'security-group') return undefined;
  const { start, step, lowest } = RANKS[filterKind];
  const [id] = filters;
  const facts = context.snapshot.fabrics.find((one) => one.id === fabric)?.filters;
  const filter: FilterFacts | undefined =
    facts === undefined || facts === 'unread' ? undefined : facts.find((one) => one.id === id);
  const used = new Set((filter?.rules ?? []).filter((rule) => rule.direction === direction).map(({ rank }) => rank));
  const limit = by?.rank ?? Number.POSITIVE_INFINITY;
  // An entry of a network ACL has one prefix: as many numbers in a row are needed.
  const many = filterKind === 'network-acl' ? prefixes : 1;
  const isFree = (rank: number): boolean =>
    rank + many <= limit && Array.from({ length: many }, (_, at) => rank + at).every((one) => !used.has(one));
  for (let rank = start; rank < limit && rank < start + 100 * step; rank += step) if (isFree(rank)) return rank;
  for (let rank = Math.min(limit, start) - 1; rank >= lowest; rank -= 1) if (isFree(rank)) return rank;
  return undefined;
}

/** Where people usually put rules: first number, distance, and the lowest that the API takes. */
const RANKS: Readonly<Record<Exclude<FilterKind, 'security-group'>, { start: number; step: number; lowest: number }>> =
  {
    'network-acl': { start: 200, step: 10, lowest: 1 },
    'network-security-group': { start: 200, step: 10, lowest: 100 },
    'vpc-firewall': { start: 1000, step: 1, lowest: 0 },
  };

const NOUNS: Readonly<Record<FilterKind, readonly [string, string]>> = {
  'security-group': ['security group', 'security groups'],
  'network-acl': ['network ACL', 'network ACLs'],
  'network-security-group': ['network security group', 'network security groups'],
  'vpc-firewall': ['firewall of', 'firewalls of'],
};

const WHOSE = {
  'its pods': 'pods of ',
  'its own address': 'the address of ',
  'an extra sender': 'an extra sender',
} as const;

function nounOf({ filterKind, filters }: FilterFault): string {
  const [one, many] = NOUNS[filterKind];
  return `${filters.length === 1 ? one : many} ${listNames(filters.map(shortId))}`;
}

function whatOf(data: Data): string {
  const { first, problem, nodes, excluded, admitted, groups } = data;
  const filter = nounOf(first);
  const whose = first.tunnel === undefined ? WHOSE[first.standsFor ?? 'its pods'] : `the tunnel (${first.tunnel}) of `;
  const people = nodes.length === 1 ? `node ${nodes[0] ?? ''}` : `${String(nodes.length)} nodes`;
  const ends = first.standsFor === 'an extra sender' ? '' : people;
  const who = `${first.direction === 'in' ? 'from' : 'to'} ${whose}${ends} (${listNames(excluded)})`;
  switch (problem) {
    case 'refused':
      return `The ${filter} ${first.filters.length === 1 ? 'admits' : 'admit'} nothing ${who}.`;
    case 'limited':
      return `The ${filter} ${first.filters.length === 1 ? 'admits' : 'admit'} only ${listNames(admitted)} ${who}.`;
    case 'disputed':
      return `Whether the ${filter} ${first.filters.length === 1 ? 'admits' : 'admit'} packets ${who} hangs on rules about ${listNames(groups)}.`;
  }
}

function nextOf({ first, wanted, problem }: Data): string {
  const [filter = ''] = first.filters;
  const traffic =
    first.protocol === undefined
      ? 'all traffic'
      : `${first.protocol}${first.port === undefined ? '' : ` ${String(first.port)}`}`;
  const way = first.direction === 'in' ? 'inbound rule that admits' : 'outbound rule that admits';
  const before = first.by?.name === undefined ? '' : `, before rule ${first.by.name}, which decides now`;
  const rule = `Add an ${way} ${traffic} ${first.direction === 'in' ? 'from' : 'to'} ${listNames(wanted)} to ${shortId(filter)}${before}.`;
  return problem === 'limited'
    ? `${rule} Or, if only these ports are meant, set the rule firewall-excludes-pods to off.`
    : rule;
}

function describe({ first, excluded, admitted, groups }: Data, faults: readonly FilterFault[]): Evidence[] {
  const source = `${first.fabric} ${first.filters.join(' + ')}`;
  const way = first.direction === 'in' ? 'inbound' : 'outbound';
  const rules = distinctSorted(faults.flatMap(({ by }) => by?.name ?? []));
  const texts = [
    `${way}: ${listNames(excluded, 12)} ${first.problem === 'refused' ? 'is not admitted' : 'is admitted in part or perhaps'}`,
    ...rules.map((name) => `rule ${name} denies it`),
    ...(admitted.length === 0 ? [] : [`admitted: ${listNames(admitted, 12)}`]),
    ...(groups.length === 0 ? [] : [`rules about ${listNames(groups, 12)}`]),
  ];
  return texts.map((text) => ({ source, text }));
}

/** What the Describe actions have in common. */

import { notFoundError, requireWellFormed, type IdKind } from './errors.ts';
import { matcher, type FilterTable } from './filters.ts';
import { paginate, type PageRules, type PageSettings } from './paging.ts';
import type { ActionShape, Parameters } from './query.ts';
import type { RegionView } from './view.ts';

export interface Context {
  view: RegionView;
  parameters: Parameters;
  pages: PageSettings;
  /** Regions in which the caller's account has something. */
  regions: readonly string[];
}

export interface Action {
  shape: ActionShape;
  /** Changes something; which: the part of its ARN behind the account, such as `route-table/rtb-1`. */
  changes?(parameters: Parameters): string;
  run(context: Context): object;
}

export const PAGED = ['MaxResults', 'NextToken'] as const;

export interface Listing<T> {
  kind: IdKind;
  objects(view: RegionView): readonly T[];
  known: ReadonlySet<string>;
  table: FilterTable<T>;
  rules: PageRules;
}

/** What every Describe action does: ids that must exist, filters that must be known, then a page. */
export function select<T extends { id: string }>(
  listing: Listing<T>,
  { view, parameters, pages }: Context,
): { items: T[]; token: { NextToken?: string } } {
  const { ids } = parameters;
  for (const id of ids) requireWellFormed(listing.kind, id);
  const matches = matcher(view, parameters.filters, listing.known, listing.table);
  const all = [...listing.objects(view)];
  const wanted = new Set(ids);
  const named = ids.length === 0 ? all : all.filter((one) => wanted.has(one.id));
  const { items, nextToken } = paginate(listing.rules, parameters, named, matches, pages);
  const found = new Set(named.map((one) => one.id));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw notFoundError(listing.kind, missing);
  return { items, token: nextToken === undefined ? {} : { NextToken: nextToken } };
}

export const vpcStyle = (action: string, idsName: string, max: number, min = 5): PageRules => ({
  action,
  min,
  max,
  idsName,
  style: 'vpc',
});

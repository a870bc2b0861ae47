/** The ranges of Services, where the API server tells them. */
import type { V1ServiceCIDR } from '@kubernetes/client-node';
import { parsePrefix } from '../model/prefix.ts';
import type { Reading } from '../ports.ts';
import type { Wire } from './api.ts';
import type { Call } from './call.ts';
import type { Connection } from './connect.ts';
import { readPages } from './pages.ts';
import { renderTrouble } from './trouble.ts';

/**
 * Canonical, sorted; undefined: not known. API servers before 1.33 have no ServiceCIDR (404), and nobody has to allow
 * the question (403): no verdict about a path hangs on it, so neither is a gap.
 */
export async function readServiceCIDRs(
  connection: Connection,
  call: Call,
): Promise<Reading<readonly string[] | undefined>> {
  const list = await readPages({
    call,
    what: 'list servicecidrs.networking.k8s.io',
    list: (page) => connection.networking.listServiceCIDR(page),
    translate: translateServiceCIDR,
  });
  if (list.ok) return { facts: [...new Set(list.value.flat())].sort(), gaps: [] };
  const { trouble } = list;
  if (trouble.kind === 'status' && (trouble.status === 403 || trouble.status === 404))
    return { facts: undefined, gaps: [] };
  return {
    facts: undefined,
    gaps: [{ facet: 'services', subject: 'ServiceCIDRs', reason: renderTrouble(trouble) }],
  };
}

function translateServiceCIDR({ spec }: Wire<V1ServiceCIDR>): string[] {
  return (spec?.cidrs ?? []).flatMap((text) => parsePrefix(text)?.text ?? []);
}

import type { Gap } from '../model/snapshot.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import { defineRule, distinctSorted } from './rule.ts';

interface Data {
  readonly gap: Gap;
  readonly permissions: readonly string[];
}

export const evidenceIncomplete = defineRule<Data>({
  id: 'evidence-incomplete',
  title: 'Something that a verdict needed could not be read',
  severity: 'warning',
  needs: [],
  evaluate: (context) =>
    context.faults('evidence-incomplete').flatMap((group) => {
      const gaps = group.details.flatMap((detail) => (detail.kind === 'gap' ? [detail.gap] : []));
      const [gap] = gaps;
      if (gap === undefined) return [];
      return [
        {
          ...group,
          verdict: 'unknown' as const,
          subjects: NO_SUBJECTS,
          evidence: distinctSorted(gaps.map((item) => item.reason)).map((text) => ({ source: gap.subject, text })),
          data: { gap, permissions: distinctSorted(gaps.flatMap((item) => item.permission ?? [])) },
        },
      ];
    }),
  explain: ({ data: { gap, permissions }, pairsBroken }) => ({
    what: `${capital(gap.subject)}: ${gap.reason}.`,
    why: pairsBroken === 0 ? NOTHING_JUDGED : unknownPaths(pairsBroken),
    next: adviceFor(gap, permissions),
  }),
});

const NOTHING_JUDGED = 'Without it nothing can be judged; unknown is never counted as working.';

function unknownPaths(pairs: number): string {
  const [paths, are] = pairs === 1 ? ['path depends on it and', 'is'] : ['paths depend on it and', 'are'];
  return `${String(pairs)} ${paths} ${are} unknown; unknown is never counted as working.`;
}

function adviceFor(gap: Gap, permissions: readonly string[]): string {
  if (permissions.length > 0 && gap.facet === 'guests')
    return `Give ${permissions.join(' and ')} (inputs guests: files and guest-files).`;
  if (permissions.length > 0) return `Grant ${permissions.join(' and ')}.`;
  switch (gap.facet) {
    case 'cni':
      return 'If you know how pods are routed here, say so with the input network-mode (host-gw, static, fabric, cross-subnet or overlay).';
    case 'guests':
      return 'Look at the node itself (ip route on Linux, Get-NetRoute on Windows). Nodes can be read: guests: exec (Linux) or files, and node-subnets for who is whose neighbour.';
    case 'ports':
      return 'Say what they let through with the input port-security: allowed, if nothing filters addresses there, or a file (docs/routers.md).';
    case 'changed':
      return 'Run the check again once the change has settled.';
    case 'nodes':
    case 'machines':
    case 'interfaces':
    case 'subnets':
    case 'networks':
    case 'routes':
    case 'prefix-lists':
    case 'filters':
    case 'limits':
    case 'services':
      return 'Mend what stopped the reading, then run the check again; docs/troubleshooting.md lists the messages.';
  }
}

function capital(text: string): string {
  // An id keeps its letters.
  return /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

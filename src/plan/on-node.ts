/** What findings suggest to do on nodes themselves: told with the plan, and never part of it. Pure. */
import type { HostChange, HostRoute } from '../model/host-change.ts';
import type { Finding } from '../model/judgement.ts';
import type { WithheldChange, WithheldReason } from '../model/planned.ts';

/** @param reason what else speaks against it, and more weightily: that it is not certain, or accepted */
export function withholdHostChange(
  change: HostChange,
  { key, title }: Pick<Finding, 'key' | 'title'>,
  reason: WithheldReason | undefined,
): WithheldChange {
  const { kind, node } = change;
  const what = `${kind} ${subjectOf(change)} on ${node}`;
  return {
    id: what,
    kind,
    place: { cloud: 'none', node },
    what,
    because: [{ finding: key, title }],
    reasons: [reason ?? { code: 'on-node', text: reasonFor(change) }],
  };
}

function reasonFor({ kind, node }: HostChange): string {
  const how = 'no mode does it; the commands of the finding do';
  return kind === 'restart-agent' ? `to be done in the cluster, where ${how}` : `to be done on ${node}, where ${how}`;
}

function subjectOf(change: HostChange): string {
  switch (change.kind) {
    case 'restart-agent':
      return change.agent;
    case 'set-host-route':
    case 'delete-host-route':
      return routeText(change.route);
    case 'set-host-forwarding':
      return [`IPv${String(change.family)}`, ...(change.all ? ['all'] : []), ...change.devices].join(' ');
    case 'set-rp-filter':
      return [String(change.level), ...(change.all ? ['all'] : []), ...change.devices].join(' ');
  }
}

function routeText({ type, prefix, gateway, device, metric, table }: HostRoute): string {
  const words = { via: gateway, dev: device, metric, table };
  const parts = Object.entries(words).flatMap(([word, value]) => (value === undefined ? [] : [word, String(value)]));
  return [...(type === undefined ? [] : [type]), prefix, ...parts].join(' ');
}

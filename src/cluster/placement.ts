/** On which systems a DaemonSet's pods may land, of those that are made for one. Pure. */
import type { V1Affinity, V1DaemonSet, V1NodeSelectorTerm, V1Toleration } from '@kubernetes/client-node';
import type { Wire } from './api.ts';
import type { AgentSet } from './agents.ts';
import type { DaemonSetFacts, Toleration } from '../model/snapshot.ts';

/** Every node has these labels; the older ones are written by today's kubelets, too. */
const OS_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];
/** Windows and Linux nodes share them, so they keep no pod away. */
const ARCH_LABELS = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];

/** Undefined for DaemonSets that are none of flannel's and not kube-proxy's. */
export function translatePlacement(set: Wire<V1DaemonSet>, agent: AgentSet | undefined): DaemonSetFacts | undefined {
  const { metadata, spec } = set;
  const runs = agent === undefined ? ofProxy(set) : ofFlannel(agent);
  const pod = spec?.template.spec;
  if (runs === undefined || pod === undefined || metadata?.name === undefined) return undefined;
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    runs,
    os: narrow([fromSelector(pod.nodeSelector), fromAffinity(pod.affinity)]),
    tolerations: (pod.tolerations ?? []).map(translateToleration),
  };
}

function ofFlannel({ agent }: AgentSet): 'flannel' | 'canal' | undefined {
  return agent === 'flannel' || agent === 'canal' ? agent : undefined;
}

function ofProxy({ metadata, spec }: Wire<V1DaemonSet>): 'kube-proxy' | undefined {
  const isProxy =
    /^kube-proxy(-.+)?$/.test(metadata?.name ?? '') &&
    (spec?.template.spec?.containers ?? []).some(({ name }) => name === 'kube-proxy');
  return isProxy ? 'kube-proxy' : undefined;
}

type Os = DaemonSetFacts['os'];

function fromSelector(selector: Readonly<Record<string, string>> | undefined | null): Os {
  const labels = Object.entries(selector ?? {}).filter(([label]) => !ARCH_LABELS.includes(label));
  return narrow(labels.map(([label, value]) => (OS_LABELS.includes(label) ? named([value]) : 'other')));
}

/** Terms are alternatives, and a term's expressions count together. */
function fromAffinity(affinity: Wire<V1Affinity> | undefined | null): Os {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const [first = 'any', ...others] = terms.map(fromTerm);
  return others.every((other) => other === first) ? first : 'other';
}

function fromTerm({ matchExpressions, matchFields }: Wire<V1NodeSelectorTerm>): Os {
  const expressions = (matchExpressions ?? []).filter(({ key }) => !ARCH_LABELS.includes(key));
  const fields: Os[] = (matchFields ?? []).map(() => 'other');
  return narrow([
    ...fields,
    ...expressions.map(({ key, operator, values }): Os => {
      if (!OS_LABELS.includes(key)) return 'other';
      if (operator === 'In') return named(values ?? []);
      if (operator === 'NotIn' && values?.length === 1) return values[0] === 'windows' ? 'linux' : 'other';
      return 'other';
    }),
  ]);
}

function named(systems: readonly string[]): Os {
  const [only = '', ...others] = systems;
  if (others.length > 0) return 'other';
  return only === 'linux' || only === 'windows' ? only : 'other';
}

/** What conditions that all have to hold come to: one system decides, whatever else is asked for. */
function narrow(conditions: readonly Os[]): Os {
  for (const os of ['linux', 'windows', 'other'] as const) if (conditions.includes(os)) return os;
  return 'any';
}

function translateToleration({ key, operator, value, effect }: V1Toleration): Toleration {
  return {
    ...(key === undefined || key === '' ? {} : { key }),
    ...(operator === 'Exists' || !key ? {} : { value: value ?? '' }),
    ...(effect === undefined || effect === '' ? {} : { effect }),
  };
}

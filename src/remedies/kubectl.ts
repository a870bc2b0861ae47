/** What the cluster itself can do about a node's kernel, as command lines of kubectl. */
import type { HostChange } from '../model/host-change.ts';
import { shellComment, shellOption } from './shell.ts';

/** Empty for all but a restart of an agent: its DaemonSet puts a new pod in the place of the one that is deleted. */
export function renderKubectl(change: HostChange): string[] {
  if (change.kind !== 'restart-agent') return [];
  const { node, agent, namespace, selector } = change;
  const options = [
    shellOption('namespace', namespace),
    shellOption('selector', selector),
    shellOption('field-selector', `spec.nodeName=${node}`),
  ];
  return [shellComment(`Restarts ${agent} on ${node}:`), `kubectl delete pods ${options.join(' ')}`];
}

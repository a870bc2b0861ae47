// Containers on nodes whose kernels were recorded: what `guests: exec` gets to hear without namespaces or root.
import { readFileSync } from 'node:fs';
import type { ExecAnswer, ExecAsk } from '../servers/options.ts';

type Answers = Readonly<Record<string, Readonly<Record<string, { stdout: string; stderr: string; exit: number }>>>>;

const ANSWERS = JSON.parse(readFileSync(new URL('answers.json', import.meta.url), 'utf8')) as Answers;

/** What kube-proxy's image has of all that is asked for. */
const BARE = new Set(['cat']);

/** Every program in all images, but kube-proxy's. */
export function recordedAnswer({ node, container, command }: ExecAsk): ExecAnswer {
  if (container.name === 'kube-proxy' && !BARE.has(command[0] ?? '')) return 'absent';
  const answer = ANSWERS[node]?.[command.join(' ')];
  if (answer === undefined) throw new Error(`nobody recorded ${command.join(' ')} on ${node}`);
  return answer;
}

/** busybox has an `ip` that knows no JSON, and says so. */
export const BUSYBOX_IP: ExecAnswer = {
  stderr: 'ip: unrecognized option: j\nBusyBox v1.37.0 multi-call binary.\n',
  exit: 1,
};

/** Inputs about changes: what may be planned and applied. */
import { CHANGE_KINDS } from '../model/planned.ts';
import type { InputSpec } from './spec.ts';

export const CHANGE_INPUTS = [
  {
    name: 'plan-file',
    type: 'path',
    default: '',
    text: 'Mode plan: where the plan is written. Unset: plan.json in report-dir. Mode apply: a saved plan or undo file to run, which also needs plan-digest. Unset: what the run itself finds is planned and applied.',
    available: 'now',
  },
  {
    name: 'plan-digest',
    type: 'text',
    default: '',
    text: 'Mode apply: the digest that was approved (output plan-digest of mode plan, or undo-digest). Nothing is changed where the plan has another one.',
    available: 'now',
  },
  {
    name: 'allow-changes',
    type: 'list',
    default: 'set-forwarding, create-route, replace-route',
    text: 'Kinds of change that may be planned and applied. Deletions, table associations and scale-set models only where they are named here. See docs/apply.md.',
    available: 'now',
    values: CHANGE_KINDS,
  },
  {
    name: 'allow-disruption',
    type: 'choice',
    default: 'none',
    text: 'The most that a change may disrupt: none, interrupt (packets are lost for a moment), restart or recreate (of a machine).',
    available: 'now',
    values: ['none', 'interrupt', 'restart', 'recreate'],
  },
  {
    name: 'max-changes',
    type: 'number',
    default: '20',
    text: 'Most changes of one plan, forwarding first. What is beyond is left for the next run.',
    available: 'now',
  },
  {
    name: 'exclude-nodes',
    type: 'list',
    default: '',
    text: 'Names of nodes about which nothing is changed; * stands for any characters.',
    available: 'now',
  },
  {
    name: 'allow-owners',
    type: 'lines',
    default: '',
    text: 'Owners, one a line, whose route tables may be changed all the same, as a withheld change names them: Terraform, route-controller, CloudFormation stack network.',
    available: 'now',
  },
] as const satisfies readonly InputSpec[];

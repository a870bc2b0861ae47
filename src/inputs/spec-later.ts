/**
 * Inputs of the public contract whose feature does not exist yet. Their names are taken, so that a workflow that states
 * a default keeps working; any other value is refused, so that nobody believes in something that does not happen.
 */
import type { InputSpec } from './spec.ts';

export const LATER_INPUTS = [
  {
    name: 'fabric-routes',
    type: 'lines',
    default: '',
    text: 'Routes of a top-of-rack router, for networks that no API describes.',
    available: 'later',
  },
  {
    name: 'redact',
    type: 'flag',
    default: 'false',
    text: 'Replace names and addresses in the saved snapshot.',
    available: 'later',
  },
  {
    name: 'plan-file',
    type: 'path',
    default: '',
    text: 'A saved plan of changes, for mode: apply.',
    available: 'later',
  },
  {
    name: 'plan-digest',
    type: 'text',
    default: '',
    text: 'Digest that the plan must have, for mode: apply.',
    available: 'later',
  },
  {
    name: 'allow-changes',
    type: 'list',
    default: '',
    text: 'Kinds of change that a plan may hold, for mode: plan.',
    available: 'later',
  },
  {
    name: 'max-changes',
    type: 'number',
    default: '',
    text: 'Most changes that a plan may hold, for mode: plan.',
    available: 'later',
  },
] as const satisfies readonly InputSpec[];

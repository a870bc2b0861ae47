/**
 * Inputs of the public contract whose feature does not exist yet. Their names are taken, so that a workflow that states
 * a default keeps working; any other value is refused, so that nobody believes in something that does not happen.
 */
import type { InputSpec } from './spec.ts';

export const LATER_INPUTS = [
  {
    name: 'redact',
    type: 'flag',
    default: 'false',
    text: 'Replace names and addresses in the saved snapshot.',
    available: 'later',
  },
] as const satisfies readonly InputSpec[];

/** How a range of addresses fared at one table or neighbour. */
import type { Fault, RouteProblem } from '../model/faults.ts';
import type { Prefix, Range } from '../model/prefix.ts';
import type { Gap, InterfaceFacts } from '../model/snapshot.ts';
import type { Exit, SenderContext } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import type { CompiledTable } from './tables.ts';

export interface Outcome {
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly faults: readonly Fault[];
  /** The interfaces at which it arrives, as far as it does; several where equal routes share the flows. */
  readonly arrivals: readonly InterfaceFacts[];
}

const NOWHERE: readonly InterfaceFacts[] = [];

export const PASS: Outcome = { verdict: 'pass', faults: [], arrivals: NOWHERE };

export function outcomeOf(faults: readonly Fault[], arrivals: readonly InterfaceFacts[] = NOWHERE): Outcome {
  if (faults.length === 0) return arrivals.length === 0 ? PASS : { verdict: 'pass', faults: PASS.faults, arrivals };
  return { verdict: faults.some((fault) => fault.verdict === 'fail') ? 'fail' : 'unknown', faults, arrivals };
}

/** What is being looked up, and for whom. */
export interface Lookup {
  readonly survey: Survey;
  readonly context: SenderContext;
  readonly exit: Exit;
  readonly table: CompiledTable;
  readonly to: SurveyedNode;
  readonly podCIDR: Prefix;
  readonly slot: string;
  readonly range: Range;
  /** The address is in the sender's own subnet: the guest asks for the holder instead of sending to the router. */
  readonly isNeighbourQuery: boolean;
}

export type Ending =
  | { readonly kind: 'arrives'; readonly face: InterfaceFacts }
  | { readonly kind: 'own'; readonly face: InterfaceFacts }
  | {
      readonly kind: 'lost';
      readonly problem: RouteProblem;
      readonly leadsTo?: string;
      readonly because?: string;
      /** So many routes of equal rank share the flows. */
      readonly equalRoutes?: number;
    }
  | { readonly kind: 'unclear'; readonly gap: Gap };

/** What a scenario is: a situation that a user may be in, and what the Action owes him there. */

import type { Expected } from '../world/faults.ts';
import type { World } from '../world/world.ts';

export interface Situation {
  world: World;
  /** The findings that the faults in it call for; each exactly once, and no other of verdict fail. */
  findings: Expected[];
}

export interface Scenario {
  /** Kebab-case; `npm run demo -- <name>`. */
  name: string;
  /** One line: the situation, not the cause. */
  title: string;
  /** What happened, in a few sentences. */
  story: string;
  /** Builds it, with so many nodes where the number does not belong to the story. */
  situation: (nodes?: number) => Situation;
  /** How many nodes it may be built with; absent: the number belongs to the story. */
  nodes?: { least: number; most: number };
  /** Inputs of the step; the kubeconfig is added by whoever runs it. */
  inputs: Record<string, string>;
  env?: Record<string, string>;
  /** IAM actions that the credentials lack. */
  deny?: string[];
  /** Kubernetes permissions that the credentials lack: `list nodes`. */
  kubeDeny?: string[];
  expiredToken?: boolean | 'aws' | 'kubernetes';
  /** Nobody listens at the API server's address. */
  apiUnreachable?: boolean;
  /** The run judges a snapshot that an earlier run saved, without servers and credentials. */
  replay?: boolean;
  expect: { verdict: 'pass' | 'fail' | 'unknown' | 'not-applicable'; step: 'pass' | 'fail' };
}

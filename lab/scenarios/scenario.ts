/** What a scenario is: a situation that a user may be in, and what the Action owes him there. */

import { inject } from '../world/faults.ts';
import type { Expected } from '../world/faults.ts';
import type { World } from '../world/world.ts';
import type { LabOptions } from '../servers/options.ts';

export interface Situation {
  world: World;
  /** The findings that the faults in it call for; each exactly once, and no other of verdict fail. */
  findings: Expected[];
  /** What somebody collected on the nodes, by name of the file: for `guests: files`. */
  guestFiles?: (now: Date) => Record<string, string | Buffer>;
  /** What routers print, by name of the file: for `fabric-routes`. */
  routerFiles?: () => Record<string, string>;
}

/** Builds a situation from a world and the faults in it. */
export function injected(...[world, ...list]: Parameters<typeof inject>): Situation {
  const { world: broken, expected } = inject(world, ...list);
  return { world: broken, findings: expected };
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
  /** Compute Engine permissions that the credentials lack: `compute.routes.list`. */
  gceDeny?: string[];
  /** Azure actions that the credentials lack: `Microsoft.Network/routeTables/read`. */
  azureDeny?: string[];
  /** Kubernetes permissions that the credentials lack: `list nodes`. */
  kubeDeny?: string[];
  expiredToken?: LabOptions['expiredToken'];
  /** Nobody listens at the API server's address. */
  apiUnreachable?: boolean;
  /** The run judges a snapshot that an earlier run saved, without servers and credentials. */
  replay?: boolean;
  expect: { verdict: 'pass' | 'fail' | 'unknown' | 'not-applicable'; step: 'pass' | 'fail' };
}

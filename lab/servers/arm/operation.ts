import type { AzureWorld } from '../../world/azure.ts';
import type { ApiFamily } from './api-versions.ts';
import { ArmError, groupNotFound, resourceNotFound } from './errors.ts';
import { sameName } from './ids.ts';

/** What an operation is given: the objects of one subscription, and what the request says. */
export interface Call {
  worlds: readonly AzureWorld[];
  path: Readonly<Record<string, string>>;
  query: URLSearchParams;
  now: string;
  /** Of writes. */
  body: unknown;
  /** Of writes: names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Whether parts of a resource, such as routes, have conditions of their own. */
  knowsPartEtags: boolean;
}

/** A change that was accepted and takes its time. */
export interface Accepted {
  status: 200 | 201 | 202;
  /** Of the answer; absent: none. */
  body?: () => object;
  /** Path of what is changed: asking for it lets time pass. */
  resource: string;
  end: (outcome: 'Succeeded' | 'Failed') => void;
}

/** `later`: an operation that takes its time; its result is fetched afterwards. `done`: there was nothing to do. */
export type Result = { list: object[] } | { one: object } | { later: object } | { accepted: Accepted } | { done: 204 };

export interface Operation {
  /** As in the vendor's API description. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Asks for a change. */
  write?: true;
  /** Below the subscription; case does not matter. */
  template: string;
  api: ApiFamily;
  action: string;
  parameters?: readonly string[];
  run(call: Call): Result;
}

export const NETWORK = '/providers/Microsoft.Network';
export const COMPUTE = '/providers/Microsoft.Compute';
export const GROUP = '/resourceGroups/{group}';

export function inGroup({ worlds, path }: Call): AzureWorld[] {
  const group = path['group'];
  if (group === undefined) return [...worlds];
  const there = worlds.filter((one) => sameName(one.resourceGroup, group));
  if (there.length === 0) throw groupNotFound(group);
  return there;
}

export function pick<T extends { name?: string | undefined }>(
  items: readonly T[],
  name: string,
  type: string,
  call: Call,
): T {
  const found = items.find((one) => sameName(one.name ?? '', name));
  if (found === undefined) throw resourceNotFound(type, name, call.path['group'] ?? '');
  return found;
}

export function badRequest(message: string): ArmError {
  return new ArmError(400, 'BadRequest', message);
}

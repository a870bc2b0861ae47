/** What every reading of the cluster is done with, and how its troubles become gaps. */
import type { Gap } from '../model/snapshot.ts';
import type { Page } from './api.ts';
import type { Call, Outcome } from './call.ts';
import type { Connection } from './connect.ts';
import { isObject } from './cni.ts';
import { readPages } from './pages.ts';
import { StrangerError, renderTrouble } from './trouble.ts';

export interface Desk {
  readonly connection: Connection;
  readonly call: Call;
  readonly gaps: Gap[];
}

export type Failed = Extract<Outcome<never>, { ok: false }>;

export function isRefused({ trouble }: Failed): boolean {
  return trouble.kind === 'status' && trouble.status === 403;
}

/** Nothing like it exists there: a custom resource whose definition is not installed, a name that is not taken. */
export function isAbsent({ trouble }: Failed): boolean {
  return trouble.kind === 'status' && trouble.status === 404;
}

export function addGap(desk: Desk, failed: Failed, subject: string, permission: string): void {
  const reason = renderTrouble(failed.trouble);
  desk.gaps.push({ facet: 'cni', subject, reason, ...(isRefused(failed) ? { permission } : {}) });
}

export function addReason(desk: Desk, subject: string, reason: string): void {
  desk.gaps.push({ facet: 'cni', subject, reason });
}

/** A kind of custom resource that belongs to no namespace. */
interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** For people: `Calico IPPools`. */
  readonly name: string;
}

/** Undefined: there is nothing to ask for (no such resource), or it could not be read, and then a gap says so. */
export async function readCustom<F>(
  desk: Desk,
  { name, ...kind }: CustomKind,
  translate: (object: unknown) => F | undefined,
): Promise<F[] | undefined> {
  const what = `list ${kind.plural}.${kind.group}`;
  const list = await readPages<unknown, F>({
    call: desk.call,
    what,
    list: async (page) => parsePage(await desk.connection.custom.listClusterCustomObject({ ...kind, ...page })),
    translate,
  });
  if (list.ok) return list.value;
  if (!isAbsent(list)) addGap(desk, list, name, what);
  return undefined;
}

/** Nobody vouches for the form of custom resources. */
function parsePage(answer: unknown): Page<unknown> {
  const { items, metadata } = isObject(answer) ? answer : {};
  if (!Array.isArray(items)) throw new StrangerError('no list');
  const token = isObject(metadata) ? metadata['continue'] : undefined;
  return { items, metadata: typeof token === 'string' && token !== '' ? { continue: token } : {} };
}

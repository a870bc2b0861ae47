/** Nodes' kernels from files that somebody collected: `guests: files`. */
import { glob, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, messageOf } from '../model/errors.ts';
import type { Gap, GuestFacts, NodeFacts } from '../model/snapshot.ts';
import type { Clock, GuestReader, Log } from '../ports.ts';
import { parseBundle } from './bundle.ts';
import { decodeText } from './text.ts';

/** From then on somebody should know that the files are not of now. */
const OLD_MS = 60 * 60 * 1000;
/** From then on they say nothing about now. */
const TOO_OLD_MS = 24 * 60 * 60 * 1000;
/** Far more than a node with tens of thousands of routes writes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** @param pattern a folder (its files, not those of folders in it), or a glob */
export function openGuestFiles(pattern: string, outside: { readonly clock: Clock; readonly log: Log }): GuestReader {
  return { read: async (nodes) => readGuests(pattern, nodes, outside) };
}

async function readGuests(
  pattern: string,
  nodes: readonly NodeFacts[],
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): ReturnType<GuestReader['read']> {
  const paths = await findFiles(pattern);
  if (paths.length === 0) {
    throw new ConfigError(`guest-files: there is no file at ${pattern}.`, {
      hint: 'Run docs/collect/collect.sh (collect.ps1 on Windows) on each node, and name the folder with its output.',
    });
  }
  const names = new Set(nodes.map(({ name }) => name));
  const found = new Map<string, GuestFacts>();
  const troubles = new Map<string, string>();
  for (const path of paths) {
    for (const result of parseBundle(await readText(path), `file ${path}`)) {
      if ('trouble' in result) {
        log.warning(`${path}${result.node === undefined ? '' : `, node ${result.node}`}: ${result.trouble}.`);
        if (result.node !== undefined) troubles.set(result.node, result.trouble);
        continue;
      }
      if (!names.has(result.node)) {
        log.warning(`${path} is about ${result.node}, and the cluster has no such node; it is left out.`);
        continue;
      }
      const other = found.get(result.node);
      if (other === undefined || other.readAt < result.readAt) found.set(result.node, result);
      if (other !== undefined)
        log.warning(`${path} is about ${result.node}, as ${other.source} is: the newer one counts.`);
    }
  }
  const gaps: Gap[] = [];
  const facts = nodes.flatMap((node): GuestFacts[] => {
    const { name } = node;
    const guest = found.get(name);
    if (guest === undefined) {
      gaps.push(gapOf(node, troubles.get(name) ?? `guest-files (${pattern}) holds nothing about it`));
      return [];
    }
    const age = clock.now() - Date.parse(guest.readAt);
    if (age > TOO_OLD_MS) {
      gaps.push(gapOf(node, `${guest.source} is of ${guest.readAt}, more than a day before the check`));
      return [];
    }
    if (age > OLD_MS) log.warning(`${guest.source} is of ${guest.readAt}: what changed since then is not seen.`);
    for (const { part, reason } of guest.unread) log.warning(`${guest.source}, ${part}: ${reason}.`);
    return [guest];
  });
  return { facts, gaps };
}

function gapOf({ name: node, os }: NodeFacts, reason: string): Gap {
  const permission = `the output of docs/collect/${os === 'windows' ? 'collect.ps1' : 'collect.sh'} on ${node}`;
  return { facet: 'guests', subject: `kernel of node ${node}`, scope: node, reason, permission };
}

async function findFiles(pattern: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    if (/[*?[{]/.test(pattern)) {
      for await (const path of glob(pattern)) if ((await stat(path)).isFile()) paths.push(path);
    } else if ((await stat(pattern)).isDirectory()) {
      const entries = await readdir(pattern, { withFileTypes: true });
      for (const entry of entries)
        if (entry.isFile() && !entry.name.startsWith('.')) paths.push(join(pattern, entry.name));
    } else paths.push(pattern);
  } catch (error) {
    refuse(pattern, error);
  }
  return paths.sort();
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => refuse(path, error));
  if (bytes.length > MOST_BYTES) refuse(path, new Error(`it has ${String(bytes.length)} bytes, which no node writes`));
  return decodeText(bytes);
}

function refuse(path: string, cause: unknown): never {
  throw new ConfigError(`guest-files: ${path} cannot be read: ${messageOf(cause)}.`, {
    hint: 'Name files that docs/collect/collect.sh or collect.ps1 wrote; the path is relative to the workspace.',
    cause,
  });
}

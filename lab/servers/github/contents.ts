import { createHash } from 'node:crypto';

import { GitHubError, notFound } from './errors.ts';
import type { Call, Operation, Reply } from './operation.ts';
import { repositoryUrl } from './view.ts';

const RAW = /^application\/vnd\.github(?:\.v3)?\.raw(?:\+json)?$/;
/** Longer files have no content in the JSON form. */
const LONGEST_INLINE = 1024 * 1024;

interface Entry {
  path: string;
  type: 'file' | 'dir';
  content: string;
}

function entryView({ path, type, content }: Entry, ref: string, call: Call): object {
  const { world, places } = call;
  const sha = createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest('hex');
  const base = repositoryUrl(world, places);
  const url = `${base}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${base}/git/${type === 'dir' ? 'trees' : 'blobs'}/${sha}`;
  const html = `${places.html}/${world.owner}/${world.repo}/${type === 'dir' ? 'tree' : 'blob'}/${ref}/${path}`;
  return {
    name: path.split('/').at(-1),
    path,
    sha,
    size: Buffer.byteLength(content),
    url,
    html_url: html,
    git_url: git,
    download_url: type === 'dir' ? null : `${html}?raw=true`,
    type,
    _links: { self: url, git, html },
  };
}

/** What lies directly in a folder; empty: there is no such folder. */
function childrenOf(files: Record<string, string>, folder: string): Entry[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const children = new Map<string, Entry>();
  for (const [path, content] of Object.entries(files)) {
    if (!path.startsWith(prefix)) continue;
    const [name = '', ...deeper] = path.slice(prefix.length).split('/');
    const isFolder = deeper.length > 0;
    children.set(name, { path: `${prefix}${name}`, type: isFolder ? 'dir' : 'file', content: isFolder ? '' : content });
  }
  return [...children.values()];
}

function read(call: Call): Reply {
  const { world, query, accept } = call;
  const path = (call.blanks[0] ?? '').replace(/\/$/, '');
  const ref = query.get('ref') ?? world.defaultBranch;
  const files = world.files[ref] ?? world.files[ref.replace(/^refs\/heads\//, '')];
  if (files === undefined) throw new GitHubError(404, `No commit found for the ref ${ref}`);
  const content = files[path];
  if (content === undefined) {
    const children = childrenOf(files, path);
    // The root of a repository is there even if nothing is in it.
    if (children.length === 0 && path !== '') throw notFound();
    return { status: 200, value: children.map((child) => entryView(child, ref, call)) };
  }
  if (RAW.test(accept)) return { text: content, type: `${accept}; charset=utf-8` };
  const isLong = Buffer.byteLength(content) > LONGEST_INLINE;
  const inline = isLong
    ? { content: '', encoding: 'none' }
    : { content: Buffer.from(content).toString('base64'), encoding: 'base64' };
  return { status: 200, value: { ...entryView({ path, type: 'file', content }, ref, call), ...inline } };
}

export const CONTENT_OPERATIONS: readonly Operation[] = [
  {
    id: 'repos/get-content',
    method: 'GET',
    path: /^\/contents(?:\/(.*))?$/,
    needs: [['contents', 'read']],
    query: ['ref'],
    perform: read,
  },
];

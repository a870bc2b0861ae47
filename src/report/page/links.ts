/** What the part of the address behind # says is looked at, so that a place in the page can be sent to somebody. */

export type Link =
  | { readonly kind: 'pair'; readonly from: string; readonly to: string }
  | { readonly kind: 'finding'; readonly key: string }
  | { readonly kind: 'node'; readonly name: string };

export function formatLink(link: Link): string {
  switch (link.kind) {
    case 'pair':
      return `#pair=${encodeURIComponent(link.from)},${encodeURIComponent(link.to)}`;
    case 'finding':
      return `#finding=${encodeURIComponent(link.key)}`;
    case 'node':
      return `#node=${encodeURIComponent(link.name)}`;
  }
}

/** Undefined: none of ours, such as the anchor of a section, or one that somebody cut. */
export function parseLink(hash: string): Link | undefined {
  const [, kind, rest = ''] = /^#(pair|finding|node)=(.+)$/s.exec(hash) ?? [];
  const [first, second] = kind === 'pair' ? rest.split(',').map(decode) : [decode(rest)];
  if (first === undefined || first === '') return undefined;
  if (kind === 'finding') return { kind, key: first };
  if (kind === 'node') return { kind, name: first };
  return second === undefined || second === '' ? undefined : { kind: 'pair', from: first, to: second };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Ids for people: Azure's resource ids are long, and nearly all of them is the same for every resource. */

/**
 * The names in an Azure resource id behind its provider, joined by slashes: `vnet/subnet`, `nic`, `set/3`. Any other id
 * as it is. Only for words: two resource groups may hold the same name.
 */
export function shortId(id: string): string {
  const behind = /\/providers\/[^/]+\/(.+)$/.exec(id)?.[1];
  if (behind === undefined || !id.startsWith('/subscriptions/')) return id;
  return behind
    .split('/')
    .filter((_, index) => index % 2 === 1)
    .join('/');
}

/** The same for every such id in a text. */
export function shortenIds(text: string): string {
  return text.replace(/\/subscriptions\/[^\s,;:()’]*[^\s,;:()’.]/g, shortId);
}

/** Names for routes that this action makes, where routes have names (Compute Engine). Pure. */

/** RFC 1035, as Compute Engine takes it. */
const LONGEST = 63;

/** Letters, digits and hyphens, starting with a letter; the same for the same range, always. */
export function podRouteName(prefix: string, suffix = ''): string {
  const words = prefix.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${`pods-${words}`.slice(0, LONGEST - suffix.length).replace(/-+$/, '')}${suffix}`;
}

/** Stands in for node:net, of which the model's prefixes need this one question. A URL's host is parsed as strictly. */
export function isIPv6(text: string): boolean {
  return /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]`);
}

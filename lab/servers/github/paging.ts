const USUAL = 30;
const MOST = 100;

function positive(text: string | null, otherwise: number): number {
  const value = Number(text);
  return text !== null && Number.isInteger(value) && value > 0 ? value : otherwise;
}

/** One page and the Link header; more than 100 a page is not refused but cut. */
export function cutPage(all: object[], url: URL): { items: object[]; link?: string } {
  const size = Math.min(MOST, positive(url.searchParams.get('per_page'), USUAL));
  const page = positive(url.searchParams.get('page'), 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const to = (number: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set('page', String(number));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [to(page - 1, 'prev')] : []),
    ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
    ...(page > 1 ? [to(1, 'first')] : []),
  ];
  const items = all.slice((page - 1) * size, page * size);
  return links.length === 0 ? { items } : { items, link: links.join(', ') };
}

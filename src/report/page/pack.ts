/**
 * JSON in which a text that comes again is written once. Ids and sentences of a large cluster come again thousands of
 * times, and the page must open from a mail attachment.
 */

// Shorter texts cost as much as what would stand for them.
const SHORTEST = 6;
/** Before the number of a text; a text that begins with it is always looked up. */
const MARK = '~';

interface Packed {
  readonly texts: readonly string[];
  readonly value: unknown;
}

/**
 * JSON that unpack reads, with every text but keys as `clean` leaves it; it may stand in a page as it is. The same value gives
 * the same text.
 */
export function pack(value: unknown, clean: (text: string) => string = (text) => text): string {
  const cleaned = cleanOnce(clean);
  const seen = new Map<string, number>();
  visitTexts(value, (raw) => {
    const text = cleaned(raw);
    seen.set(text, (seen.get(text) ?? 0) + 1);
  });
  const repeated = [...seen].filter(([text, count]) => {
    return text.startsWith(MARK) || (count > 1 && text.length >= SHORTEST);
  });
  // The most frequent get the shortest numbers.
  repeated.sort((a, b) => b[1] - a[1]);
  const places = new Map(repeated.map(([text], place) => [text, `${MARK}${place.toString(36)}`]));
  const written = new Map<string, string>();
  const writeText = (raw: string): string => {
    let json = written.get(raw);
    if (json === undefined) {
      const text = cleaned(raw);
      json = writeSafely(places.get(text) ?? text);
      written.set(raw, json);
    }
    return json;
  };
  const texts: Packed['texts'] = [...places.keys()];
  return `{"texts":[${texts.map(writeSafely).join(',')}],"value":${write(value, writeText)}}`;
}

/** JSON that cannot end its element, nor begin a comment in it, nor break lines for old parsers. */
function writeSafely(text: string): string {
  return JSON.stringify(text).replaceAll(/[<>\u2028\u2029]/g, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Texts of a large cluster come again and again. */
function cleanOnce(clean: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (raw) => {
    let text = known.get(raw);
    if (text === undefined) {
      text = clean(raw);
      known.set(raw, text);
    }
    return text;
  };
}

/** As JSON.stringify has it, without a copy of the whole on the way. */
function write(value: unknown, writeText: (text: string) => string): string {
  if (typeof value === 'string') return writeText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, writeText)).join(',')}]`;
  let json = '';
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) json += `${json === '' ? '' : ','}"${key}":${write(item, writeText)}`;
  }
  return `{${json}}`;
}

export function unpack(json: string): unknown {
  const { texts, value } = JSON.parse(json) as Packed;
  return mapTexts(value, (text) => (text.startsWith(MARK) ? (texts[parseInt(text.slice(1), 36)] ?? '') : text));
}

function visitTexts(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (Array.isArray(value)) for (const item of value) visitTexts(item, visit);
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) visitTexts(item, visit);
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, map)]));
}

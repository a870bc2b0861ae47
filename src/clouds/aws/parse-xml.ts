/**
 * EC2's XML to objects, as the SDK's own parser makes them (`@aws-sdk/xml-builder`), eight times as fast: that one reads
 * character by character, and for some thousand machines takes longer than all the rest of a run. Pure.
 */

/** An element as the SDK has it: its text, or its children by name, in an array where there are several of one name. */
export type Parsed = string | ParsedObject;
interface ParsedObject {
  [name: string]: Parsed | Parsed[];
}

const PROLOG = /^\s*(?:<\?xml [^<>]*\?>\s*)?/;
const ROOT = /<([A-Za-z][\w.-]*)(?: xmlns="([^"<>&]*)")?>/y;
const NAME = /^[A-Za-z][\w.-]*$/;
const SLASH = 47;

/**
 * Without the elements that are named in `unread`, whose content is not even looked at; none of them may hold one of its
 * own name. Undefined for whatever is not plain: attributes below the root, comments, CDATA, text between elements, or no
 * XML at all. The SDK's parser knows what to make of those.
 */
export function parsePlainXml(xml: string, unread: ReadonlySet<string> = new Set()): ParsedObject | undefined {
  if (xml.includes('\r') || xml.includes('__proto__')) return undefined;
  ROOT.lastIndex = PROLOG.exec(xml)?.[0].length ?? 0;
  const root = ROOT.exec(xml);
  const rootName = root?.[1];
  if (rootName === undefined) return undefined;
  const top: ParsedObject = {};
  // The elements that are open, outermost first, and their names.
  const parents: ParsedObject[] = [];
  const names: string[] = [rootName];
  const known = new Map<string, string>();
  let open = top;
  let at = xml.indexOf('<', ROOT.lastIndex);
  if (!isGap(xml, ROOT.lastIndex, at)) return undefined;
  while (at !== -1) {
    const end = xml.indexOf('>', at);
    let next: number;
    if (xml.charCodeAt(at + 1) === SLASH) {
      const name = names.pop() ?? '';
      if (!closes(xml, at, end, name)) return undefined;
      const parent = parents.pop();
      if (parent === undefined) return withRoot(top, name, root?.[2]);
      // Without children it was empty but for a line break.
      add(parent, name, isEmpty(open) ? '' : open);
      open = parent;
      next = end + 1;
    } else {
      const isAlone = xml.charCodeAt(end - 1) === SLASH;
      const written = xml.slice(at + 1, isAlone ? end - 1 : end);
      const name = known.get(written) ?? (NAME.test(written) ? copy(written) : undefined);
      if (end === -1 || name === undefined) return undefined;
      known.set(name, name);
      const inner = isAlone ? end : xml.indexOf('<', end);
      if (unread.has(name)) {
        const close = isAlone ? end : xml.indexOf(`</${name}>`, end);
        if (close === -1) return undefined;
        next = isAlone ? end + 1 : close + name.length + 3;
      } else if (isAlone) {
        add(open, name, '');
        next = end + 1;
      } else if (xml.charCodeAt(inner + 1) === SLASH) {
        const close = xml.indexOf('>', inner);
        if (inner === -1 || !closes(xml, inner, close, name)) return undefined;
        add(open, name, textOf(xml.slice(end + 1, inner)));
        next = close + 1;
      } else {
        parents.push(open);
        names.push(name);
        open = {};
        next = end + 1;
      }
    }
    at = xml.indexOf('<', next);
    if (!isGap(xml, next, at)) return undefined;
  }
  return undefined;
}

/** Between two elements stands nothing, or a line break with an indentation. */
function isGap(xml: string, from: number, to: number): boolean {
  if (from === to) return true;
  const between = to === -1 ? '' : xml.slice(from, to);
  return between.trim() === '' && between.includes('\n');
}

function closes(xml: string, at: number, end: number, name: string): boolean {
  return end === at + 2 + name.length && xml.startsWith(name, at + 2);
}

function isEmpty(object: ParsedObject): boolean {
  for (const _ in object) return false;
  return true;
}

function add(parent: ParsedObject, name: string, value: Parsed): void {
  const before = parent[name];
  if (before === undefined) parent[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else parent[name] = [before, value];
}

function withRoot(top: ParsedObject, name: string, namespace: string | undefined): ParsedObject {
  if (namespace !== undefined) top['xmlns'] = namespace;
  return { [name]: isEmpty(top) ? '' : top };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function textOf(text: string): string {
  if (text.trim() === '' && text.includes('\n')) return '';
  if (!text.includes('&')) return copy(text);
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z0-9]{0,30}));/g,
    (_, hex: string | undefined, decimal: string | undefined, name: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return decimal === undefined ? (ENTITIES[name] ?? '') : String.fromCharCode(Number.parseInt(decimal, 10));
    },
  );
}

/** Of its own: what is cut out of a string keeps the whole string in memory, and an id would keep a page of answers. */
function copy(text: string): string {
  return text.length < 13 ? text : ` ${text}`.slice(1);
}

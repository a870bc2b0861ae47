/** How PowerShell writes objects, with the ways in which 5.1 differs from what one expects. */

/** How it comes out. */
export interface PowerShellManner {
  /**
   * `words` as collect.ps1 writes them; `numbers`: what ConvertTo-Json of 5.1 makes of enumerations without it, with
   * one object where a list has one entry.
   */
  enums?: 'words' | 'numbers';
  /** How deep ConvertTo-Json goes before it writes what an object is called. Default 10. */
  depth?: number;
  /** Not an administrator: the Host Networking Service refuses. */
  plainUser?: boolean;
  /** Messages of the shell among the output. */
  noise?: boolean;
}

const NUMBERS: Readonly<Record<string, number>> = {
  Enabled: 1,
  Disabled: 2,
  Connected: 1,
  Disconnected: 0,
  IPv4: 2,
  IPv6: 23,
  Preferred: 4,
  Local: 2,
  NetMgmt: 3,
  Dhcp: 19,
  Unreachable: 0,
  Incomplete: 1,
  Probe: 2,
  Delay: 3,
  Stale: 4,
  Reachable: 5,
  Permanent: 6,
};

/** A message of the shell, as another process gets it. */
export const CLIXML =
  '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj S="progress" RefId="0"><MS><I64 N="SourceId">1</I64></MS></Obj></Objs>';

/** An enumeration's value. */
export function wordIn({ enums }: PowerShellManner, text: string): string | number {
  return enums === 'numbers' ? (NUMBERS[text] ?? text) : text;
}

export function toJson(rows: object[], { enums, depth = 10 }: PowerShellManner): string {
  // A pipe takes lists apart: of one entry nothing but the entry is left, and of none no text at all.
  if (enums !== 'numbers') return JSON.stringify(cutOff(rows, depth + 1));
  return rows.length === 0 ? '' : JSON.stringify(cutOff(rows.length === 1 ? rows[0] : rows, depth + 1));
}

function cutOff(value: unknown, left: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (left <= 0) return Array.isArray(value) ? value.map(nameOf).join(' ') : nameOf(value);
  if (Array.isArray(value)) return value.map((one: unknown) => cutOff(one, left - 1));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cutOff(one, left - 1)]));
}

/** What .NET calls an object that it does not write out. */
function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'System.Object[]';
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, one]) => `${key}=${nameOf(one)}`);
  return `@{${fields.join('; ')}}`;
}

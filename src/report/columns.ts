/** Text in aligned columns, as kubectl prints it. */

const GAP = '   ';

/** Widths are counted in code points; the last column is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell));
  }
  return rows.map((row) => {
    const cells = row.map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - width(cell)));
    return cells.join(GAP).trimEnd();
  });
}

function width(text: string): number {
  return Array.from(text).length;
}

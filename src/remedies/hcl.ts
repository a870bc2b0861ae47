/** Terraform's language: blocks of arguments, in which foreign text stays text. Pure. */

export type Argument = readonly [name: string, value: string | number | boolean | readonly string[]];

export function block(kind: string, labels: readonly string[], lines: readonly Argument[]): string[] {
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    `${kind} ${labels.map(literal).join(' ')} {`,
    ...lines.map(([name, value]) => `  ${name.padEnd(width)} = ${valueOf(value)}`),
    '}',
  ];
}

function valueOf(value: Argument[1]): string {
  if (typeof value === 'string') return literal(value);
  return typeof value === 'object' ? `[${value.map(literal).join(', ')}]` : String(value);
}

/** Letters, digits and underscores, starting with a letter. */
export function nameFor(...parts: readonly string[]): string {
  const words = parts.join('_').replaceAll(/[^A-Za-z0-9]+/g, '_');
  return `pods_${words.replaceAll(/^_|_$/g, '')}`;
}

/** A string in which nothing is a template or an escape; what cannot be seen is spelt out. */
export function literal(text: string): string {
  const escaped = JSON.stringify(text).replaceAll(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return escaped.replaceAll(/([$%])\{/g, (mark) => mark.charAt(0) + mark);
}

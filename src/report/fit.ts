/** Texts that keep within a budget: from the richest rung that fits, cut between rows where a rung allows it. */

export interface Budget {
  readonly limit: number;
  /** What the destination counts: job summaries bytes of UTF-8, comments characters. */
  readonly unit: 'bytes' | 'characters';
}

/** Part of a document. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'rows';
      /** How the rows are kept apart, and the rest from them. */
      readonly style: 'table' | 'paragraphs' | 'code';
      /** Stands above the rows, such as heading and table head; left out together with all rows. */
      readonly head: string;
      readonly rows: readonly string[];
      /** Stands below them. */
      readonly tail?: string;
      /** The line that says how many rows are left out. */
      readonly more: (left: number) => string;
    };

export interface Rung {
  readonly blocks: readonly Block[];
  /** Whether rows may be left out; each block keeps at least one. */
  readonly mayCut: boolean;
}

/** The longest that stands between two rows. */
const SEPARATOR = 2;

type RowsBlock = Extract<Block, { readonly kind: 'rows' }>;

/** The first rung that fits; where none does, the last one cut hard at a character. Never longer than the budget. */
export function fitText(rungs: readonly (() => Rung)[], budget: Budget): string {
  let last = '';
  for (const rung of rungs) {
    const { blocks, mayCut } = rung();
    last = renderBlocks(blocks);
    if (measure(last, budget) <= budget.limit) return last;
    const cut = mayCut ? fitRows(blocks, budget) : undefined;
    if (cut !== undefined) return cut;
  }
  return cutHard(last, budget);
}

export function measure(text: string, budget: Budget): number {
  return budget.unit === 'bytes' ? Buffer.byteLength(text, 'utf8') : text.length;
}

function renderBlocks(blocks: readonly Block[]): string {
  const texts = blocks.map((block) => (block.kind === 'text' ? block.text : renderRows(block, block.rows.length)));
  return `${texts.filter((text) => text !== '').join('\n\n')}\n`;
}

function renderRows(block: RowsBlock, shown: number): string {
  if (block.rows.length === 0) return '';
  const left = block.rows.length - shown;
  const between = block.style === 'paragraphs' ? '\n\n' : '\n';
  // A blank line ends a table, else the sentence below would become its last row; in code it would show.
  const below = block.style === 'code' ? '\n' : '\n\n';
  const upper = [block.head, ...block.rows.slice(0, shown)].join(between);
  const lower = [...(left > 0 ? [block.more(left)] : []), ...(block.tail === undefined ? [] : [block.tail])];
  return [upper, ...lower].join(below);
}

/** Shares the room fairly: blocks that need less than their share leave the rest to the longer ones. */
function fitRows(blocks: readonly Block[], budget: Budget): string | undefined {
  const long = blocks.filter((block): block is RowsBlock => block.kind === 'rows' && block.rows.length > 0);
  const size = (text: string): number => measure(text, budget);
  const shown = new Map<RowsBlock, number>(long.map((block) => [block, 0]));
  const render = (): string => {
    const texts = blocks.map((block) =>
      block.kind === 'text' ? block.text : renderRows(block, shown.get(block) ?? block.rows.length),
    );
    return `${texts.filter((text) => text !== '').join('\n\n')}\n`;
  };
  let room = budget.limit - size(render());
  const need = (block: RowsBlock): number => block.rows.reduce((sum, row) => sum + size(row) + SEPARATOR, 0);
  const byNeed = long.map((block) => ({ block, need: need(block) })).sort((a, b) => a.need - b.need);
  for (const [index, { block }] of byNeed.entries()) {
    const share = room / (byNeed.length - index);
    let used = 0;
    let count = 0;
    for (const row of block.rows) {
      if (used + size(row) + SEPARATOR > share) break;
      used += size(row) + SEPARATOR;
      count += 1;
    }
    if (count === 0) return undefined;
    shown.set(block, count);
    room -= used;
  }
  const text = render();
  return size(text) <= budget.limit ? text : undefined;
}

function cutHard(text: string, budget: Budget): string {
  const mark = '…';
  let room = budget.limit - measure(mark, budget);
  if (room < 0) return '';
  let result = '';
  for (const character of text) {
    room -= measure(character, budget);
    if (room < 0) break;
    result += character;
  }
  return result + mark;
}

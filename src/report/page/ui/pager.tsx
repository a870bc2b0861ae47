/** Long lists are shown page by page: five thousand rows at once would make every click slow. */
import type { VNode } from 'preact';
import { number } from '../../words.ts';

interface Props {
  /** What is paged, for screen readers. */
  readonly what: string;
  readonly page: number;
  readonly pages: number;
  readonly turn: (page: number) => void;
}

export function Pager({ what, page, pages, turn }: Props): VNode | null {
  if (pages <= 1) return null;
  const button = (text: string, label: string, target: number): VNode => (
    <button
      type="button"
      class="plain"
      aria-label={label}
      disabled={target === page || target < 0 || target >= pages}
      onClick={() => turn(target)}
    >
      {text}
    </button>
  );
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      {button('«', 'First page', 0)}
      {button('‹', 'Previous page', page - 1)}
      <span aria-live="polite">
        Page {number(page + 1)} of {number(pages)}
      </span>
      {button('›', 'Next page', page + 1)}
      {button('»', 'Last page', pages - 1)}
    </nav>
  );
}

/** What of a large grid can be seen. */
import { useEffect, useState } from 'preact/hooks';

/** Of a row, in pixels, as in the style. */
export const ROW = 36;

export interface View {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

export function useView(frame: { readonly current: HTMLDivElement | null }): View {
  const [view, setView] = useState<View>({ top: 0, left: 0, width: 1200, height: 700 });
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const read = (): void => {
      const { scrollTop, scrollLeft, clientWidth, clientHeight } = element;
      setView({ top: scrollTop, left: scrollLeft, width: clientWidth, height: clientHeight });
    };
    read();
    element.addEventListener('scroll', read, { passive: true });
    const watcher = new ResizeObserver(read);
    watcher.observe(element);
    return () => {
      element.removeEventListener('scroll', read);
      watcher.disconnect();
    };
  }, []);
  return view;
}

/** Scrolls so far that the cell is not behind the heads. */
export function reveal(frame: HTMLElement, [row, column]: readonly [number, number], width: number): void {
  const corner = frame.querySelector<HTMLElement>('.corner');
  const room = {
    width: frame.clientWidth - (corner?.offsetWidth ?? 0),
    height: frame.clientHeight - (corner?.offsetHeight ?? 0),
  };
  const [top, left] = [row * ROW, column * width];
  if (top < frame.scrollTop) frame.scrollTop = top;
  else if (top + ROW > frame.scrollTop + room.height) frame.scrollTop = top + ROW - room.height;
  if (left < frame.scrollLeft) frame.scrollLeft = left;
  else if (left + width > frame.scrollLeft + room.width) frame.scrollLeft = left + width - room.width;
}

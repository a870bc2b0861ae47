/** What all parts of the page share: its data, what is looked at, and a voice for those who do not see it. */
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useState } from 'preact/hooks';
import { formatLink, parseLink, type Link } from '../links.ts';
import type { PageModel } from '../model.ts';

export interface Shared {
  readonly model: PageModel;
  readonly link: Link | undefined;
  /** Shows it, and lets the browser's way back lead here. */
  readonly open: (link: Link) => void;
  /** Read out by screen readers. */
  readonly say: (text: string) => void;
}

export const SharedContext = createContext<Shared | undefined>(undefined);

export function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (shared === undefined) throw new Error('used outside of the page');
  return shared;
}

/** The address is where it is kept what is looked at. */
export function useLink(): [Link | undefined, (link: Link) => void] {
  const [link, setLink] = useState(() => parseLink(location.hash));
  useEffect(() => {
    const read = (): void => {
      // The anchor of a section leaves open what is open.
      if (location.hash === '' || location.hash.includes('=')) setLink(parseLink(location.hash));
    };
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  const open = useCallback((next: Link) => {
    location.hash = formatLink(next);
  }, []);
  return [link, open];
}

/** On paper everything is unfolded. */
export function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const begin = (): void => setPrinting(true);
    const end = (): void => setPrinting(false);
    addEventListener('beforeprint', begin);
    addEventListener('afterprint', end);
    return () => {
      removeEventListener('beforeprint', begin);
      removeEventListener('afterprint', end);
    };
  }, []);
  return isPrinting;
}

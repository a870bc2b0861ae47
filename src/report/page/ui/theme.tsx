/** Light or dark: as the system has it, until one says otherwise. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const KEY = 'pod-route-check-theme';
type Theme = 'light' | 'dark';

/** Some browsers keep nothing for pages that were opened from a file, and say so by throwing. */
function remembered(): Theme | undefined {
  try {
    const text = localStorage.getItem(KEY);
    return text === 'light' || text === 'dark' ? text : undefined;
  } catch {
    return undefined;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds for this visit.
  }
}

export function ThemeButton(): VNode {
  const [chosen, choose] = useState(remembered);
  const theme = chosen ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  useEffect(() => {
    if (chosen !== undefined) document.documentElement.dataset['theme'] = chosen;
  }, [chosen]);
  const other = theme === 'light' ? 'dark' : 'light';
  return (
    <button
      type="button"
      class="plain theme"
      onClick={() => {
        choose(other);
        remember(other);
      }}
    >
      {theme === 'light' ? '☾' : '☀'} <span>{other}</span>
    </button>
  );
}

/** A part that scrolls sideways where the window is narrow: only what can be focused scrolls by keyboard. */
import type { ComponentChildren, VNode } from 'preact';

export function Scroll({ label, children }: { label: string; children: ComponentChildren }): VNode {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  );
}

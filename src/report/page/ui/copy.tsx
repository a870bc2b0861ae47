/** Commands with buttons that copy them. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PageFinding } from '../model.ts';
import { useShared } from './context.tsx';

const SHOWN_MS = 2000;

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Where a page may not use the clipboard (an old browser, a frame), what is selected can still be copied. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is the way that is left
  const done = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

export function CopyButton({ text, what }: { text: string; what: string }): VNode {
  const { say } = useShared();
  const [state, setState] = useState<'Copy' | 'Copied' | 'Not copied'>('Copy');
  useEffect(() => {
    if (state === 'Copy') return;
    const timer = setTimeout(() => setState('Copy'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const click = (): void => {
    void copy(text).then((done) => {
      setState(done ? 'Copied' : 'Not copied');
      say(done ? `Copied ${what}.` : `${what} could not be copied: select it and copy it yourself.`);
    });
  };
  return (
    <button type="button" class="copy" onClick={click} aria-label={`Copy ${what}`}>
      {state}
    </button>
  );
}

export function Command({ lines, what }: { lines: readonly string[]; what: string }): VNode {
  return (
    <div class="command">
      {/* Long lines scroll, and only what can be focused scrolls by keyboard. */}
      <pre tabIndex={0} role="region" aria-label={what}>
        <code>{lines.join('\n')}</code>
      </pre>
      <CopyButton text={lines.join('\n')} what={what} />
    </div>
  );
}

export function Remedies({ finding }: { finding: PageFinding }): VNode {
  return (
    <>
      {finding.scripts.map(({ tool, lines }) => (
        <Command key={tool} lines={lines} what={`the ${tool} commands for ${finding.title}`} />
      ))}
    </>
  );
}

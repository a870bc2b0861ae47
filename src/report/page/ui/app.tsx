import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PageModel } from '../model.ts';
import { SharedContext, useLink } from './context.tsx';
import { Findings } from './findings.tsx';
import { Matrix, type Choice } from './matrix.tsx';
import { Nodes } from './nodes.tsx';
import { Causes, Counts, Headline } from './overview.tsx';
import { PathFinder } from './path.tsx';
import { Foot, NotSeen } from './rest.tsx';
import { ThemeButton } from './theme.tsx';

export function App({ model }: { model: PageModel }): VNode {
  const [link, open] = useLink();
  const [voice, say] = useState('');
  const [choice, setChoice] = useState<Choice | undefined>(undefined);
  const { report } = model.data;
  const hasPairs = report.pairs.total > 0;

  useEffect(() => {
    // A cell shows its first pair in place: whoever came by a link is brought to it.
    if (link?.kind === 'pair' && choice === undefined) document.getElementById('path')?.scrollIntoView();
  }, [link]);

  const choose = (next: Choice): void => {
    setChoice(next);
    const pair = next.worst;
    open({ kind: 'pair', from: pair.from.name, to: pair.to.name });
  };

  const parts = [
    ['verdict', 'Verdict'],
    ...(report.causes.length > 0 ? [['causes', 'Causes']] : []),
    ...(hasPairs
      ? [
          ['matrix', 'Who reaches whom'],
          ['path', 'Path'],
        ]
      : []),
    ['findings', `Findings`],
    ['nodes', 'Nodes'],
    ...(report.gaps.length > 0 ? [['gaps', 'Not seen']] : []),
  ];
  return (
    <SharedContext.Provider value={{ model, link, open, say }}>
      <a class="skip" href="#main">
        Skip to the verdict
      </a>
      <header>
        <span class="brand">Pod Route Check</span>
        <nav aria-label="Parts of the report">
          {parts.map(([id = '', name]) => (
            <a key={id} href={`#${id}`}>
              {name}
            </a>
          ))}
        </nav>
        <ThemeButton />
      </header>
      <main id="main" tabIndex={-1}>
        <Headline />
        <Counts />
        <Causes />
        {hasPairs ? <Matrix choice={choice} choose={choose} /> : null}
        {hasPairs ? <PathFinder choice={choice} /> : null}
        <Findings />
        <Nodes />
        <NotSeen />
      </main>
      <Foot />
      <p class="unseen" role="status">
        {voice}
      </p>
    </SharedContext.Provider>
  );
}

/** A pair's path: who sends, who receives, and what happens on the way. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { verdictWord } from '../../words.ts';
import { planPath, type Hop, type HopState, type PairPath } from '../hops.ts';
import type { PageFinding, PageNode } from '../model.ts';
import { NodeBox } from './combobox.tsx';
import { useShared } from './context.tsx';
import { Command } from './copy.tsx';
import { Evidence, GradeMark, VerdictMark } from './marks.tsx';
import type { Choice } from './matrix.tsx';
import { Members } from './members.tsx';

interface Ends {
  readonly from: PageNode | undefined;
  readonly to: PageNode | undefined;
}

export function PathFinder({ choice }: { choice: Choice | undefined }): VNode {
  const { model, link, open } = useShared();
  // Until both ends are known there is no pair that the address could hold.
  const [half, setHalf] = useState<Ends>({ from: undefined, to: undefined });
  const linked = link?.kind === 'pair' ? link : undefined;
  const from = linked === undefined ? half.from : model.nodeOf.get(linked.from);
  const to = linked === undefined ? half.to : model.nodeOf.get(linked.to);
  const set = (ends: Ends): void => {
    setHalf(ends);
    if (ends.from !== undefined && ends.to !== undefined)
      open({ kind: 'pair', from: ends.from.name, to: ends.to.name });
  };
  const isLost = linked !== undefined && (from === undefined || to === undefined);
  return (
    <section id="path" aria-labelledby="path-title">
      <h2 id="path-title">A path, hop by hop</h2>
      <div class="ends">
        <NodeBox id="path-from" label="From pods of" chosen={from} choose={(node) => set({ from: node, to })} />
        <button
          type="button"
          class="plain"
          disabled={from === undefined && to === undefined}
          aria-label="Swap the two ends: the way back"
          title="The way back"
          onClick={() => set({ from: to, to: from })}
        >
          ⇄
        </button>
        <NodeBox id="path-to" label="To pods of" chosen={to} choose={(node) => set({ from, to: node })} />
      </div>
      {choice === undefined ? null : <Members choice={choice} from={from} to={to} set={set} />}
      <div aria-live="polite">{isLost ? <p>No such node in this report.</p> : <Found from={from} to={to} />}</div>
    </section>
  );
}

function Found({ from, to }: Ends): VNode {
  const { model } = useShared();
  const path = useMemo(
    () => (from === undefined || to === undefined || from === to ? undefined : planPath(model, from, to)),
    [model, from, to],
  );
  if (from === undefined || to === undefined) return <p class="hint">Choose both ends, or a cell of the matrix.</p>;
  if (path === undefined) return <p>Pods of one node reach each other without leaving it.</p>;
  return (
    <>
      <PathVerdict path={path} from={from} to={to} />
      {path.whole.length === 0 ? null : (
        <ul class="pinned">
          {path.whole.map((finding) => (
            <Pinned key={finding.key} finding={finding} />
          ))}
        </ul>
      )}
      <ol class="hops">
        {path.hops.map((hop) => (
          <HopItem key={hop.kind} hop={hop} />
        ))}
      </ol>
    </>
  );
}

function PathVerdict({ path, from, to }: { path: PairPath; from: PageNode; to: PageNode }): VNode {
  const rows = [
    ...(path.families.length > 1 ? [{ name: 'all', verdict: path.verdict, roundTrip: path.roundTrip }] : []),
    ...path.families.map(({ family, ...verdicts }) => ({ name: `IPv${String(family)}`, ...verdicts })),
  ];
  const reason = from.notJudged ?? to.notJudged;
  return (
    <>
      <p class="outcome">
        <VerdictMark verdict={path.verdict} /> from <b>{from.name}</b> to <b>{to.name}</b>
        {path.verdict === path.roundTrip ? '' : `, there and back: ${verdictWord(path.roundTrip).toLowerCase()}`}
      </p>
      {path.verdict === 'not-applicable' && reason !== null ? <p class="hint">{reason}</p> : null}
      {rows.length === 0 ? (
        <p class="hint">The two nodes have no address family in common.</p>
      ) : (
        <table class="families">
          <thead>
            <tr>
              <th scope="col">Family</th>
              <th scope="col">One way</th>
              <th scope="col">There and back</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, verdict, roundTrip }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <VerdictMark verdict={verdict} />
                </td>
                <td>
                  <VerdictMark verdict={roundTrip} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const STATES: Readonly<Record<HopState, readonly [string, string]>> = {
  fine: ['✓', 'nothing wrong seen'],
  fault: ['✕', 'at fault'],
  doubt: ['?', 'not known'],
  unread: ['○', 'not read'],
  idle: ['–', 'not judged'],
};

function HopItem({ hop }: { hop: Hop }): VNode {
  const [symbol, word] = STATES[hop.state];
  return (
    <li class={`hop ${hop.state}`}>
      <span class="symbol" aria-hidden="true">
        {symbol}
      </span>
      <div>
        <h3>
          {hop.title} <small class="state">{word}</small>
        </h3>
        {hop.note === undefined ? null : <p>{hop.note}</p>}
        <dl class="facts">
          {hop.facts.map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        {hop.findings.length === 0 ? null : (
          <ul class="pinned">
            {hop.findings.map((finding) => (
              <Pinned key={finding.key} finding={finding} />
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

/** A finding at the hop that it is about: what, the evidence, and the first thing to type. */
function Pinned({ finding }: { finding: PageFinding }): VNode {
  const { open } = useShared();
  const lines = finding.scripts.find(({ tool }) => tool !== 'terraform')?.lines;
  return (
    <li>
      <p>
        <GradeMark grade={finding.grade} /> {finding.what}
      </p>
      <Evidence finding={finding} />
      {lines === undefined ? (
        <p>{finding.next}</p>
      ) : (
        <Command lines={lines} what={`the commands for ${finding.title}`} />
      )}
      <button type="button" class="link" onClick={() => open({ kind: 'finding', key: finding.key })}>
        The whole finding
      </button>
    </li>
  );
}

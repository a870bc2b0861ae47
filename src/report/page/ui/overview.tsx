/** What one wants to know first: the verdict, what to mend first, the counts, the causes. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { PairCounts, Verdict } from '../../../model/judgement.ts';
import { number, plural, verdictWord } from '../../words.ts';
import type { PageFinding } from '../model.ts';
import { useShared } from './context.tsx';
import { Command } from './copy.tsx';
import { VerdictMark } from './marks.tsx';
import { Scroll } from './scroll.tsx';

export function Headline(): VNode {
  const { headline, mend, gate, drift, former, report } = useShared().model.data;
  return (
    <section id="verdict" class={`verdict ${report.verdict}`} aria-labelledby="verdict-title">
      <h1 id="verdict-title">
        <VerdictMark verdict={report.verdict} /> <span class="unseen">: </span>
        <span class="claim">{headline.rest}.</span>
      </h1>
      {mend === null ? null : (
        <p>
          <strong>{mend.label}:</strong> {mend.text}
        </p>
      )}
      {mend?.command === undefined ? null : <Command lines={[mend.command]} what="the command to mend it" />}
      {gate === null ? null : <p>{gate}</p>}
      {drift === null ? null : <p>{drift}</p>}
      {former.map(([heading, lines]) => (
        <details key={heading}>
          <summary>{heading}</summary>
          <ul>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}

const PARTS: readonly (readonly [Verdict, Exclude<keyof PairCounts, 'total'>])[] = [
  ['fail', 'fail'],
  ['partial', 'partial'],
  ['unknown', 'unknown'],
  ['pass', 'pass'],
  ['not-applicable', 'notApplicable'],
];

/** Each part that is there can be seen, however small it is beside the whole. */
function Bar({ counts }: { counts: PairCounts }): VNode {
  const parts = PARTS.filter(([, key]) => counts[key] > 0);
  return (
    <span class="bar" aria-hidden="true">
      {parts.map(([verdict, key]) => (
        <span key={key} class={verdict} style={{ flexGrow: String(Math.max(counts[key] / counts.total, 0.008)) }} />
      ))}
    </span>
  );
}

export function Counts(): VNode {
  const { data } = useShared().model;
  const { pairs, roundTrip } = data.report;
  const rows = [
    ['One way', pairs],
    ['There and back', roundTrip],
  ] as const;
  return (
    <section id="counts" aria-labelledby="counts-title">
      <h2 id="counts-title">Pod paths between nodes</h2>
      <Scroll label="Table of pod paths">
        <table class="counts">
          <thead>
            <tr>
              <th scope="col">Path</th>
              <th scope="col" class="number">
                All
              </th>
              {PARTS.map(([verdict]) => (
                <th key={verdict} scope="col" class="number">
                  <VerdictMark verdict={verdict} />
                </th>
              ))}
              <th scope="col" class="wide">
                <span class="unseen">Shares</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, counts]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{number(counts.total)}</td>
                {PARTS.map(([verdict, key]) => (
                  <td key={verdict} class={`number ${counts[key] === 0 ? 'zero' : verdict}`}>
                    {number(counts[key])}
                  </td>
                ))}
                <td>
                  <Bar counts={counts} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {data.otherPaths.length === 0 ? null : <OtherPaths />}
    </section>
  );
}

function OtherPaths(): VNode {
  const { otherPaths } = useShared().model.data;
  return (
    <Scroll label="Table of other paths">
      <table>
        <caption>Other paths, there and back</caption>
        <thead>
          <tr>
            <th scope="col">From where to where</th>
            <th scope="col" class="number">
              Paths
            </th>
            <th scope="col" class="number">
              Broken
            </th>
            <th scope="col" class="number">
              {verdictWord('unknown')}
            </th>
          </tr>
        </thead>
        <tbody>
          {otherPaths.map(({ what, total, broken, unknown }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td class="number">{number(total)}</td>
              <td class={`number ${broken === 0 ? 'zero' : 'fail'}`}>{number(broken)}</td>
              <td class={`number ${unknown === 0 ? 'zero' : 'unknown'}`}>{number(unknown)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const SHOWN_CAUSES = 10;

export function Causes(): VNode | null {
  const { model } = useShared();
  const [showsAll, showAll] = useState(false);
  const causes = model.data.report.causes.flatMap(({ finding }) => model.findingOf.get(finding) ?? []);
  if (causes.length === 0) return null;
  const { fail, partial } = model.data.report.pairs;
  const shown = showsAll ? causes : causes.slice(0, SHOWN_CAUSES);
  return (
    <section id="causes" aria-labelledby="causes-title">
      <h2 id="causes-title">Causes</h2>
      <p class="hint">
        What breaks most comes first. A path may have several causes, and works again when all of them are mended.
      </p>
      <ol class="causes">
        {shown.map((cause) => (
          <Cause key={cause.key} cause={cause} broken={fail + partial} />
        ))}
      </ol>
      {shown.length === causes.length ? null : (
        <button type="button" class="plain" onClick={() => showAll(true)}>
          Show {plural(causes.length - shown.length, 'more cause')}
        </button>
      )}
    </section>
  );
}

function Cause({ cause, broken }: { cause: PageFinding; broken: number }): VNode {
  const { open } = useShared();
  const explained = cause.pairsExplained ?? 0;
  return (
    <li>
      <button type="button" class="link" onClick={() => open({ kind: 'finding', key: cause.key })}>
        {cause.title}
      </button>{' '}
      <span class="about">{cause.about}</span>
      <span class="share">
        {number(explained)} of {number(broken)} broken paths
      </span>
      <span class="bar thin" aria-hidden="true">
        <span class="fail" style={{ flexGrow: String(explained) }} />
        <span class="left" style={{ flexGrow: String(Math.max(broken - explained, 0)) }} />
      </span>
    </li>
  );
}

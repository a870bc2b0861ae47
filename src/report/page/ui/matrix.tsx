/** Who reaches whom. Only what can be seen of the grid is in the document, so hundreds of classes still scroll. */
import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { plural, verdictWord } from '../../words.ts';
import { moveInGrid, seenCells } from '../cursor.ts';
import { planGrid, type Cell, type Grid, type Group } from '../groups.ts';
import { useShared } from './context.tsx';
import { VerdictMark } from './marks.tsx';
import { reveal, ROW, useView } from './scrolling.tsx';

/** In pixels, as in the style. */
const WIDE = 128;
const NARROW = 44;
/** So many columns have room for words. */
const MOST_WIDE = 6;

export interface Choice {
  readonly from: Group;
  readonly to: Group;
  /** Of its pairs, one that fares worst. */
  readonly worst: Cell['worst'];
}

export function Matrix({ choice, choose }: { choice: Choice | undefined; choose: (choice: Choice) => void }): VNode {
  const { model } = useShared();
  const grid = useMemo(() => planGrid(model), [model]);
  const { groups } = grid;
  const troubled = groups.filter(({ isRest }) => !isRest).length;
  return (
    <section id="matrix" aria-labelledby="matrix-title">
      <h2 id="matrix-title">Who reaches whom</h2>
      <p class="hint">
        Rows send, columns receive; nodes that behave alike share one.{' '}
        {groups.some(({ isRest }) => isRest)
          ? `Shown are ${plural(troubled, 'group')} with trouble, the worst first, and all others as one. `
          : ''}
        Choose a cell to see a path; arrow keys move between cells.
      </p>
      <GridTable grid={grid} choice={choice} choose={choose} />
      <ul class="legend" aria-label="Legend">
        {(['fail', 'partial', 'unknown', 'pass', 'not-applicable'] as const).map((verdict) => (
          <li key={verdict}>
            <VerdictMark verdict={verdict} />
          </li>
        ))}
        <li>⇄ replies fare worse</li>
        <li>⋯ not all of them; the worst is shown</li>
      </ul>
    </section>
  );
}

function GridTable({
  grid,
  choice,
  choose,
}: {
  grid: Grid;
  choice: Choice | undefined;
  choose: (choice: Choice) => void;
}): VNode {
  const { groups } = grid;
  const isWide = groups.length <= MOST_WIDE;
  const width = isWide ? WIDE : NARROW;
  const frame = useRef<HTMLDivElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const [active, setActive] = useState<readonly [number, number]>([0, 0]);
  const takesFocus = useRef(false);
  const view = useView(frame);
  const rows = seenCells(view.top / ROW, view.height / ROW, groups.length);
  const columns = seenCells(view.left / width, view.width / width, groups.length);

  useLayoutEffect(() => {
    if (!takesFocus.current) return;
    const cell = table.current?.querySelector<HTMLElement>(`[data-cell="${active.join('-')}"]`);
    if (cell === null || cell === undefined) return;
    takesFocus.current = false;
    cell.focus({ preventScroll: true });
  });

  const move = (event: KeyboardEvent): void => {
    const next = moveInGrid(event, active, groups.length);
    if (next === undefined) return;
    event.preventDefault();
    takesFocus.current = true;
    setActive(next);
    if (frame.current !== null) reveal(frame.current, next, width);
  };

  const spacer = (count: number): VNode | null =>
    count === 0 ? null : <td aria-hidden="true" style={{ minWidth: `${String(count * width)}px` }} />;
  const filler = (count: number): VNode | null =>
    count === 0 ? null : <tr aria-hidden="true" style={{ height: `${String(count * ROW)}px` }} />;

  return (
    <div class="matrix" ref={frame}>
      <table
        ref={table}
        role="grid"
        aria-labelledby="matrix-title"
        aria-rowcount={groups.length + 1}
        aria-colcount={groups.length + 1}
        class={isWide ? 'roomy' : 'tight'}
        onKeyDown={move}
      >
        <thead>
          <tr aria-rowindex={1}>
            <td class="corner">from ↓ to →</td>
            {spacer(columns.first)}
            {groups.slice(columns.first, columns.end).map((group, index) => (
              <th key={group.id} scope="col" aria-colindex={columns.first + index + 2} title={group.title}>
                <span>
                  {group.name} <small>{group.nodes.length > 1 ? `×${String(group.nodes.length)}` : ''}</small>
                </span>
              </th>
            ))}
            {spacer(groups.length - columns.end)}
          </tr>
        </thead>
        <tbody>
          {filler(rows.first)}
          {groups.slice(rows.first, rows.end).map((from, index) => {
            const row = rows.first + index;
            return (
              <tr key={from.id} aria-rowindex={row + 2}>
                <th scope="row" title={from.title}>
                  <RowName group={from} />
                </th>
                {spacer(columns.first)}
                {groups.slice(columns.first, columns.end).map((to, place) => {
                  const column = columns.first + place;
                  return (
                    <GridCell
                      key={to.id}
                      cell={grid.cell(from, to)}
                      place={[row, column]}
                      from={from}
                      to={to}
                      isWide={isWide}
                      isActive={active[0] === row && active[1] === column}
                      isChosen={choice?.from.id === from.id && choice.to.id === to.id}
                      choose={(chosen) => {
                        setActive([row, column]);
                        choose(chosen);
                      }}
                    />
                  );
                })}
                {spacer(groups.length - columns.end)}
              </tr>
            );
          })}
          {filler(groups.length - rows.end)}
        </tbody>
      </table>
    </div>
  );
}

function RowName({ group }: { group: Group }): VNode {
  const [only] = group.nodes;
  if (group.isRest) {
    return (
      <>
        <strong>all others</strong> <small>{group.title}</small>
      </>
    );
  }
  return <span>{group.nodes.length === 1 ? only?.name : group.title}</span>;
}

interface CellProps {
  readonly cell: Cell | undefined;
  readonly place: readonly [number, number];
  readonly from: Group;
  readonly to: Group;
  readonly isWide: boolean;
  readonly isActive: boolean;
  readonly isChosen: boolean;
  readonly choose: (choice: Choice) => void;
}

function GridCell({ cell, place, from, to, isWide, isActive, isChosen, choose }: CellProps): VNode {
  const focus = { 'data-cell': place.join('-'), tabIndex: isActive ? 0 : -1 };
  const column = place[1] + 2;
  if (cell === undefined) {
    return (
      <td aria-colindex={column} class="self">
        <span {...focus} role="img" aria-label={`${from.name} alone: no path`} />
      </td>
    );
  }
  const repliesAreWorse = cell.verdict === 'pass' && cell.roundTrip !== 'pass';
  const extra = [
    ...(repliesAreWorse ? [`replies ${verdictWord(cell.roundTrip).toLowerCase()}`] : []),
    ...(cell.isMixed ? ['not all of them'] : []),
  ];
  const label = `${from.name} to ${to.name}: ${[verdictWord(cell.verdict), ...extra].join(', ')}; ${plural(cell.pairs, 'path')}`;
  return (
    <td aria-colindex={column} aria-selected={isChosen}>
      <button
        type="button"
        {...focus}
        class={`cell ${cell.verdict} ${repliesAreWorse ? 'replies' : ''}`}
        aria-label={label}
        title={label}
        onClick={() => choose({ from, to, worst: cell.worst })}
      >
        <VerdictMark verdict={cell.verdict} short={!isWide} />
        {repliesAreWorse ? <span aria-hidden="true">⇄</span> : null}
        {cell.isMixed ? <span aria-hidden="true">⋯</span> : null}
      </button>
    </td>
  );
}

/** All nodes, to sort and to search. */
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { shortId } from '../../../model/ids.ts';
import { number, plural } from '../../words.ts';
import { formatLink } from '../links.ts';
import type { PageNode } from '../model.ts';
import { searchNodes, type Match } from '../search.ts';
import { COLUMNS, sortMatches, type Order } from '../sorting.ts';
import { usePrinting, useShared } from './context.tsx';
import { VerdictMark } from './marks.tsx';
import { Pager } from './pager.tsx';
import { Scroll } from './scroll.tsx';

const PER_PAGE = 50;

export function Nodes(): VNode {
  const { model, link } = useShared();
  const isPrinting = usePrinting();
  const [text, setText] = useState('');
  const [order, setOrder] = useState<Order | undefined>(undefined);
  const [page, setPage] = useState(0);
  const wanted = link?.kind === 'node' ? link.name : undefined;
  const found = useMemo(() => sortMatches(searchNodes(model.nodes, text), order), [model, text, order]);

  useEffect(() => {
    if (wanted === undefined) return;
    setText('');
    setOrder(undefined);
    const place = model.nodes.findIndex(({ name }) => name === wanted);
    if (place >= 0) setPage(Math.floor(place / PER_PAGE));
  }, [model, wanted]);

  // Thousands of good nodes are nothing to put on paper.
  const shown = isPrinting
    ? found.filter(({ node }) => node.verdict === 'fail' || node.verdict === 'unknown')
    : found.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  return (
    <section id="nodes" aria-labelledby="nodes-title">
      <h2 id="nodes-title">Nodes</h2>
      <div class="tools">
        <label for="nodes-search">Search</label>
        <input
          id="nodes-search"
          type="search"
          value={text}
          placeholder="name, IP (of a pod, too), pod range, machine, interface"
          onInput={(event) => {
            setText(event.currentTarget.value);
            setPage(0);
          }}
        />
        <span role="status">
          {found.length === model.nodes.length
            ? plural(found.length, 'node')
            : `${number(found.length)} of ${plural(model.nodes.length, 'node')}`}
        </span>
      </div>
      <Scroll label="Table of nodes">
        <table class="nodes">
          <thead>
            <tr>
              {COLUMNS.map(({ id, title }) => (
                <Head key={id} id={id} title={title} order={order} setOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((match) => (
              <Row key={match.node.name} match={match} isWanted={match.node.name === wanted} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <Pager what="nodes" page={page} pages={Math.ceil(found.length / PER_PAGE)} turn={setPage} />
    </section>
  );
}

interface HeadProps {
  readonly id: Order['column'];
  readonly title: string;
  readonly order: Order | undefined;
  readonly setOrder: (order: Order) => void;
}

function Head({ id, title, order, setOrder }: HeadProps): VNode {
  const own = order?.column === id ? order : undefined;
  const direction = own === undefined ? 'none' : own.isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={direction}>
      <button
        type="button"
        class="sort"
        onClick={() => setOrder({ column: id, isDescending: own !== undefined && !own.isDescending })}
      >
        {title} <span aria-hidden="true">{own === undefined ? '' : own.isDescending ? '▼' : '▲'}</span>
      </button>
    </th>
  );
}

function Row({ match: { node, because }, isWanted }: { match: Match; isWanted: boolean }): VNode {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (!isWanted) return;
    row.current?.scrollIntoView({ block: 'center' });
    row.current?.querySelector('a')?.focus({ preventScroll: true });
  }, [isWanted]);
  return (
    <>
      <tr ref={row} class={isWanted ? 'wanted' : undefined}>
        <th scope="row">
          <a href={formatLink({ kind: 'node', name: node.name })}>{node.name}</a>
          {because === undefined ? null : <small>{because}</small>}
        </th>
        <td>
          <VerdictMark verdict={node.verdict} />
        </td>
        <Ids ids={node.internalIPs} />
        <Ids ids={node.podCIDRs} />
        <Ids ids={node.machine === null ? [] : [node.machine]} />
        <Ids ids={node.interfaces} />
        <td>{node.forwarding}</td>
        <Ids ids={node.routeTables} />
      </tr>
      {isWanted ? <Details node={node} /> : null}
    </>
  );
}

function Ids({ ids }: { ids: readonly string[] }): VNode {
  return <td class="ids">{ids.length === 0 ? '–' : ids.map((id) => <code title={id}>{shortId(id)}</code>)}</td>;
}

/** What the table has no column for, and where to go from here. */
function Details({ node }: { node: PageNode }): VNode {
  const { model } = useShared();
  const keys = model.findingsOfNode.get(node.name) ?? [];
  const other = model.nodes.find((one) => one !== node);
  const facts = [
    ['operating system', node.os],
    ['network mode', `${node.mode} (${node.modeReason})`],
    ['evidence', node.evidenceLevel],
    ['subnets', node.subnets.join(', ')],
    ...(node.notJudged === null ? [] : [['not judged', node.notJudged]]),
  ];
  return (
    <tr class="details">
      <td colSpan={COLUMNS.length}>
        <dl class="facts">
          {facts.map(([name = '', text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <ul>
          {keys.map((key) => (
            <li key={key}>
              <a href={formatLink({ kind: 'finding', key })}>{model.findingOf.get(key)?.title ?? key}</a>
            </li>
          ))}
        </ul>
        {other === undefined ? null : (
          <p>
            <a href={formatLink({ kind: 'pair', from: node.name, to: other.name })}>A path from its pods</a> ·{' '}
            <a href={formatLink({ kind: 'pair', from: other.name, to: node.name })}>A path to its pods</a>
          </p>
        )}
      </td>
    </tr>
  );
}

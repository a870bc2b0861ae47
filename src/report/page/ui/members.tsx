/** The nodes of the two groups of a chosen cell: one of each makes a pair. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { number, plural } from '../../words.ts';
import type { Group } from '../groups.ts';
import type { PageNode } from '../model.ts';
import { Pager } from './pager.tsx';
import type { Choice } from './matrix.tsx';

const PER_PAGE = 24;

interface Ends {
  readonly from: PageNode | undefined;
  readonly to: PageNode | undefined;
}

export function Members({ choice, from, to, set }: { choice: Choice; set: (ends: Ends) => void } & Ends): VNode {
  return (
    <div class="members">
      <MemberList
        key={`from ${choice.from.id}`}
        title="Senders of this cell"
        group={choice.from}
        chosen={from}
        choose={(node) => set({ from: node, to })}
      />
      <MemberList
        key={`to ${choice.to.id}`}
        title="Receivers of this cell"
        group={choice.to}
        chosen={to}
        choose={(node) => set({ from, to: node })}
      />
    </div>
  );
}

interface ListProps {
  readonly title: string;
  readonly group: Group;
  readonly chosen: PageNode | undefined;
  readonly choose: (node: PageNode) => void;
}

function MemberList({ title, group, chosen, choose }: ListProps): VNode {
  const [page, setPage] = useState(0);
  const shown = group.nodes.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  return (
    <details>
      <summary>
        {title}: {plural(group.nodes.length, 'node')}
      </summary>
      <ul class="chips">
        {shown.map((node) => (
          <li key={node.name}>
            <button type="button" class="chip" aria-pressed={node === chosen} onClick={() => choose(node)}>
              {node.name}
            </button>
          </li>
        ))}
      </ul>
      <Pager
        what={`${title}, ${number(group.nodes.length)}`}
        page={page}
        pages={Math.ceil(group.nodes.length / PER_PAGE)}
        turn={setPage}
      />
    </details>
  );
}

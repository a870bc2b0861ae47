/** A box that finds a node by name, address, range, machine or interface. */
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { plural } from '../../words.ts';
import type { PageNode } from '../model.ts';
import { searchNodes } from '../search.ts';
import { useShared } from './context.tsx';
import { VerdictMark } from './marks.tsx';

const MOST = 8;

interface Props {
  readonly id: string;
  readonly label: string;
  readonly chosen: PageNode | undefined;
  readonly choose: (node: PageNode) => void;
}

export function NodeBox({ id, label, chosen, choose }: Props): VNode {
  const { model } = useShared();
  const [text, setText] = useState(chosen?.name ?? '');
  const [isOpen, setOpen] = useState(false);
  const [marked, setMarked] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(chosen?.name ?? ''), [chosen]);
  // The name that stands there already is no question.
  const query = text === chosen?.name ? '' : text;
  const matches = useMemo(() => searchNodes(model.nodes, query), [model, query]);
  const shown = matches.slice(0, MOST);

  const take = (node: PageNode | undefined): void => {
    if (node === undefined) return;
    setOpen(false);
    setText(node.name);
    choose(node);
  };
  const press = (event: KeyboardEvent): void => {
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (move !== 0) {
      event.preventDefault();
      setMarked(isOpen ? (marked + move + shown.length) % Math.max(shown.length, 1) : 0);
      setOpen(true);
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      take(shown[marked]?.node);
    } else if (event.key === 'Escape') {
      setOpen(false);
      setText(chosen?.name ?? '');
    }
  };
  const isShown = isOpen && shown.length > 0;
  return (
    <div class="box">
      <label for={id}>{label}</label>
      <input
        ref={input}
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        placeholder="name, IP, pod range, machine, interface"
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-activedescendant={isShown ? `${id}-${String(marked)}` : undefined}
        value={text}
        onFocus={() => input.current?.select()}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setMarked(0);
          setOpen(true);
        }}
        onKeyDown={press}
        onBlur={() => setOpen(false)}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!isShown}>
        {shown.map(({ node, because }, index) => (
          <li
            key={node.name}
            id={`${id}-${String(index)}`}
            role="option"
            aria-selected={index === marked}
            // Pressing would take the focus from the box, and so close the list before it is a click.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(node)}
          >
            <VerdictMark verdict={node.verdict} short /> {node.name}{' '}
            <small>{because ?? node.internalIPs[0] ?? ''}</small>
          </li>
        ))}
      </ul>
      <p class="unseen" role="status">
        {isOpen && query !== '' ? `${plural(matches.length, 'node')} found` : ''}
      </p>
    </div>
  );
}

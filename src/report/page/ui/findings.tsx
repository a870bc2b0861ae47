/** Every finding in full, folded under its title. */
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Subjects } from '../../../model/judgement.ts';
import { number, plural } from '../../words.ts';
import { formatLink } from '../links.ts';
import type { PageFinding } from '../model.ts';
import { usePrinting, useShared } from './context.tsx';
import { Remedies } from './copy.tsx';
import { Evidence, GradeMark } from './marks.tsx';
import { Pager } from './pager.tsx';

const PER_PAGE = 50;

export function Findings(): VNode {
  const { model, link } = useShared();
  const isPrinting = usePrinting();
  const [text, setText] = useState('');
  const [page, setPage] = useState(0);
  const wanted = link?.kind === 'finding' ? link.key : undefined;
  const found = useMemo(() => {
    const query = text.trim().toLowerCase();
    return model.findings.filter((finding) => query === '' || isAbout(finding, query));
  }, [model, text]);

  useEffect(() => {
    if (wanted === undefined) return;
    setText('');
    const place = model.findings.findIndex(({ key }) => key === wanted);
    if (place >= 0) setPage(Math.floor(place / PER_PAGE));
  }, [model, wanted]);

  const shown = isPrinting ? model.findings : found.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  return (
    <section id="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">Findings</h2>
      {model.findings.length === 0 ? <p>Nothing was found.</p> : null}
      {model.findings.length > 1 ? (
        <div class="tools">
          <label for="findings-filter">Show those about</label>
          <input
            id="findings-filter"
            type="search"
            value={text}
            placeholder="rule, node, id, text"
            onInput={(event) => {
              setText(event.currentTarget.value);
              setPage(0);
            }}
          />
          <span role="status">
            {found.length === model.findings.length
              ? plural(found.length, 'finding')
              : `${number(found.length)} of ${plural(model.findings.length, 'finding')}`}
          </span>
        </div>
      ) : null}
      {shown.map((finding) => (
        <FindingItem key={finding.key} finding={finding} isWanted={finding.key === wanted} isPrinting={isPrinting} />
      ))}
      <Pager what="findings" page={page} pages={Math.ceil(found.length / PER_PAGE)} turn={setPage} />
    </section>
  );
}

function isAbout({ key, title, what, grade, subjects }: PageFinding, query: string): boolean {
  const ids: readonly (readonly string[])[] = Object.values(subjects);
  const texts = [key, title, what, grade, ...ids.flat()];
  return texts.some((text) => text.toLowerCase().includes(query));
}

interface ItemProps {
  readonly finding: PageFinding;
  readonly isWanted: boolean;
  readonly isPrinting: boolean;
}

function FindingItem({ finding, isWanted, isPrinting }: ItemProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const item = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (!isWanted) return;
    setOpen(true);
    item.current?.scrollIntoView({ block: 'start' });
    item.current?.querySelector('summary')?.focus({ preventScroll: true });
  }, [isWanted]);
  const shows = isOpen || isPrinting;
  return (
    <details ref={item} class="finding" open={shows} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <GradeMark grade={finding.grade} /> <span class="title">{finding.title}</span>
        <span class="about">{finding.about}</span>
        {finding.impact === null ? null : <span class="impact">{finding.impact}</span>}
        {finding.standingText === null ? null : <span class="impact">{finding.standingText}</span>}
      </summary>
      {shows ? <FindingBody finding={finding} /> : null}
    </details>
  );
}

function FindingBody({ finding }: { finding: PageFinding }): VNode {
  return (
    <div class="body">
      <p>{finding.what}</p>
      <p>
        <strong>Why it matters:</strong> {finding.why}
      </p>
      <p>
        <strong>What to do:</strong> {finding.next}
      </p>
      <Remedies finding={finding} />
      {finding.authors.length === 0 ? null : (
        <p>
          <strong>Who could have changed it:</strong> {finding.authors.join('; ')}.
        </p>
      )}
      <AtFault subjects={finding.subjects} />
      {finding.evidence.length === 0 ? null : (
        <>
          <p>
            <strong>Seen:</strong>
          </p>
          <Evidence finding={finding} />
        </>
      )}
      <p class="hint">
        Rule <code>{finding.rule}</code>, key{' '}
        <a href={formatLink({ kind: 'finding', key: finding.key })}>
          <code>{finding.key}</code>
        </a>
      </p>
    </div>
  );
}

const SHOWN_SUBJECTS = 20;

const NOUNS: readonly (readonly [Exclude<keyof Subjects, 'routes'>, string])[] = [
  ['nodes', 'node'],
  ['prefixes', 'pod range'],
  ['interfaces', 'interface'],
  ['routeTables', 'route table'],
  ['subnets', 'subnet'],
  ['filters', 'filter'],
];

function AtFault({ subjects }: { subjects: Subjects }): VNode | null {
  const kinds = NOUNS.filter(([kind]) => subjects[kind].length > 0);
  if (kinds.length === 0) return null;
  return (
    <dl class="facts">
      {kinds.map(([kind, noun]) => {
        const ids = subjects[kind];
        return (
          <div key={kind}>
            <dt>{ids.length === 1 ? noun : `${noun}s`}</dt>
            <dd>
              {ids.slice(0, SHOWN_SUBJECTS).map((id, index) => (
                <>
                  {index === 0 ? '' : ', '}
                  {kind === 'nodes' ? <a href={formatLink({ kind: 'node', name: id })}>{id}</a> : <code>{id}</code>}
                </>
              ))}
              {ids.length > SHOWN_SUBJECTS ? ` and ${number(ids.length - SHOWN_SUBJECTS)} more` : ''}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

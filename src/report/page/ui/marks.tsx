/** Verdicts and grades: a symbol and a word, so that no colour has to be told from another. */
import type { VNode } from 'preact';
import type { ReportFinding } from '../model.ts';
import type { Verdict } from '../../../model/judgement.ts';
import { verdictWord } from '../../words.ts';

const SYMBOLS: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  fail: '✕',
  partial: '◐',
  unknown: '?',
  'not-applicable': '–',
};

/** `short`: the word is only read out. */
export function VerdictMark({ verdict, short }: { verdict: Verdict; short?: boolean }): VNode {
  return (
    <span class={`mark ${verdict}`}>
      <span class="symbol" aria-hidden="true">
        {SYMBOLS[verdict]}
      </span>
      <span class={short === true ? 'unseen' : undefined}>{verdictWord(verdict)}</span>
    </span>
  );
}

const GRADES: Readonly<Record<string, readonly [string, string]>> = {
  error: ['✕', 'fail'],
  warning: ['▲', 'partial'],
  notice: ['i', 'notice'],
  unknown: ['?', 'unknown'],
};

export function GradeMark({ grade }: { grade: string }): VNode {
  const [symbol = '', color = ''] = GRADES[grade] ?? [];
  return (
    <span class={`mark ${color}`}>
      <span class="symbol" aria-hidden="true">
        {symbol}
      </span>
      <span>{grade}</span>
    </span>
  );
}

export function Evidence({ finding }: { finding: ReportFinding }): VNode {
  return (
    <ul class="evidence">
      {finding.evidence.map(({ text, source }) => (
        <li key={text + source}>
          {text} <small>({source})</small>
        </li>
      ))}
    </ul>
  );
}

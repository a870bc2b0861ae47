/** A node's answers in the form that docs/collect/collect.sh writes, so that one parser reads both. */
import type { Ran } from '../model/pod.ts';

export interface SectionAnswer {
  readonly text: string;
  /** Of the command. */
  readonly status: number;
}

export type Sections = ReadonlyMap<string, SectionAnswer>;

/** As a shell has it where there is no such program. */
export const NO_PROGRAM = 127;

/** Undefined: it gave no answer. A line that looks like one of ours would end the section early. */
export function sectionOf(ran: Ran | undefined): SectionAnswer {
  if (ran === undefined) return { text: '', status: 1 };
  const { stdout: text, status } = ran;
  return /^#prc /m.test(text) ? { text: '', status: status === 0 ? 1 : status } : { text, status };
}

/** @param at ISO 8601, whole seconds */
export function renderBundle(node: string, at: string, sections: Sections): string {
  const parts = [...sections].map(
    ([name, { text, status }]) => `#prc begin ${name}\n${text}\n#prc end ${name} ${String(status)}\n`,
  );
  return `#prc guest 1\n#prc node ${node}\n#prc os linux\n#prc at ${at}\n${parts.join('')}#prc done\n`;
}

/** Texts of which GitHub keeps one copy. */

/** Behind it stands what differs from run to run, and is no reason to write the text again. */
export const FOOT_MARK = '<!-- of this run -->';

/** What counts of a text. */
export function messageBody(text: string): string {
  return text.split(FOOT_MARK)[0] ?? text;
}

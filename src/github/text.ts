/** Texts as GitHub gives them back. Pure. */
import { messageBody } from '../model/message.ts';

/** But for what stands behind the mark and differs from run to run. Whoever edits in the browser leaves carriage returns. */
export function isSameText(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

function normal(text: string): string {
  return messageBody(text).replaceAll('\r\n', '\n').trim();
}

/** Logins are the same in any case; an app's ends in `[bot]`, which no person's can. */
export function isSameLogin(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/** The page of the report. */
import type { View } from './view.ts';

export function renderHtml(view: View): string {
  return `<!doctype html><title>Pod Route Check</title><p>${view.verdict}</p>`;
}

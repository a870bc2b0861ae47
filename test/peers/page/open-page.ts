/** The page of a view in a real browser, under watch. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { renderHtml } from '../../../src/report/html.ts';
import type { View } from '../../../src/report/view.ts';

export interface OpenPage {
  readonly page: Page;
  readonly url: string;
  /** Milliseconds from asking for the page until it shows all and is at rest. */
  readonly readyMs: number;
  /** Errors and warnings of the console, and requests that left the page. */
  readonly trouble: readonly string[];
  close(): Promise<void>;
}

export async function openPage(
  browser: Browser,
  view: View,
  { hash = '', ...options }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<OpenPage> {
  const folder = mkdtempSync(join(tmpdir(), 'pod-route-check-page-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, renderHtml(view));
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const trouble: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      trouble.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => trouble.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && asked !== 'data:,') trouble.push(`asks for ${asked}`);
  });
  const before = performance.now();
  await page.goto(url + hash);
  await page.getByRole('button', { name: /dark|light/ }).waitFor();
  // What was asked for is answered only when nothing else keeps the page busy.
  await page.evaluate('new Promise(requestAnimationFrame)');
  const readyMs = performance.now() - before;
  return {
    page,
    url,
    readyMs,
    trouble,
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

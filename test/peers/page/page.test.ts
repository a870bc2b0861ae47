/** The page as people use it, in a real browser. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { ec2HostGw } from '../../../lab/scenarios/host-gw.ts';
import { benchWorld, INPUTS } from '../../../scripts/bench/world.ts';
import type { View } from '../../../src/report/view.ts';
import { viewOfWorld } from '../../support/world-view.ts';
import { guestsJudgement } from '../../unit/report/guest-world.ts';
import { hostileJudgement, view as viewOf } from '../../unit/report/worlds.ts';
import { findChromium, startChromium } from '../chromium.ts';
import { openPage } from './open-page.ts';

const chromium = findChromium();
const suite = chromium === undefined ? describe.skip : describe;

suite(chromium === undefined ? 'no Chromium: neither CHROMIUM nor chromium on the PATH' : 'the page', () => {
  let browser: Browser;
  let twelve: View;

  beforeAll(async () => {
    browser = await startChromium(chromium ?? '');
    twelve = viewOfWorld(ec2HostGw.situation().world);
  });
  afterAll(() => browser.close());

  /** Whatever is done, nothing goes to the console and nothing leaves the page. */
  async function using(
    view: View,
    options: BrowserContextOptions & { readonly hash?: string },
    use: (page: Page, url: string) => Promise<void>,
  ): Promise<number> {
    const opened = await openPage(browser, view, options);
    try {
      await use(opened.page, opened.url);
      expect(opened.trouble).toEqual([]);
      return opened.readyMs;
    } finally {
      await opened.close();
    }
  }

  test('shows first what is wrong and what mends it, and copies that', () =>
    using(twelve, { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
      await page
        .getByRole('heading', { level: 1, name: /Fail.*53 of 132 pod paths between nodes are broken/ })
        .waitFor();
      await page.getByRole('button', { name: 'Copy the command to mend it' }).click();
      await page.getByText('Copied the command to mend it.').waitFor({ state: 'attached' });
      expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(
        /^aws ec2 modify-network-interface-attribute --network-interface-id eni-\w+ --no-source-dest-check --region \S+$/,
      );
    }));

  test('has what is typed on a node beside what is asked of the cluster, each to be copied by itself', () =>
    using(viewOf(guestsJudgement()), {}, async (page) => {
      await page.locator('details.finding > summary').filter({ hasText: 'no route' }).first().click();
      const open = page.locator('details.finding[open]');
      for (const [tool, start] of [
        ['kubectl', '# Restarts flannel on a:\nkubectl delete pods '],
        ['ip', '# On a, as root:\nip route replace 10.244.2.0/24 '],
      ] as const) {
        const block = open.getByRole('region', { name: `the ${tool} commands for` });
        expect((await block.innerText()).startsWith(start)).toBe(true);
      }
    }));

  test('copies where the clipboard is refused, too', () =>
    using(twelve, {}, async (page) => {
      await page.evaluate('Object.defineProperty(navigator, "clipboard", { value: undefined })');
      await page.evaluate(
        'document.addEventListener("copy", () => { globalThis.taken = String(document.activeElement.value); })',
      );
      await page.getByRole('button', { name: 'Copy the command to mend it' }).click();
      await page.getByText('Copied the command to mend it.').waitFor({ state: 'attached' });
      expect(await page.evaluate('globalThis.taken')).toMatch(/^aws ec2 modify-network-interface-attribute /);
    }));

  test('leads from a cell of the matrix to a path and from there to the whole finding', () =>
    using(twelve, {}, async (page, url) => {
      await page.getByRole('button', { name: 'worker-03 to all others: Fail; 7 paths' }).click();
      await page.getByText('Fail from worker-03 to worker-01').waitFor();
      expect(page.url()).toBe(`${url}#pair=worker-03,worker-01`);
      const hop = page.locator('.hop.fault');
      expect(await hop.getByRole('heading').innerText()).toMatch(/^Interface of worker-03 at fault/);
      await hop.getByRole('button', { name: 'The whole finding' }).click();
      const open = page.locator('details.finding[open]');
      await open.getByText('Why it matters:').waitFor();
      expect(await open.count()).toBe(1);
      await page.goBack();
      await page.getByText('Fail from worker-03 to worker-01').waitFor();
    }));

  test('can be used by keyboard alone', () =>
    using(twelve, {}, async (page) => {
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to the verdict');
      await page.keyboard.press('Enter');
      for (let i = 0; i < 40 && !(await focused(page)).startsWith('worker-03 alone'); i++)
        await page.keyboard.press('Tab');
      for (const key of ['ArrowRight', 'ArrowDown', 'End']) await page.keyboard.press(key);
      expect(await focused(page)).toMatch(/^worker-08 to all others: Fail/);
      await page.keyboard.press('Enter');
      await page.getByText('Fail from worker-08 to worker-01').waitFor();
      // One step leaves the grid.
      await page.keyboard.press('Tab');
      await page.keyboard.type('10.244.4.9');
      await page.getByRole('option', { name: /worker-05.*pod range 10\.244\.4\.0\/24 holds it/ }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByText(/from worker-05 to worker-01/).waitFor();
    }));

  test.each([
    ['#pair=worker-01,worker-05', /Fail from worker-01 to worker-05/],
    ['#node=worker-03', 'operating system'],
    ['#pair=worker-01,worker-99', /No such node in this report/],
  ])('opens at %s', (hash, text) =>
    using(twelve, { hash }, (page) => page.locator('main').getByText(text).first().waitFor()),
  );

  test('shows names as they are, and runs none of them', () =>
    using(viewOf(hostileJudgement()), {}, async (page) => {
      await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
      expect(await page.locator('img, main script').count()).toBe(0);
    }));

  test('puts every finding on paper in full, and no controls', () =>
    using(twelve, {}, async (page) => {
      await page.evaluate('dispatchEvent(new Event("beforeprint"))');
      await page.emulateMedia({ media: 'print' });
      await page
        .locator('.finding .body')
        .nth(twelve.findings.length - 1)
        .waitFor();
      expect(await page.getByRole('button', { name: /^Copy/ }).count()).toBe(0);
    }));

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
  ] as const)(
    '%s, %d pixels wide: nothing that axe knows is in the way, and nothing sticks out',
    (colorScheme, width) =>
      using(
        twelve,
        { colorScheme, viewport: { width, height: 800 }, hash: '#pair=worker-01,worker-05' },
        async (page) => {
          await page.locator('details.finding').first().locator('summary').click();
          await page.evaluate(axe.source);
          const found = await page.evaluate<AxeResults>('axe.run()');
          expect(found.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
          expect(found.passes.map(({ id }) => id)).toContain('color-contrast');
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        },
      ),
  );

  test('5,000 nodes, of which one in a hundred is ill, are soon there and stay quick', async () => {
    const large = viewOfWorld(benchWorld(5000, 'host-gw').world, INPUTS);
    const readyMs = await using(large, {}, async (page) => {
      await page.getByText('of 24,995,000 pod paths between nodes are broken').first().waitFor();
      await page.getByLabel('Search', { exact: true }).fill('worker-4242');
      await page.getByText('1 of 5,000 nodes').waitFor();
      await page.getByRole('row', { name: /worker-4242 Pass/ }).waitFor();
      // The grid scrolls to its last cell without having rendered all that is between.
      await page.getByRole('grid').getByRole('button').first().focus();
      await page.keyboard.press('Control+End');
      expect(await focused(page)).toMatch(/^all others to all others: Pass/);
      await page.keyboard.press('Enter');
      await page.getByText(/Pass from worker-/).waitFor();
    });
    console.info(`5,000 nodes: the page answers after ${readyMs.toFixed(0)} ms.`);
  });
});

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.innerText');
}

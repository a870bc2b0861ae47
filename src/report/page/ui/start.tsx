import { render } from 'preact';
import type { PageData } from '../data.ts';
import { openModel } from '../model.ts';
import { unpack } from '../pack.ts';
import { App } from './app.tsx';

/** Called once by the page's script, when all of the page is there. */
export function start(): void {
  const root = document.getElementById('page');
  const packed = document.getElementById('data')?.textContent;
  if (root === null || packed === undefined) throw new Error('The page has lost its data.');
  root.replaceChildren();
  render(<App model={openModel(unpack(packed) as PageData)} />, root);
}

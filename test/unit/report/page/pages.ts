/** Pages of judgements and of lab worlds. */
import type { Fault } from '../../../../lab/world/faults.ts';
import type { World } from '../../../../lab/world/world.ts';
import { inject } from '../../../../lab/world/faults.ts';
import { planPage } from '../../../../src/report/page/data.ts';
import { pack, unpack } from '../../../../src/report/page/pack.ts';
import { cleanLine } from '../../../../src/report/escape.ts';
import { openModel, type PageModel, type PageNode } from '../../../../src/report/page/model.ts';
import type { View } from '../../../../src/report/view.ts';
import { viewOfWorld } from '../../../support/world-view.ts';

export function pageOf(view: View): PageModel {
  return openModel(unpack(pack(planPage(view), cleanLine)) as ReturnType<typeof planPage>);
}

export function pageOfWorld(world: World, ...faults: readonly Fault[]): PageModel {
  return pageOf(viewOfWorld(inject(world, ...faults).world));
}

export function nodeNamed(model: PageModel, name: string): PageNode {
  const node = model.nodeOf.get(name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}

/** Where a route leads, in words. Foreign text. */
import type { RouteTarget } from './fabric.ts';

/** `spell`: how ids are written; default as they are. */
export function targetText(target: RouteTarget, spell = (id: string): string => id): string {
  switch (target.kind) {
    case 'local':
      return 'local';
    case 'interface':
      return target.machine === undefined
        ? spell(target.interface)
        : `${spell(target.interface)} (${spell(target.machine)})`;
    case 'machine':
      return spell(target.machine);
    case 'gateway':
      return target.id;
    case 'address':
      return target.address;
    case 'none':
      return 'nothing (dropped)';
    case 'unknown':
      return target.text;
  }
}

/** The ways to nodes' own kernels, for those who chose one. */
import type { Config } from '../model/config.ts';
import type { GuestReader } from '../ports.ts';
import type { Outside } from './answers.ts';
import { openGuestExec } from './exec.ts';
import { openGuestFiles } from './files.ts';
import { openNodeExporters } from './node-exporter.ts';

/** Undefined: nobody asked for them. */
export function openGuests(
  { guests, guestFiles = '', timeoutMs }: Pick<Config, 'guests' | 'guestFiles' | 'timeoutMs'>,
  outside: Outside,
): GuestReader | undefined {
  switch (guests) {
    case 'none':
      return undefined;
    case 'files':
      return openGuestFiles(guestFiles, outside);
    case 'api':
      return openNodeExporters(outside);
    case 'exec':
      return openGuestExec({ ...outside, timeoutMs });
  }
}

/** Where nothing may ever be changed. */
import type { Config } from '../model/config.ts';
import { ConfigError } from '../model/errors.ts';
import type { RunEvent } from '../ports.ts';

/** Before anything is read. Whoever may open a pull request must not be able to change a cluster by it. */
export function refuseEvent(config: Config, event: RunEvent | undefined): ConfigError | undefined {
  if (config.mode !== 'apply' || event === undefined) return undefined;
  if (!event.isUntrusted && event.name !== 'pull_request_target') return undefined;
  return new ConfigError(`mode: apply is refused on this event (${event.name}): what runs may be a stranger's.`, {
    hint: 'Plan on pull requests, and apply on push to a protected branch or by workflow_dispatch.',
    docs: 'plan-and-apply',
  });
}

/** The shape of what ports of nodes let through, part by part as in model/port.ts. */
import type { PortFacts, PortSecurityFacts } from '../model/port.ts';
import { ID, PREFIX, TEXT, described, list, listBy, object, optional } from './shape.ts';

export const PORT_SECURITY = object<PortSecurityFacts>({
  source: TEXT,
  ports: optional(
    described(
      'Absent: no port of any node filters addresses.',
      listBy(
        'node',
        object<PortFacts>({
          node: ID,
          allowed: optional(described("Besides the node's own addresses; absent: any address.", list(PREFIX))),
        }),
      ),
    ),
  ),
});

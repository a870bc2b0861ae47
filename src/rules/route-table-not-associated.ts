import type { FaultDetail } from '../model/faults.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import { defineRule, listNames, placeOf } from './rule.ts';

type Association = Extract<FaultDetail, { kind: 'association' }>;

export const routeTableNotAssociated = defineRule<Association>({
  id: 'route-table-not-associated',
  title: 'A node subnet uses a route table without pod routes',
  severity: 'error',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) =>
    context.faults('route-table-not-associated').flatMap((group) => {
      const fault = group.details.find((detail) => detail.kind === 'association');
      if (fault === undefined) return [];
      const by =
        fault.tableBy === 'main' ? 'as the main table, without an association of its own' : 'by explicit association';
      return [
        {
          ...group,
          subjects: { ...NO_SUBJECTS, subnets: [fault.subnet], routeTables: [fault.table] },
          evidence: [
            { source: `${fault.fabric} ${fault.subnet}`, text: `uses ${fault.table} ${by}` },
            { source: `${fault.fabric} ${fault.table}`, text: 'holds no route for any podCIDR' },
            { source: fault.fabric, text: `pod routes are in ${listNames(fault.better)}` },
          ],
          data: fault,
        },
      ];
    }),
  explain: ({ data: fault }) => ({
    what: `Subnet ${fault.subnet} uses route table ${fault.table}, which holds no pod route; the pod routes are in ${listNames(fault.better)}.`,
    why: `Nodes in ${fault.subnet} have no way to pods outside their own neighbourhood, although the routes exist.`,
    next: `Associate ${fault.subnet} with the table that holds the pod routes, or copy the pod routes into ${fault.table}; compare their other routes first.`,
  }),
  fix: ({ data: fault }) => {
    const [only, second] = fault.better;
    if (only === undefined || second !== undefined) return [];
    return [{ kind: 'associate-table', place: placeOf(fault.fabric), subnet: fault.subnet, table: only }];
  },
});

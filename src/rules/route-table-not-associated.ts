import type { FaultDetail } from '../model/faults.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import { defineRule, listNames, placeOf } from './rule.ts';

type Association = Extract<FaultDetail, { kind: 'association' }>;

const BY: Readonly<Record<Association['tableBy'], string>> = {
  association: 'by explicit association',
  main: 'as the main table, without an association of its own',
  network: 'as the table of the whole network',
  none: '',
};

export const routeTableNotAssociated = defineRule<Association>({
  id: 'route-table-not-associated',
  title: 'A node subnet uses a route table without pod routes',
  severity: 'error',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) =>
    context.faults('route-table-not-associated').flatMap((group) => {
      const fault = group.details.find((detail) => detail.kind === 'association');
      if (fault === undefined) return [];
      const source = `${fault.fabric} ${fault.subnet}`;
      const seen =
        fault.tableBy === 'none'
          ? [{ source, text: 'has no route table' }]
          : [
              { source, text: `uses ${fault.table} ${BY[fault.tableBy]}` },
              { source: `${fault.fabric} ${fault.table}`, text: 'holds no route for any podCIDR' },
            ];
      return [
        {
          ...group,
          subjects: {
            ...NO_SUBJECTS,
            subnets: [fault.subnet],
            routeTables: fault.tableBy === 'none' ? [] : [fault.table],
          },
          evidence: [...seen, { source: fault.fabric, text: `pod routes are in ${listNames(fault.better)}` }],
          data: fault,
        },
      ];
    }),
  explain: ({ data: fault }) => {
    const better = listNames(fault.better);
    return {
      what:
        fault.tableBy === 'none'
          ? `Subnet ${fault.subnet} has no route table; the pod routes are in ${better}.`
          : `Subnet ${fault.subnet} uses route table ${fault.table}, which holds no pod route; the pod routes are in ${better}.`,
      why: `Nodes in ${fault.subnet} have no way to pods outside their own neighbourhood, although the routes exist.`,
      next:
        fault.tableBy === 'none'
          ? `Associate ${fault.subnet} with the table that holds the pod routes.`
          : `Associate ${fault.subnet} with the table that holds the pod routes, or copy the pod routes into ${fault.table}; compare their other routes first.`,
    };
  },
  fix: ({ data: fault }) => {
    const [only, second] = fault.better;
    if (only === undefined || second !== undefined) return [];
    return [{ kind: 'associate-table', place: placeOf(fault.fabric), subnet: fault.subnet, table: only }];
  },
});

import type { FaultDetail } from '../model/faults.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import { defineRule, placeOf } from './rule.ts';
import { termsOf } from './terms.ts';

type Forwarding = Extract<FaultDetail, { kind: 'forwarding' }>;

interface Data {
  readonly fault: Forwarding;
  readonly roles: readonly Forwarding['role'][];
}

export const cloudForwardingOff = defineRule<Data>({
  id: 'cloud-forwarding-off',
  title: 'The cloud drops packets that are not the machine’s own',
  severity: 'error',
  needs: ['interfaces', 'machines'],
  evaluate: (context) =>
    context.faults('cloud-forwarding-off').flatMap((group) => {
      const details = group.details.filter((detail) => detail.kind === 'forwarding');
      const [fault] = details;
      if (fault === undefined) return [];
      return [
        {
          ...group,
          subjects: { ...NO_SUBJECTS, nodes: [fault.node], interfaces: [fault.interface] },
          evidence: [{ source: `${fault.fabric} ${fault.interface}`, text: termsOf(fault.fabric).forwardingSeen }],
          data: { fault, roles: details.map((detail) => detail.role).sort() },
        },
      ];
    }),
  explain: ({ data: { fault, roles } }) => ({
    what: termsOf(fault.fabric).forwardingIsOff(whereOf(fault)),
    why: `${termsOf(fault.fabric).vendor} therefore drops every packet ${wordsFor(roles)} pods of ${fault.node}, because pod addresses are not assigned to the interface.`,
    next: termsOf(fault.fabric).forwardingNext(whereOf(fault)),
  }),
  fix: ({ data: { fault } }) => [
    {
      kind: 'set-forwarding',
      place: placeOf(fault.fabric),
      interface: fault.interface,
      ...(fault.machine === undefined ? {} : { machine: fault.machine }),
      node: fault.node,
    },
  ],
});

function whereOf(fault: Forwarding): { interface: string; machine: string; node: string } {
  return { interface: fault.interface, machine: fault.machine ?? fault.interface, node: fault.node };
}

function wordsFor(roles: readonly Forwarding['role'][]): string {
  if (roles.includes('sender') && roles.includes('receiver')) return 'from and to';
  return roles.includes('sender') ? 'from' : 'to';
}

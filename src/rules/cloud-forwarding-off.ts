import type { FaultDetail } from '../model/faults.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import { defineRule, placeOf } from './rule.ts';

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
          evidence: [{ source: `${fault.fabric} ${fault.interface}`, text: 'source/destination check is on' }],
          data: { fault, roles: details.map((detail) => detail.role).sort() },
        },
      ];
    }),
  explain: ({ data: { fault, roles } }) => ({
    what: `The source/destination check of ${fault.interface}, the interface of node ${fault.node}, is on.`,
    why: `EC2 therefore drops every packet ${wordsFor(roles)} pods of ${fault.node}, because pod addresses are not assigned to the interface.`,
    next: `Switch the check off on ${fault.interface}. It takes effect at once and interrupts nothing; a replaced instance starts with the check on again.`,
  }),
  fix: ({ data: { fault } }) => [
    { kind: 'set-forwarding', place: placeOf(fault.fabric), interface: fault.interface, node: fault.node },
  ],
});

function wordsFor(roles: readonly Forwarding['role'][]): string {
  if (roles.includes('sender') && roles.includes('receiver')) return 'from and to';
  return roles.includes('sender') ? 'from' : 'to';
}

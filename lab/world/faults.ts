/** Every fault that the lab can inject; see `inject`. */

export { inject } from './faults/fault.ts';
export type { Expected, Fault } from './faults/fault.ts';
export * from './faults/controllers.ts';
export * from './faults/ec2-filters.ts';
export * from './faults/machines.ts';
export * from './faults/modes.ts';
export * from './faults/network.ts';
export * from './faults/nodes.ts';
export * from './faults/odd-routes.ts';
export * from './faults/ranges.ts';
export * from './faults/routes.ts';

/** Every fault that the lab can inject into Azure; those of nodes and agents are in ../faults.ts. */

export * from './azure/filters.ts';
export * from './azure/machines.ts';
export * from './azure/network.ts';
export * from './azure/routes.ts';

/** Every fault that the lab can inject into Compute Engine; those of nodes and agents are in ../faults.ts. */

export * from './gce/firewalls.ts';
export * from './gce/machines.ts';
export * from './gce/odd-routes.ts';
export * from './gce/routes.ts';

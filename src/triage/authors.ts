/** Who could have changed what a finding is about: whoever marks it as theirs, or is known to write such things. Pure. */
import type { Finding } from '../model/judgement.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Evidence of who writes what, looked up once for all findings. */
export class Authors {
  readonly #snapshot: Snapshot;
  readonly #machineOf = new Map<string, string>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    for (const { id, interfaces } of snapshot.fabrics) {
      for (const face of interfaces) {
        if (face.machine !== undefined) this.#machineOf.set(`${id}/${face.id}`, `${id}/${face.machine}`);
      }
    }
  }

  /** Parts of a sentence, each with its evidence; empty: nothing tells. */
  of({ subjects }: Finding): string[] {
    return [...new Set([...this.#ofTables(subjects.routeTables), ...this.#ofInterfaces(subjects.interfaces)])];
  }

  #ofTables(ids: readonly string[]): string[] {
    const tables = this.#snapshot.fabrics.flatMap((fabric) => fabric.tables.filter(({ id }) => ids.includes(id)));
    if (tables.length === 0) return [];
    const owners = [...new Set(tables.flatMap((table) => table.owners ?? []))].sort();
    const controller = this.#snapshot.cluster.routeController;
    return [
      ...owners.map((owner) => `${owner}, by the tags of the route table`),
      ...(controller?.configuresRoutes === true ? [`the cluster’s route controller (${controller.source})`] : []),
    ];
  }

  #ofInterfaces(ids: readonly string[]): string[] {
    return this.#snapshot.fabrics.flatMap((fabric) => {
      const machines = new Map(fabric.machines.map((machine) => [`${fabric.id}/${machine.id}`, machine]));
      return ids.flatMap((id) => {
        const machine = machines.get(this.#machineOf.get(`${fabric.id}/${id}`) ?? '');
        if (machine === undefined) return [];
        const { group, template } = machine;
        return [
          ...(group === undefined ? [] : [`the group ${group}, which replaces its machines`]),
          ...(template === undefined || template.forwarding === 'on'
            ? []
            : [`the template ${template.id}, by which new machines start with forwarding ${template.forwarding}`]),
        ];
      });
    });
  }
}

/**
 * Resource URLs by their tails. The same resource appears as `https://www.googleapis.com/compute/v1/projects/p/...`, as
 * `https://compute.googleapis.com/...`, behind a private endpoint's host, or without host and project. Pure.
 */

export interface Resource {
  /** Absent: the URL names none, so it is the project of whoever refers to it. */
  readonly project?: string;
  /** The zone or region; absent: global. */
  readonly place?: string;
  /** `instances`, `networks`, `subnetworks`... */
  readonly collection: string;
  readonly name: string;
}

const FORM =
  /(?:^|\/)(?:projects\/([^/]+)\/)?(?:global|(?:zones|regions)\/([^/]+))\/([A-Za-z]+)\/([^/?#]+)\/?(?:[?#].*)?$/;

/** Undefined for anything that has not the form of a resource of Compute Engine. */
export function parseResource(url: string | null | undefined): Resource | undefined {
  const match = FORM.exec(url ?? '');
  const [, project, place, collection, name] = match ?? [];
  if (collection === undefined || name === undefined) return undefined;
  return {
    ...(project === undefined ? {} : { project }),
    ...(place === undefined ? {} : { place }),
    collection,
    name,
  };
}

/** The last segment of a URL such as `.../zones/europe-west3-a`, or a bare name as it is. */
export function tailOf(url: string | null | undefined): string {
  return (url ?? '').replace(/\/+$/, '').split('/').at(-1) ?? '';
}

/** `project/network`; `project` is that of the object that holds the URL. */
export function networkId(url: string | null | undefined, project: string): string | undefined {
  const resource = parseResource(url);
  if (resource?.collection !== 'networks' || resource.place !== undefined) return undefined;
  return `${resource.project ?? project}/${resource.name}`;
}

/** `project/region/subnetwork`. */
export function subnetId(url: string | null | undefined, project: string): string | undefined {
  const resource = parseResource(url);
  if (resource?.collection !== 'subnetworks' || resource.place === undefined) return undefined;
  return `${resource.project ?? project}/${resource.place}/${resource.name}`;
}

/** `project/zone/instance`. */
export function machineId(url: string | null | undefined, project: string): string | undefined {
  const resource = parseResource(url);
  if (resource?.collection !== 'instances' || resource.place === undefined) return undefined;
  return `${resource.project ?? project}/${resource.place}/${resource.name}`;
}

export interface MachinePlace {
  readonly project: string;
  readonly zone: string;
  readonly name: string;
}

/** Of a machine's id, or of one of its interfaces'. */
export function machinePlace(id: string): MachinePlace {
  const [project = '', zone = '', name = ''] = id.split('/');
  return { project, zone, name };
}

/** The project in front of an id of this room. */
export function projectOf(id: string): string {
  return id.split('/')[0] ?? '';
}

/** The region of a zone: all but the last part of its name. */
export function regionOf(zone: string): string {
  return zone.replace(/-[^-]*$/, '');
}

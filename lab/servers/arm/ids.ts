import type { AzureWorld } from '../../world/azure.ts';
import { uid } from '../../world/ids.ts';

/** The compute provider lists its resources with the resource group in capitals. */
export function capital(world: AzureWorld): AzureWorld {
  return { ...world, resourceGroup: world.resourceGroup.toUpperCase() };
}

/** A reference keeps the case in which somebody once wrote it. */
export function asWritten(world: AzureWorld): AzureWorld {
  const lower = world.resourceGroup.toLowerCase();
  return world.resourceGroup === lower ? capital(world) : { ...world, resourceGroup: lower };
}

/** Changes whenever the content does. */
export function etagOf(content: unknown): string {
  return `W/"${uid('etag', JSON.stringify(content))}"`;
}

/** Compared as Resource Manager compares names: case does not matter. */
export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

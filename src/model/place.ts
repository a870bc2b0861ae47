/** Fabric ids and places are two ways to write the same thing. */
import type { Place } from './plan.ts';

/** `aws/123456789012/eu-west-1`, `gcp/host-project`, `azure/subscription`: as in FabricFacts.id. */
export function fabricIdOf(place: Place): string {
  switch (place.cloud) {
    case 'aws':
      return `aws/${place.account}/${place.region}`;
    case 'gcp':
      return `gcp/${place.project}`;
    case 'azure':
      return `azure/${place.subscription}`;
  }
}

/** Identifiers that look like the vendors' own and are the same in every run. */

import { createHash } from 'node:crypto';

function digest(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex');
}

/** An EC2 id such as `eni-0a1b2c3d4e5f60718`: the given parts decide it. EC2's ids have 17 digits and begin with 0. */
export function ec2Id(kind: string, ...parts: (string | number)[]): string {
  return `${kind}-0${digest([kind, ...parts]).slice(0, 16)}`;
}

/** A version 4 UUID as Kubernetes gives to objects: the given parts decide it. */
export function uid(...parts: (string | number)[]): string {
  const hex = digest(['uid', ...parts]);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** The five letters that Kubernetes appends to the names of pods of a DaemonSet. */
export function podSuffix(...parts: (string | number)[]): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const hex = digest(['pod', ...parts]);
  let suffix = '';
  for (let i = 0; i < 5; i++)
    suffix += letters.charAt(Number.parseInt(hex.slice(i * 4, i * 4 + 4), 16) % letters.length);
  return suffix;
}

/** A number of so many digits that the given parts decide, as Compute Engine and Azure put into names and ids. */
export function digits(count: number, ...parts: (string | number)[]): string {
  const value = BigInt(`0x${digest(['digits', ...parts]).slice(0, 24)}`).toString();
  return `7${value.slice(-(count - 1)).padStart(count - 1, '0')}`;
}

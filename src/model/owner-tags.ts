/** Tags by which tools that keep networks mark what is theirs. Conventions of the tools: no cloud knows of them. Pure. */

/** Who keeps what has such a tag; undefined: the tag says nothing about that. */
export function ownerTagged(key: string, value: string): string | undefined {
  const plain = key.toLowerCase().replace(/[-_]/g, '');
  if (plain === 'terraform') return /^(false|no|0)$/i.test(value) ? undefined : 'Terraform';
  if (!['managedby', 'provisioner', 'createdby'].includes(plain) || value === '') return undefined;
  return /^terraform$/i.test(value) ? 'Terraform' : value;
}

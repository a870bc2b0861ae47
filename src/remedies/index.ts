/** What to type to make a change, per tool. */
import type { HostChange } from '../model/host-change.ts';
import type { Change } from '../model/plan.ts';
import { renderAws } from './aws.ts';
import { renderAz } from './az.ts';
import { renderGcloud } from './gcloud.ts';
import { renderIp } from './ip.ts';
import { renderKubectl } from './kubectl.ts';
import { renderPowershell } from './powershell.ts';
import type { Remedies } from './scripts.ts';
import { renderTerraformAws } from './terraform-aws.ts';
import { renderAzurerm } from './terraform-azure.ts';
import { renderTerraformGoogle } from './terraform-google.ts';

/** Equal lines appear once; the order of the changes is kept. */
export function remediesFor(changes: readonly Change[], hostChanges: readonly HostChange[] = []): Remedies {
  return {
    aws: linesOf(changes, renderAws),
    gcloud: linesOf(changes, renderGcloud),
    az: linesOf(changes, renderAz),
    kubectl: linesOf(hostChanges, renderKubectl),
    ip: renderIp(hostChanges),
    powershell: renderPowershell(hostChanges),
    terraform: linesOf(changes, renderTerraform),
  };
}

function renderTerraform(change: Change): string[] {
  switch (change.place.cloud) {
    case 'aws':
      return renderTerraformAws(change);
    case 'gcp':
      return renderTerraformGoogle(change);
    case 'azure':
      return renderAzurerm(change);
  }
}

function linesOf<T>(changes: readonly T[], render: (change: T) => string[]): string[] {
  // All lines of a change or none: a comment belongs to the command above it.
  const blocks = new Map(changes.map((change) => render(change)).map((lines) => [lines.join('\n'), lines] as const));
  return [...blocks.values()].flat();
}

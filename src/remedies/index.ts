/** What to type to make a change, per tool. */
import type { Change } from '../model/plan.ts';
import { renderAws } from './aws.ts';
import { renderAz } from './az.ts';
import { renderGcloud } from './gcloud.ts';
import { renderTerraformAws } from './terraform-aws.ts';
import { renderAzurerm } from './terraform-azure.ts';
import { renderTerraformGoogle } from './terraform-google.ts';

export interface Remedies {
  /** Lines for a POSIX shell; lines that start with `#` are comments. */
  readonly aws: readonly string[];
  readonly gcloud: readonly string[];
  readonly az: readonly string[];
  /** Lines of Terraform's language, for the provider of the cloud. */
  readonly terraform: readonly string[];
}

/** Equal lines appear once; the order of the changes is kept. */
export function remediesFor(changes: readonly Change[]): Remedies {
  return {
    aws: linesOf(changes, renderAws),
    gcloud: linesOf(changes, renderGcloud),
    az: linesOf(changes, renderAz),
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

function linesOf(changes: readonly Change[], render: (change: Change) => string[]): string[] {
  // All lines of a change or none: a comment belongs to the command above it.
  const blocks = new Map(changes.map((change) => render(change)).map((lines) => [lines.join('\n'), lines] as const));
  return [...blocks.values()].flat();
}

/** The first line that is a command. */
export function firstCommand(remedies: Remedies): string | undefined {
  return [...remedies.aws, ...remedies.gcloud, ...remedies.az].find((line) => !line.startsWith('#'));
}

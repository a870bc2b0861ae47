import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { AzureWorld } from '../../world/azure.ts';
import type { Access } from '../cloud.ts';
import { CLASSIC_MANAGEMENT, type EntraTokens } from './tokens.ts';

/** A client secret (`env`) or a federated token (`webIdentityEnv`), at the lab's own authority. */
export async function writeAzureAccess(tokens: EntraTokens, folder: string, url: string): Promise<Access> {
  const file = join(folder, 'azure-federated-token');
  await writeFile(file, tokens.assertion, { mode: 0o600 });
  const common = {
    AZURE_TENANT_ID: tokens.tenant,
    AZURE_CLIENT_ID: tokens.clientId,
    AZURE_AUTHORITY_HOST: url,
    // Keep a developer's own az login out of it.
    AZURE_CONFIG_DIR: join(folder, 'no-azure'),
  };
  return {
    env: { ...common, AZURE_CLIENT_SECRET: tokens.clientSecret },
    webIdentityEnv: { ...common, AZURE_FEDERATED_TOKEN_FILE: file },
    inputs: { 'azure-endpoint': url },
  };
}

/** What the stand-in `az` knows: the session that azure/login leaves behind, or none. */
export interface CliSession {
  tenant: string;
  subscription: string;
  accessToken: string;
  /** ISO 8601. */
  expiresAt: string;
}

/** Makes a folder with a stand-in `az` in it, to be put in PATH. */
export async function writeAzureCli(
  worlds: readonly AzureWorld[],
  tokens: EntraTokens,
  folder: string,
  loggedOut: boolean,
): Promise<string> {
  const place = join(folder, 'azure-cli');
  await mkdir(place);
  const session = join(place, 'session.json');
  const { token, expiresAt } = tokens.issue(CLASSIC_MANAGEMENT);
  const content: CliSession = {
    tenant: tokens.tenant,
    subscription: worlds[0]?.subscription ?? '',
    accessToken: token,
    expiresAt: expiresAt.toISOString(),
  };
  await writeFile(session, JSON.stringify(loggedOut ? {} : content), { mode: 0o600 });
  const program = fileURLToPath(new URL('az.ts', import.meta.url));
  const az = join(place, 'az');
  await writeFile(az, `#!/bin/sh\nexec '${process.execPath}' --no-warnings '${program}' '${session}' "$@"\n`);
  await chmod(az, 0o755);
  return place;
}

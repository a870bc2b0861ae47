import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { GceWorld } from '../../world/gce.ts';
import type { Access } from '../cloud.ts';
import { PATHS, RUNNER_TOKEN } from './token-server.ts';
import type { GoogleTokens } from './tokens.ts';

/**
 * Credentials of type external_account, as google-github-actions/auth writes them: the identity token comes from the
 * runner by HTTP (`env`) or, as elsewhere, from a file (`webIdentityEnv`, which impersonates no service account).
 */
export async function writeGoogleAccess(
  worlds: readonly GceWorld[],
  tokens: GoogleTokens,
  folder: string,
  url: string,
): Promise<Access> {
  const common = {
    type: 'external_account',
    audience: tokens.audience,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${url}${PATHS.exchange}`,
  };
  const byUrl = join(folder, 'gha-creds-lab.json');
  const byFile = join(folder, 'google-credentials.json');
  const subject = join(folder, 'google-subject-token');
  await writeFile(subject, tokens.subjectToken, { mode: 0o600 });
  await writeFile(
    byUrl,
    JSON.stringify({
      ...common,
      service_account_impersonation_url: `${url}${PATHS.impersonate}${tokens.serviceAccount}:generateAccessToken`,
      credential_source: {
        url: `${url}${PATHS.identity}`,
        headers: { Authorization: `Bearer ${RUNNER_TOKEN}` },
        format: { type: 'json', subject_token_field_name: 'value' },
      },
    }),
    { mode: 0o600 },
  );
  await writeFile(byFile, JSON.stringify({ ...common, credential_source: { file: subject } }), { mode: 0o600 });
  const [first] = worlds;
  const shared = {
    GOOGLE_CLOUD_PROJECT: first?.projects[0]?.project ?? first?.hostProject ?? 'lab',
    // Keep a developer's own gcloud login and the metadata server out of it.
    CLOUDSDK_CONFIG: join(folder, 'no-gcloud'),
    METADATA_SERVER_DETECTION: 'none',
  };
  return {
    env: { ...shared, GOOGLE_APPLICATION_CREDENTIALS: byUrl },
    webIdentityEnv: { ...shared, GOOGLE_APPLICATION_CREDENTIALS: byFile },
    inputs: { 'gcp-endpoint': url },
  };
}

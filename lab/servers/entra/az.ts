// Stands in for the Azure CLI: `az account get-access-token` and `az account show`, from a session file.
import { readFileSync } from 'node:fs';

import type { CliSession } from './access.ts';

function fail(status: number, text: string): never {
  process.stderr.write(`ERROR: ${text}\n`);
  process.exit(status);
}

/** Local time with microseconds and no zone, as the real one prints it. */
function localTime(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().replace('T', ' ').replace('Z', '000');
}

const NAMED = ['--resource', '--scope', '--tenant', '-t', '--subscription', '-s', '--output', '-o', '--name', '-n'];

const [file = '', group = '', command = '', ...rest] = process.argv.slice(2);
const options = new Map<string, string>();
for (let at = 0; at < rest.length; at += 2) {
  const name = rest[at] ?? '';
  if (!NAMED.includes(name)) fail(2, `unrecognized arguments: ${name}`);
  options.set(name, rest[at + 1] ?? fail(2, `argument ${name}: expected one argument`));
}
if (group !== 'account' || !['get-access-token', 'show'].includes(command)) {
  fail(2, `'${command || group}' is misspelled or not recognized by the system.`);
}
const output = options.get('--output') ?? options.get('-o') ?? 'json';
if (output !== 'json') fail(2, `lab: no output format ${output}`);
const session = JSON.parse(readFileSync(file, 'utf8')) as Partial<CliSession>;
if (session.accessToken === undefined) fail(1, "Please run 'az login' to setup account.");
const tenant = options.get('--tenant') ?? options.get('-t') ?? session.tenant;
const subscription = options.get('--subscription') ?? options.get('-s') ?? session.subscription;
if (tenant !== session.tenant) fail(1, `AADSTS90002: Tenant '${tenant ?? ''}' not found.`);
if (subscription !== session.subscription) {
  fail(1, `The subscription of '${subscription ?? ''}' doesn't exist in cloud 'AzureCloud'.`);
}
const resource = options.get('--resource') ?? options.get('--scope')?.replace(/\.default$/, '');
if (resource !== undefined && !/^https:\/\/management\.(?:azure\.com|core\.windows\.net)\/?$/.test(resource)) {
  fail(1, `AADSTS500011: The resource principal named ${resource} was not found in the tenant named lab.`);
}
const expires = new Date(session.expiresAt ?? 0);
const answer =
  command === 'show'
    ? { environmentName: 'AzureCloud', id: subscription, isDefault: true, state: 'Enabled', tenantId: tenant }
    : {
        accessToken: session.accessToken,
        expiresOn: localTime(expires),
        expires_on: Math.floor(expires.getTime() / 1000),
        subscription,
        tenant,
        tokenType: 'Bearer',
      };
process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);

/** The raw strings of a workflow step become a `Config`, or the list of everything that is wrong with them. */
import type { Config } from '../model/config.ts';
import { NETWORK_MODE_ALIASES } from '../model/network-modes.ts';
import { labelSelectorTrouble } from './label-selector.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { INPUTS, inputSpec, type InputName, type InputSpec } from './spec.ts';
import {
  parseChoice,
  parseChoices,
  parseKubeconfig,
  parseList,
  parseNodeSubnets,
  parsePaths,
  parsePodCIDRs,
  parseRegions,
  parseRules,
  parseSenders,
  parseTimeout,
  type Notes,
} from './values.ts';
import { noteChangeTrouble, parsePolicy } from './changes.ts';
import { parseEndpoint, parseProjects, parseSubscriptions } from './places.ts';

export type ParsedInputs =
  | { readonly config: Config; readonly warnings: readonly string[] }
  /** Never empty. */
  | { readonly problems: readonly Problem[] };

/** Trimmed; the default where the input is unset. */
type Values = ReadonlyMap<InputName, string>;

/**
 * Reads `INPUT_*` as the runner sets them: the name in upper case, dashes kept. An empty value counts as unset.
 * Anything else in the environment is left alone.
 */
export function parseInputs(env: Readonly<Record<string, string | undefined>>): ParsedInputs {
  const notes: Notes = { problems: [], warnings: [] };
  noteUnknownNames(env, notes);
  const values = readValues(env);
  noteUnavailable(values, notes);
  const config = parseConfig(values, notes);
  noteWithoutEffect(values, config, notes);
  noteChangeTrouble(config, (name) => !isDefault(inputSpec(name), values), notes);
  return notes.problems.length > 0 ? { problems: notes.problems } : { config, warnings: notes.warnings };
}

/** Whether anything may be changed at all, before the inputs are parsed: only then a writer is made. */
export function asksToApply(env: Readonly<Record<string, string | undefined>>): boolean {
  return (env[inputVariable('mode')] ?? '').trim().toLowerCase() === 'apply';
}

/** The environment variable in which the runner passes an input. */
export function inputVariable(name: string): string {
  return `INPUT_${name.toUpperCase()}`;
}

function readValues(env: Readonly<Record<string, string | undefined>>): Values {
  return new Map(
    INPUTS.map((spec) => {
      const given = env[inputVariable(spec.name)] ?? '';
      if (given.trim() === '') return [spec.name, spec.default];
      // Problems name lines as the workflow counts them.
      return [spec.name, spec.type === 'lines' ? given : given.trim()];
    }),
  );
}

function noteUnknownNames(env: Readonly<Record<string, string | undefined>>, notes: Notes): void {
  const known = INPUTS.map((spec) => spec.name);
  const variables = new Set(known.map(inputVariable));
  for (const variable of Object.keys(env).sort()) {
    if (!variable.startsWith('INPUT_') || variables.has(variable) || (env[variable] ?? '').trim() === '') continue;
    const name = variable.slice('INPUT_'.length).toLowerCase();
    const near = nearest(name, known);
    if (near === undefined) {
      notes.warnings.push(`${name}: there is no such input (${variable}); it is ignored.`);
    } else {
      const hint = near === name ? `Set ${inputVariable(near)}.` : `Did you mean ${near}?`;
      notes.problems.push({ where: name, what: `there is no such input (${variable}).`, hint });
    }
  }
}

function noteUnavailable(values: Values, notes: Notes): void {
  for (const spec of INPUTS) {
    if (spec.available === 'now' || isDefault(spec, values)) continue;
    const hint = spec.default === '' ? 'Remove it.' : `Remove it, or set it to ${spec.default}.`;
    notes.problems.push({ where: spec.name, what: 'this input is not available in this version.', hint });
  }
}

function isDefault(spec: InputSpec, values: Values): boolean {
  const value = values.get(spec.name as InputName) ?? '';
  return (spec.type === 'flag' ? value.toLowerCase() : value) === spec.default;
}

function parseConfig(values: Values, notes: Notes): Config {
  const text = (name: InputName): string => values.get(name) ?? '';
  const optional = <K extends keyof Config>(key: K, value: string): Partial<Record<K, string>> =>
    value === '' ? {} : ({ [key]: value } as Record<K, string>);

  return {
    mode: parseChoice('mode', text('mode'), notes),
    clouds: parseClouds(text('cloud'), notes),
    networkModes: parseNetworkModes(text('network-mode'), notes),
    ...optional('kubeconfig', parseKubeconfig(text('kubeconfig'), notes)),
    ...optional('context', text('context')),
    execPlugins: parseChoice('exec-plugins', text('exec-plugins'), notes),
    ...optional('nodeSelector', parseNodeSelector(text('node-selector'), notes)),
    podCIDRs: parsePodCIDRs(text('pod-cidrs'), notes),
    extraSenders: parseSenders(text('extra-senders'), notes),
    ...optional('clusterId', text('cluster-id')),
    awsRegions: parseRegions(text('aws-regions'), notes),
    gcpProjects: parseProjects(text('gcp-projects'), notes),
    azureSubscriptions: parseSubscriptions(text('azure-subscriptions'), notes),
    ...optional('gcpEndpoint', parseEndpoint('gcp-endpoint', text('gcp-endpoint'), notes)),
    ...optional('azureEndpoint', parseEndpoint('azure-endpoint', text('azure-endpoint'), notes)),
    guests: parseChoice('guests', text('guests'), notes),
    ...optional('guestFiles', parseGuestFiles(text('guest-files'), text('guests'), notes)),
    fabricRoutes: parsePaths(text('fabric-routes')),
    ...optional('portSecurity', text('port-security')),
    nodeSubnets: parseNodeSubnets(text('node-subnets'), notes),
    requireEvidence: parseChoice('require-evidence', text('require-evidence'), notes),
    rules: parseRules(text('rules'), notes),
    failOn: parseChoice('fail-on', text('fail-on'), notes),
    onUnknown: parseChoice('on-unknown', text('on-unknown'), notes),
    ...optional('whatIf', text('what-if')),
    ...optional('snapshot', text('snapshot')),
    ...optional('saveSnapshot', text('save-snapshot')),
    ...optional('configFile', text('config')),
    ...optional('baseline', text('baseline')),
    ...optional('planFile', text('plan-file')),
    ...optional('planDigest', text('plan-digest').toLowerCase()),
    policy: parsePolicy(text, notes),
    comment: parseChoice('comment', text('comment'), notes),
    driftIssue: parseChoice('drift-issue', text('drift-issue'), notes),
    reportDir: text('report-dir'),
    reportFormats: parseFormats(text('report-formats'), notes),
    // Outside of a runner nobody fills the expression in that is the default.
    ...optional('githubToken', text('github-token').startsWith('${{') ? '' : text('github-token')),
    timeoutMs: parseTimeout(text('timeout'), notes),
  };
}

/** One is nothing without the other. */
function parseGuestFiles(path: string, guests: string, notes: Notes): string {
  const areWanted = guests.toLowerCase() === 'files';
  if (areWanted && path === '') {
    const hint = 'Name the folder with the output of docs/collect/collect.sh or collect.ps1.';
    notes.problems.push({ where: 'guest-files', what: 'it is needed for guests: files.', hint });
  }
  if (!areWanted && path !== '') {
    notes.problems.push({ where: 'guest-files', what: 'it has no effect.', hint: 'Set guests: files, or remove it.' });
  }
  return areWanted ? path : '';
}

function parseClouds(text: string, notes: Notes): Config['clouds'] {
  const clouds = parseChoices('cloud', text, {}, notes);
  if (clouds === 'auto') return 'auto';
  if (clouds.includes('none') && clouds.length > 1) {
    const hint = 'Write either none or a list of clouds.';
    notes.problems.push({ where: 'cloud', what: '"none" cannot be combined with other values.', hint });
  }
  return clouds.filter((cloud) => cloud !== 'none' && cloud !== 'auto');
}

function parseFormats(text: string, notes: Notes): Config['reportFormats'] {
  const formats = parseChoices('report-formats', text, {}, notes);
  if (formats === 'auto') return [];
  if (formats.includes('none') && formats.length > 1) {
    const hint = 'Write either none or a list of formats.';
    notes.problems.push({ where: 'report-formats', what: '"none" cannot be combined with other values.', hint });
  }
  return formats;
}

function parseNetworkModes(text: string, notes: Notes): Config['networkModes'] {
  const modes = parseChoices('network-mode', text, NETWORK_MODE_ALIASES, notes);
  return modes === 'auto' ? 'auto' : modes.filter((mode) => mode !== 'auto');
}

function parseNodeSelector(text: string, notes: Notes): string {
  const what = text === '' ? undefined : labelSelectorTrouble(text);
  if (what !== undefined) {
    const hint = 'Write a label selector as kubectl takes it, such as role=worker,os in (linux, windows).';
    notes.problems.push({ where: 'node-selector', what, hint });
  }
  return text;
}

function noteWithoutEffect(values: Values, config: Config, notes: Notes): void {
  if (config.snapshot !== undefined) {
    const idle = INPUTS.filter((spec) => spec.readingOnly === true && !isDefault(spec, values)).map(({ name }) => name);
    if (idle.length > 0) {
      notes.warnings.push(`snapshot is set, so nothing is read, and these inputs have no effect: ${idle.join(', ')}.`);
    }
  } else if (
    config.clouds !== 'auto' &&
    config.clouds.length === 0 &&
    parseList(values.get('aws-regions') ?? '').length > 0
  ) {
    notes.warnings.push('cloud is none, so aws-regions has no effect.');
  }
}

import { describe, expect, test } from '@jest/globals';
import { inputVariable, parseInputs } from '../../../src/inputs/parse.ts';
import { renderProblems, type Problem } from '../../../src/inputs/problem.ts';
import { INPUTS } from '../../../src/inputs/spec.ts';
import type { Config } from '../../../src/model/config.ts';

type Inputs = Readonly<Record<string, string>>;

/** As the runner passes a `with:` block. */
function asEnvironment(inputs: Inputs): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [inputVariable(name), value]));
}

function configOf(inputs: Inputs): Config {
  const parsed = parseInputs(asEnvironment(inputs));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

function warningsOf(inputs: Inputs): readonly string[] {
  const parsed = parseInputs(asEnvironment(inputs));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.warnings;
}

function problemsOf(environment: Inputs): readonly Problem[] {
  const parsed = parseInputs(environment);
  return 'problems' in parsed ? parsed.problems : [];
}

function textsOf(inputs: Inputs): string[] {
  return problemsOf(asEnvironment(inputs)).map(({ where, what, hint }) => `${where}: ${what} ${hint}`);
}

const DEFAULTS: Config = {
  mode: 'check',
  clouds: 'auto',
  networkModes: 'auto',
  podCIDRs: [],
  extraSenders: [],
  awsRegions: [],
  gcpProjects: [],
  azureSubscriptions: [],
  guests: 'none',
  fabricRoutes: [],
  nodeSubnets: [],
  requireEvidence: 'fabric',
  rules: {},
  failOn: 'error',
  onUnknown: 'fail',
  policy: {
    kinds: ['set-forwarding', 'create-route', 'replace-route'],
    disruption: 'none',
    most: 20,
    excludedNodes: [],
    owners: [],
  },
  comment: 'on-problems',
  driftIssue: 'never',
  execPlugins: 'auto',
  reportFormats: ['json', 'html'],
  reportDir: 'pod-route-check-report',
  timeoutMs: 600_000,
};

describe('defaults', () => {
  test('nothing set gives every default and nothing else', () => {
    expect(parseInputs({ PATH: '/bin', HOME: '/root' })).toEqual({ config: DEFAULTS, warnings: [] });
  });

  test('every default of the table, stated, is accepted and gives the same', () => {
    const stated = Object.fromEntries(INPUTS.map((spec) => [spec.name, spec.default]));
    expect(parseInputs(asEnvironment(stated))).toEqual({ config: DEFAULTS, warnings: [] });
  });

  test('empty and blank values count as unset', () => {
    const blank = Object.fromEntries(INPUTS.map((spec) => [spec.name, ' \n']));
    expect(parseInputs(asEnvironment(blank))).toEqual({ config: DEFAULTS, warnings: [] });
  });
});

describe('accepted values', () => {
  test.each<[Inputs, Partial<Config>]>([
    [{ mode: 'Check' }, { mode: 'check' }],
    [{ cloud: 'aws' }, { clouds: ['aws'] }],
    [{ cloud: 'none' }, { clouds: [] }],
    [{ cloud: ' AWS,\naws ' }, { clouds: ['aws'] }],
    [{ 'network-mode': 'host-gw' }, { networkModes: ['host-gw'] }],
    [{ 'network-mode': 'host-gw, fabric\noverlay' }, { networkModes: ['host-gw', 'fabric', 'overlay'] }],
    [{ 'network-mode': 'alloc' }, { networkModes: ['fabric'] }],
    [{ 'network-mode': 'aws-vpc gce ali-vpc' }, { networkModes: ['fabric'] }],
    [{ 'network-mode': 'vxlan wireguard' }, { networkModes: ['overlay'] }],
    [{ kubeconfig: '~/.kube/prod' }, { kubeconfig: '~/.kube/prod' }],
    [{ kubeconfig: 'apiVersion: v1\nclusters: []\n' }, { kubeconfig: 'apiVersion: v1\nclusters: []' }],
    [{ kubeconfig: '{"clusters":[]}' }, { kubeconfig: '{"clusters":[]}' }],
    [{ context: 'prod' }, { context: 'prod' }],
    [{ 'cluster-id': 'prod' }, { clusterId: 'prod' }],
    [{ 'pod-cidrs': '10.42.0.0/16,fd00:42::/48' }, { podCIDRs: ['10.42.0.0/16', 'fd00:42::/48'] }],
    [
      { 'aws-regions': 'eu-west-1 us-gov-east-1\nap-southeast-2,eu-west-1' },
      { awsRegions: ['eu-west-1', 'us-gov-east-1', 'ap-southeast-2'] },
    ],
    [{ 'require-evidence': 'fabric+agent' }, { requireEvidence: 'fabric+agent' }],
    [{ 'fail-on': 'warning' }, { failOn: 'warning' }],
    [{ 'fail-on': 'never' }, { failOn: 'never' }],
    [{ 'on-unknown': 'ignore' }, { onUnknown: 'ignore' }],
    [{ 'save-snapshot': 'out/s.json' }, { saveSnapshot: 'out/s.json' }],
    [{ 'report-dir': 'out' }, { reportDir: 'out' }],
    [{ 'github-token': 'ghs_1' }, { githubToken: 'ghs_1' }],
    [{ timeout: '90s' }, { timeoutMs: 90_000 }],
    [{ timeout: '5' }, { timeoutMs: 300_000 }],
    [{ timeout: '1h30m' }, { timeoutMs: 5_400_000 }],
    [{ timeout: '6H' }, { timeoutMs: 21_600_000 }],
    [{ guests: 'none', redact: 'False' }, {}],
    [
      { guests: 'FILES', 'guest-files': 'g/*.txt' },
      { guests: 'files', guestFiles: 'g/*.txt' },
    ],
    [{ guests: 'exec' }, { guests: 'exec' }],
    [{ guests: 'api' }, { guests: 'api' }],
    [{ 'node-subnets': '10.0.0.5/24, fd00::/64' }, { nodeSubnets: ['10.0.0.0/24', 'fd00::/64'] }],
    [{ 'port-security': 'ports.yaml' }, { portSecurity: 'ports.yaml' }],
    [{ 'require-evidence': 'guest' }, { requireEvidence: 'guest' }],
    [
      { comment: 'always', 'drift-issue': 'on-problems' },
      { comment: 'always', driftIssue: 'on-problems' },
    ],
    [{ 'report-formats': 'sarif,json' }, { reportFormats: ['sarif', 'json'] }],
    [
      { config: 'c.yml', baseline: 'b.json', 'fail-on': 'new' },
      { configFile: 'c.yml', baseline: 'b.json', failOn: 'new' },
    ],
    [
      { rules: 'orphan-route: off\n\n# quiet\n Route-Shadowed : WARNING # for now\r\n' },
      { rules: { 'orphan-route': 'off', 'route-shadowed': 'warning' } },
    ],
  ])('%j', (inputs, expected) => {
    expect(configOf(inputs)).toEqual({ ...DEFAULTS, ...expected });
  });

  test.each([
    'a',
    '!a',
    'a=b',
    'a==b,c!=d',
    'kubernetes.io/os in (linux, windows)',
    'kubernetes.io/os notin (windows),node-role.kubernetes.io/worker',
    'a=',
    'gen>2',
  ])('node-selector %s', (selector) => {
    expect(configOf({ 'node-selector': selector }).nodeSelector).toBe(selector);
  });
});

describe('refused values say what to do', () => {
  test.each<[Inputs, string]>([
    [{ mode: 'chekc' }, 'mode: "chekc" is not one of its values. Did you mean check? Use one of: check, plan, apply.'],
    [
      { cloud: 'gce' },
      'cloud: "gce" is not one of its values. Did you mean gcp? Use one of: auto, aws, gcp, azure, none.',
    ],
    [{ cloud: 'openstack' }, 'cloud: "openstack" is not one of its values. Use one of: auto, aws, gcp, azure, none.'],
    [
      { cloud: 'auto aws' },
      'cloud: "auto" cannot be combined with other values. Write either auto or a list without it.',
    ],
    [
      { cloud: 'none aws' },
      'cloud: "none" cannot be combined with other values. Write either none or a list of clouds.',
    ],
    [{ cloud: ',' }, 'cloud: "," holds no value. Write values, or remove the input; unset it is auto.'],
    [
      { 'network-mode': 'vxlna' },
      'network-mode: "vxlna" is not one of its values. Did you mean vxlan? Use one of: auto, host-gw, static, fabric, cross-subnet, overlay.',
    ],
    [{ guests: 'ssh' }, 'guests: "ssh" is not one of its values. Use one of: none, api, exec, files.'],
    [
      { guests: 'files' },
      'guest-files: it is needed for guests: files. Name the folder with the output of docs/collect/collect.sh or collect.ps1.',
    ],
    [{ 'guest-files': 'guests' }, 'guest-files: it has no effect. Set guests: files, or remove it.'],
    [
      { 'node-subnets': '10.0.0.1' },
      'node-subnets: "10.0.0.1" is no network of nodes. Write network/length, such as 192.168.10.0/24, separated by commas, spaces or new lines.',
    ],
    [
      { comment: 'sometimes' },
      'comment: "sometimes" is not one of its values. Use one of: always, on-problems, never.',
    ],
    [
      { 'report-formats': 'pdf' },
      'report-formats: "pdf" is not one of its values. Use one of: json, html, sarif, junit, none.',
    ],
    [{ 'on-unknown': 'error' }, 'on-unknown: "error" is not one of its values. Use one of: fail, warn, ignore.'],
    [
      { 'gcp-projects': '123456789' },
      'gcp-projects: "123456789" is no project id. Write project ids such as my-project-123456, not their names or numbers.',
    ],
    [
      { 'azure-subscriptions': 'Production' },
      'azure-subscriptions: "production" is no subscription id. Write subscription ids such as 00000000-0000-0000-0000-000000000000; az account list shows them.',
    ],
    [
      { 'gcp-endpoint': 'compute.googleapis.com' },
      'gcp-endpoint: "compute.googleapis.com" is no URL. Write a base URL such as https://management.usgovcloudapi.net.',
    ],
    [
      { 'azure-endpoint': 'ftp://management' },
      'azure-endpoint: "ftp://management" is neither https nor http. Write a base URL such as https://management.usgovcloudapi.net.',
    ],
    [{ redact: 'true' }, 'redact: this input is not available in this version. Remove it, or set it to false.'],
    [
      { 'pod-cidrs': '10.42.0.0' },
      'pod-cidrs: "10.42.0.0" is an address and no prefix. Add a prefix length, such as /16.',
    ],
    [
      { 'aws-regions': 'eu-west-1b' },
      'aws-regions: "eu-west-1b" is an availability zone. Write its region, eu-west-1.',
    ],
    [{ 'aws-regions': 'Ireland' }, 'aws-regions: "Ireland" is no region. Write regions such as eu-west-1 us-east-2.'],
    [{ timeout: 'soon' }, 'timeout: "soon" is no duration. Write 90s, 10m or 1h30m; a plain number means minutes.'],
    [{ timeout: '0' }, 'timeout: "0" is out of range. Write a duration from 1s to 6h.'],
    [{ timeout: '361' }, 'timeout: "361" is out of range. Write a duration from 1s to 6h.'],
    [{ rules: '\norphan-rute: off' }, 'rules, line 2: there is no rule "orphan-rute". Did you mean orphan-route?'],
    [
      { rules: 'orphan-route: of' },
      expect.stringContaining('rules, line 1: "of" is no severity. Did you mean off?') as unknown as string,
    ],
    [
      { rules: 'orphan-route' },
      'rules, line 1: "orphan-route" is not of the form rule-id: severity. Write one rule a line, such as orphan-route: off.',
    ],
    [
      { rules: 'orphan-route: off\norphan-route: error' },
      'rules, line 2: orphan-route is set a second time. Keep one of the lines.',
    ],
    [
      { rules: 'rule-crashed: off' },
      'rules, line 1: rule-crashed reports a defect of the checker itself and cannot be changed. Remove the line.',
    ],
  ])('%j', (inputs, expected) => {
    expect(textsOf(inputs)).toEqual([expected]);
  });

  test.each(INPUTS.filter((spec) => spec.available === 'later').map((spec) => spec.name))(
    '%s is refused when set',
    (name) => {
      expect(problemsOf({ [inputVariable(name)]: '7' }).map(({ where }) => where)).toEqual([name]);
    },
  );

  test.each(['a=b,', 'a b', 'in (a)', 'a in b', 'a in (b', 'a=b)', '-a', 'a=b c', '=b'])(
    'node-selector %s',
    (selector) => {
      expect(problemsOf({ 'INPUT_NODE-SELECTOR': selector }).map(({ where }) => where)).toEqual(['node-selector']);
    },
  );

  test('kubeconfig: content without line breaks is refused without being shown', () => {
    const texts = textsOf({ kubeconfig: 'apiVersion: v1 clusters: [] token: hunter2' });
    expect(texts).toEqual([expect.stringMatching(/^kubeconfig: the content has lost its line breaks\./)]);
    expect(texts[0]).not.toContain('hunter2');
  });

  test('all problems come at once, each bad prefix by name', () => {
    const texts = textsOf({
      mode: 'plann',
      cloud: 'asure',
      'pod-cidrs': '10.42.0.0/33, 010.0.0.0/8 10.42.0.0/16 0.0.0.0/0',
      timeout: '-1',
      'max-changes': '0',
      rules: 'nonsense: loud',
    });
    expect(texts).toHaveLength(9);
    for (const name of [
      'mode',
      'cloud',
      'timeout',
      'max-changes',
      'rules',
      '"10.42.0.0/33"',
      '"010.0.0.0/8"',
      '"0.0.0.0/0"',
    ]) {
      expect(texts.join('\n')).toContain(name);
    }
  });
});

describe('names', () => {
  test.each([
    ['INPUT_NODE_SELECTOR', 'Did you mean node-selector?'],
    ['INPUT_PODCIDRS', 'Did you mean pod-cidrs?'],
    ['INPUT_AWS-REGION', 'Did you mean aws-regions?'],
    ['INPUT_FAILON', 'Did you mean fail-on?'],
    ['INPUT_MDOE', 'Did you mean mode?'],
    ['INPUT_mode', 'Set INPUT_MODE.'],
  ])('%s is an error that names the right one', (variable, hint) => {
    const problems = problemsOf({ [variable]: 'x' });
    expect(problems.map((problem) => problem.hint)).toEqual([hint]);
    expect(problems[0]?.what).toContain(variable);
  });

  test('a name close to none is a warning; without a value it is nothing', () => {
    expect(warningsOf({ colour: 'red' })).toEqual(['colour: there is no such input (INPUT_COLOUR); it is ignored.']);
    expect(warningsOf({ colour: '', node_selector: ' ' })).toEqual([]);
  });

  test('no name of the table is close to another, so that none can be taken for a slip', () => {
    const names = INPUTS.map((spec) => spec.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names)
      expect(problemsOf({ [`INPUT_${name.toUpperCase()}S`]: '1' }).length).toBeLessThanOrEqual(1);
  });
});

describe('warnings', () => {
  test('host bits are cleared, and said', () => {
    expect(configOf({ 'pod-cidrs': '10.42.7.1/16 FD00:42::1/48' }).podCIDRs).toEqual(['10.42.0.0/16', 'fd00:42::/48']);
    expect(warningsOf({ 'pod-cidrs': '10.42.7.1/16' })).toEqual([
      'pod-cidrs: "10.42.7.1/16" is taken as the network 10.42.0.0/16.',
    ]);
  });

  test('inputs that only matter for reading have no effect on a replay', () => {
    expect(warningsOf({ snapshot: 's.json', 'pod-cidrs': '10.0.0.0/8', cloud: 'auto' })).toEqual([]);
    expect(warningsOf({ snapshot: 's.json', context: 'a', 'aws-regions': 'eu-west-1', 'fail-on': 'never' })).toEqual([
      'snapshot is set, so nothing is read, and these inputs have no effect: context, aws-regions.',
    ]);
  });

  test('regions of a cloud that is not read', () => {
    expect(warningsOf({ cloud: 'none', 'aws-regions': 'eu-west-1' })).toEqual([
      'cloud is none, so aws-regions has no effect.',
    ]);
  });
});

describe('renderProblems', () => {
  test('one problem is one sentence, several are a list', () => {
    const one = renderProblems(problemsOf({ 'INPUT_NETWORK-MODE': 'x' }));
    expect(one.name).toBe('ConfigError');
    expect(one.message).toBe(
      'Input network-mode: "x" is not one of its values. Use one of: auto, host-gw, static, fabric, cross-subnet, overlay.',
    );
    expect(one.hint).not.toBe('');
    const two = renderProblems(problemsOf({ 'INPUT_NETWORK-MODE': 'x', INPUT_TIMEOUT: 'x' }));
    expect(two.message.split('\n')).toEqual([
      '2 problems with the inputs:',
      '- network-mode: "x" is not one of its values. Use one of: auto, host-gw, static, fabric, cross-subnet, overlay.',
      '- timeout: "x" is no duration. Write 90s, 10m or 1h30m; a plain number means minutes.',
    ]);
  });

  test('a long value is cut', () => {
    expect(textsOf({ 'fail-on': 'x'.repeat(500) })[0]?.length).toBeLessThan(200);
  });
});

/** Trouble with the API server as an error for people: who has to act, and what to do. */
import { AccessError, ConfigError, type KnownError, UpstreamError } from '../model/errors.ts';
import { renderTrouble, type Trouble } from './trouble.ts';

export interface Attempt {
  /** URL of the API server, without credentials. */
  readonly server: string;
  /** What was tried: `list nodes`; also the permission that it needs. */
  readonly action: string;
  /** How often it was tried. */
  readonly failed: number;
}

export function explainTrouble(trouble: Trouble, attempt: Attempt): KnownError {
  const what = `The API server ${attempt.server} could not be asked to ${attempt.action}`;
  const times = attempt.failed > 1 ? ` after ${String(attempt.failed)} attempts` : '';
  const message = `${what}${times}: ${renderTrouble(trouble)}.`;
  switch (trouble.kind) {
    case 'status':
      return explainStatus(trouble, attempt, message);
    case 'network':
      return new UpstreamError(message, { hint: networkHint(trouble.code), docs: 'kubernetes-unreachable' });
    case 'tls':
      return new UpstreamError(message, { hint: tlsHint(trouble.code), docs: 'kubernetes-unreachable' });
    case 'plugin':
      return new AccessError(message, { hint: pluginHint(trouble), docs: 'kubernetes-credentials' });
    case 'file':
      return new ConfigError(message, {
        hint: 'Use a kubeconfig with embedded data (`kubectl config view --raw --flatten`), or bring the file along.',
        docs: 'kubeconfig',
      });
    case 'stranger':
      return new UpstreamError(message, {
        hint: 'Check that the kubeconfig names the API server itself and that no proxy or login page answers for it.',
        docs: 'kubernetes-unreachable',
      });
    case 'other':
      return new UpstreamError(message, {
        hint: 'Check with `kubectl get nodes` in the same job.',
        docs: 'kubernetes-unreachable',
      });
  }
}

function explainStatus(
  trouble: Extract<Trouble, { kind: 'status' }>,
  { server, action }: Attempt,
  message: string,
): KnownError {
  if (trouble.status === 401) {
    return new AccessError(`The API server ${server} refused the credentials (HTTP 401): expired or wrong token.`, {
      hint: 'Log in again right before this step; tokens of cloud logins live for 15 to 60 minutes.',
      docs: 'kubernetes-credentials',
    });
  }
  if (trouble.status === 403) {
    const anonymous = trouble.message.includes('system:anonymous');
    const hint = anonymous
      ? 'The request carried no credentials: check the user that the context of the kubeconfig names.'
      : `Grant it: ${grantOf(action)}; all permissions are in docs/permissions/kubernetes-check.yaml.`;
    return new AccessError(message, { hint, docs: 'kubernetes-permissions', permission: action });
  }
  const hint =
    trouble.status === 404
      ? 'Check the server URL in the kubeconfig: this one does not serve the Kubernetes API.'
      : 'Run again later; if it stays, look at the health of the API server.';
  return new UpstreamError(message, { hint, docs: 'kubernetes-unreachable' });
}

/** A ClusterRole's rule for `list nodes` and the like, as YAML in one line. */
function grantOf(action: string): string {
  const [verb = 'list', resource = 'nodes'] = action.split(' ');
  const verbs = resource === 'nodes' ? 'get, list' : verb;
  return `a ClusterRole with \`rules: [{apiGroups: [""], resources: [${resource}], verbs: [${verbs}]}]\``;
}

function networkHint(code: string): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'The name does not resolve from this runner: a private endpoint needs a self-hosted runner or a tunnel, a new cluster some minutes.';
    case 'ECONNREFUSED':
      return 'Nothing listens there: check host and port in the kubeconfig, and that a tunnel or local cluster still runs.';
    case 'timeout':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return "This runner does not reach it: allow the runner's addresses at the endpoint, use a self-hosted runner, or set HTTPS_PROXY.";
    default:
      return 'The connection broke: check proxies (HTTPS_PROXY, NO_PROXY, proxy-url) and run again.';
  }
}

function tlsHint(code: string): string {
  if (code === 'EPROTO' || code.includes('WRONG_VERSION')) {
    return 'The other side does not speak TLS: check scheme and port of the server, and the proxy.';
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return "Renew the API server's certificate, or set the runner's clock.";
  }
  if (code.includes('ALTNAME') || code.includes('HOSTNAME')) {
    return 'The certificate is for another name: use that name as server, or set tls-server-name in the kubeconfig.';
  }
  if (/ALERT|HANDSHAKE/.test(code)) {
    return 'The server refused the TLS handshake: check the client certificate in the kubeconfig.';
  }
  return "The certificate's issuer is unknown: put the cluster's CA into the kubeconfig (certificate-authority-data), or name it in NODE_EXTRA_CA_CERTS.";
}

// How the commands that kubeconfigs commonly name come onto a runner.
const PLUGIN_HINTS: Readonly<Record<string, string>> = {
  aws: 'Install the AWS CLI v2 (GitHub-hosted runners have it) and log in with aws-actions/configure-aws-credentials.',
  'aws-iam-authenticator':
    'Install aws-iam-authenticator, or write the kubeconfig anew with `aws eks update-kubeconfig`.',
  'gke-gcloud-auth-plugin':
    'Run `gcloud components install gke-gcloud-auth-plugin`, or use google-github-actions/get-gke-credentials, whose kubeconfig needs no plugin.',
  kubelogin:
    'Install it with azure/use-kubelogin and convert the kubeconfig with `kubelogin convert-kubeconfig -l azurecli`.',
};

function pluginHint({ command, problem }: Extract<Trouble, { kind: 'plugin' }>): string {
  const name = (command.split(/[/\\]/).at(-1) ?? command).replace(/\.exe$/i, '');
  if (problem === 'missing') {
    const known = Object.hasOwn(PLUGIN_HINTS, name) ? PLUGIN_HINTS[name] : undefined;
    return known ?? `Install ${name} in an earlier step, or use a kubeconfig with a token.`;
  }
  if (problem === 'not-executable') return `Make ${command} executable.`;
  if (problem === 'timeout') return `Make ${name} log in without asking anybody: no one answers a prompt in a job.`;
  return `Log in before this step; \`${name}\` must work in the job by itself.`;
}

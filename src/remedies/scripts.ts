/** Remedies as every output shows them: which tools there are, and in which order. */

export interface Remedies {
  /** Lines for a POSIX shell; lines that start with `#` are comments. */
  readonly aws: readonly string[];
  readonly gcloud: readonly string[];
  readonly az: readonly string[];
  /** Likewise, against the cluster. */
  readonly kubectl: readonly string[];
  /** For a root shell on the nodes that comments name: iproute2, sysctl. */
  readonly ip: readonly string[];
  /** For PowerShell on Windows nodes; comments are as in a shell. */
  readonly powershell: readonly string[];
  /** Lines of Terraform's language, for the provider of the cloud. */
  readonly terraform: readonly string[];
}

export type Tool = keyof Remedies;

/** Lines that belong into one shell or file. */
export interface Script {
  readonly tool: Tool;
  /** As code blocks are labelled. */
  readonly language: 'sh' | 'powershell' | 'hcl';
  readonly lines: readonly string[];
}

/** In the order in which to try them: what the cluster mends by itself comes before what is typed on its nodes. */
const LANGUAGES: readonly (readonly [Tool, Script['language']])[] = [
  ['aws', 'sh'],
  ['gcloud', 'sh'],
  ['az', 'sh'],
  ['kubectl', 'sh'],
  ['ip', 'sh'],
  ['powershell', 'powershell'],
  ['terraform', 'hcl'],
];

/** Those that are not empty. Terraform is the last one, and says the same as the others. */
export function scriptsOf(remedies: Remedies): Script[] {
  return LANGUAGES.map(([tool, language]) => ({ tool, language, lines: remedies[tool] })).filter(
    ({ lines }) => lines.length > 0,
  );
}

/** Without what is no command: a configuration that says the same once more. */
export function commandScripts(remedies: Remedies): Script[] {
  return scriptsOf(remedies).filter(({ tool }) => tool !== 'terraform');
}

export interface Command {
  readonly text: string;
  readonly language: Script['language'];
}

/** The first line that is a command. */
export function firstCommand(remedies: Remedies): Command | undefined {
  const [first] = commandScripts(remedies).flatMap(({ lines, language }) =>
    lines.filter((line) => !line.startsWith('#')).map((text) => ({ text, language })),
  );
  return first;
}

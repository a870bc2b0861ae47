/** Pods that run already, as far as they are a way to their nodes. */

/** A pod that runs and has its node's own network. */
export interface HostPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** Those that run now. */
  readonly containers: readonly { readonly name: string; readonly image: string }[];
}

/** Expected trouble is returned: why, without a full stop at the end, and the right that would help. */
export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string; readonly permission?: string };

/** A command in one container: a program and its arguments, without a shell. */
export interface PodCommand {
  readonly container: string;
  readonly command: readonly string[];
  /** For the whole of it, in milliseconds. */
  readonly timeoutMs: number;
}

export interface Ran {
  readonly stdout: string;
  /** Its first kilobytes. */
  readonly stderr: string;
  /** As a shell tells it: 127 where the image has no such program. */
  readonly status: number;
}

/** The adapter for GitHub's API against the lab's server, with a clock that nobody waits for. */
import { startLab, type Lab, type LabOptions } from '../../lab/servers/index.ts';
import { ec2Cluster } from '../../lab/world/ec2-cluster.ts';
import { githubRepository, type GitHubWorld } from '../../lab/world/github.ts';
import { openGitHub } from '../../src/github/index.ts';
import type { Clock, GitHub, Log } from '../../src/ports.ts';
import { labPerTest } from './lab-per-test.ts';

/** Goes with the real one, and further by what was slept. */
export class SkippingClock implements Clock {
  readonly slept: number[] = [];
  now(): number {
    return Date.now() + this.slept.reduce((sum, ms) => sum + ms, 0);
  }
  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    return Promise.resolve();
  }
}

export interface Served {
  readonly lab: Lab;
  readonly world: GitHubWorld;
  readonly clock: SkippingClock;
  readonly logged: readonly string[];
  readonly masked: readonly string[];
  /** Every request so far, `graphql` left out. */
  readonly requests: () => string[];
  readonly writes: () => string[];
  readonly open: (env?: Record<string, string>, token?: string) => Promise<GitHub>;
}

/** Call it at the top of a test file. */
export function useGitHub(): (world?: Partial<GitHubWorld>, options?: LabOptions) => Promise<Served> {
  const start = labPerTest(startLab, () => undefined);
  return async (parts = {}, options = {}) => {
    const world = githubRepository(parts);
    const lab = await start(
      { ...ec2Cluster({ name: 'repository', mode: 'fabric', nodes: 1 }), github: world },
      options,
    );
    return served(lab, world);
  };
}

function served(lab: Lab, world: GitHubWorld): Served {
  const clock = new SkippingClock();
  const logged: string[] = [];
  const masked: string[] = [];
  const asked = () =>
    lab.requests().filter(({ service, operation }) => service === 'github' && operation !== 'graphql');
  return {
    lab,
    world,
    clock,
    logged,
    masked,
    requests: () => asked().map(({ operation }) => operation),
    writes: () =>
      asked()
        .filter(({ write }) => write)
        .map(({ operation }) => operation),
    open: async (env = {}, token = lab.inputs['github-token']) => {
      const config = token === undefined || token === '' ? {} : { githubToken: token };
      const runner = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', ...lab.env, ...env };
      const mask = (secret: string): void => void masked.push(secret);
      const opened = await openGitHub({ config, env: runner, clock, log: listLog(logged), random: () => 0, mask });
      if (opened === undefined) throw new Error('not opened');
      return opened;
    },
  };
}

function listLog(lines: string[]): Log {
  const add = (text: string): void => void lines.push(text);
  return { debug: add, info: add, warning: add, fold: add, group: (_, work) => work() };
}

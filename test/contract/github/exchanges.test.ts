/** Every request to GitHub, and what the lab answers, has the form that GitHub's API description says. */
import { pullRequest } from '../../../lab/runner/events.ts';
import type { LabOptions } from '../../../lab/servers/index.ts';
import { addComment } from '../../../lab/world/github.ts';
import { useGitHub } from '../../support/github.ts';
import { withEvent } from '../../support/github-event.ts';
import { testExchanges } from '../aws/validate-exchanges.ts';

const serve = useGitHub();
const MARKER = '<!-- pod-route-check -->';

const RUNS: readonly LabOptions[] = [
  {},
  { githubPermissions: {} },
  { githubPermissions: { issues: 'read', contents: 'read' } },
  { githubLimit: { kind: 'secondary', times: 1 } },
  { githubLostAnswers: 1 },
  { expiredToken: 'github' },
];

testExchanges('all exchanges conform to the API description', async (record) => {
  for (const options of RUNS) {
    const service = await serve(
      { files: { b000000000000000000000000000000000000001: { a: 'b' } } },
      { ...options, record },
    );
    for (let at = 0; at < 120; at += 1) {
      addComment(service.world, { issue: 7, author: service.world.viewer, body: at < 3 ? MARKER : 'other' });
    }
    const github = await withEvent(pullRequest(), (env) => service.open(env));
    for (const body of ['one', 'two']) await github.comment(7, { marker: MARKER, body: `${MARKER} ${body}` }, true);
    for (const wanted of ['open', 'closed', 'open'] as const) {
      await github.issue({ marker: MARKER, body: MARKER, title: wanted }, wanted);
    }
    for (const path of ['a', 'none']) await github.readBase(path);
  }
});

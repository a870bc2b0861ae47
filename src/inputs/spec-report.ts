/** Inputs about what becomes of a report: whom it is compared with, and where it goes. */
import type { InputSpec } from './spec.ts';

export const REPORT_INPUTS = [
  {
    name: 'config',
    type: 'path',
    default: '',
    text: 'YAML file with the faults that you accept (ignore). Unset: .github/pod-route-check.yml, if it is there. On pull requests it counts as it is in the base. See docs/drift.md.',
    available: 'now',
  },
  {
    name: 'baseline',
    type: 'path',
    default: '',
    text: 'The report.json of an earlier run: what it has already is not new. If there is no such file, everything is new. See docs/drift.md.',
    available: 'now',
  },
  {
    name: 'save-snapshot',
    type: 'path',
    default: '',
    text: 'File in which everything that was read is saved, as JSON. It holds node names, addresses and cloud ids, and no secrets.',
    available: 'now',
  },
  {
    name: 'report-dir',
    type: 'path',
    default: 'pod-route-check-report',
    text: 'Folder for the files of the report. It is made when it is missing.',
    available: 'now',
  },
  {
    name: 'report-formats',
    type: 'list',
    default: 'json, html',
    text: 'Files of the report: json (report.json), html (report.html, a page that needs no network), sarif (report.sarif), junit (report.junit.xml); or none.',
    available: 'now',
    values: ['json', 'html', 'sarif', 'junit', 'none'],
  },
  {
    name: 'github-token',
    type: 'secret',
    default: '${{ github.token }}',
    text: 'Token for the pull request comment (pull-requests: write), the drift issue (issues: write), and on pull requests for files of the base (contents: read).',
    available: 'now',
  },
  {
    name: 'comment',
    type: 'choice',
    default: 'on-problems',
    text: 'When to write the pull request comment, of which there is one per cluster. on-problems also updates one that is there already.',
    available: 'now',
    values: ['always', 'on-problems', 'never'],
  },
  {
    name: 'drift-issue',
    type: 'choice',
    default: 'never',
    text: 'Whether to keep one issue per cluster: opened on problems, updated in place, closed when everything is well. For scheduled runs.',
    available: 'now',
    values: ['on-problems', 'never'],
  },
] as const satisfies readonly InputSpec[];

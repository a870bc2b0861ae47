/** What could not be seen, and what this report is about. */
import type { VNode } from 'preact';
import { useShared } from './context.tsx';
import { CopyButton } from './copy.tsx';
import { Scroll } from './scroll.tsx';

export function NotSeen(): VNode | null {
  const { gaps } = useShared().model.data.report;
  if (gaps.length === 0) return null;
  return (
    <section id="gaps" aria-labelledby="gaps-title">
      <h2 id="gaps-title">Not seen</h2>
      <Scroll label="Table of what was not seen">
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Why</th>
              <th scope="col">Would help</th>
            </tr>
          </thead>
          <tbody>
            {gaps.map(({ facet, subject, reason, permission }) => (
              <tr key={`${facet} ${subject} ${reason}`}>
                <th scope="row">{subject}</th>
                <td>{reason}</td>
                <td>
                  {permission === null ? null : (
                    <span class="permission">
                      <code>{permission}</code> <CopyButton text={permission} what={permission} />
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

export function Foot(): VNode {
  const { foot } = useShared().model.data;
  return (
    <footer>
      <dl class="facts">
        {foot.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </footer>
  );
}

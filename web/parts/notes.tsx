import type { JSX } from 'preact';
import { scene, shownNamespaces } from '../state/scene.ts';

const MOST = 8;

/** What is not shown, or with less certainty, and why. */
export function Notes(): JSX.Element | null {
  const all = new Set([...(scene.value?.notes ?? []), ...shownNamespaces.value.flatMap(({ report }) => report.notes)]);
  if (all.size === 0) return null;
  const shown = [...all].slice(0, MOST);
  return (
    <section class="panel notes" aria-labelledby="notes-title">
      <h2 id="notes-title">What is not shown</h2>
      <ul>
        {shown.map((note) => (
          <li key={note}>
            <bdi>{note}</bdi>
          </li>
        ))}
        {all.size > shown.length && <li>and {all.size - shown.length} more notes of other namespaces</li>}
      </ul>
    </section>
  );
}

import type { JSX } from 'preact';
import { shownNamespaces } from '../state/scene.ts';
import { plural } from '../words/numbers.ts';

export function NoLanes(): JSX.Element {
  const outside = shownNamespaces.value.map(({ report }) => report.totals.outsideLanes);
  const known = outside.filter((count) => count !== null);
  const inbound = known.reduce((sum, count) => sum + count, 0);
  return (
    <div class="empty">
      <p>
        A lane appears as soon as a program connects out: one for each source address, destination address and
        destination port.
      </p>
      {inbound > 0 && (
        <p class="quiet">
          {plural(inbound, 'connection holds', 'connections hold')} none: others opened {inbound === 1 ? 'it' : 'them'}{' '}
          to this machine, or {inbound === 1 ? 'its' : 'their'} port is outside of the range.
        </p>
      )}
    </div>
  );
}

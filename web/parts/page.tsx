import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { connection } from '../state/connection.ts';
import { past } from '../state/past.ts';
import { scene, selectedName, shownNamespaces } from '../state/scene.ts';
import { chosenNamespace } from '../state/selection.ts';
import { Denied, LostBanner } from './banners.tsx';
import { CourseChart } from './course-chart.tsx';
import { Findings } from './findings.tsx';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { listenToKeys } from './keys.ts';
import { LaneFacts } from './lane-facts.tsx';
import { LaneList } from './lane-list.tsx';
import { LifeDiagram } from './life-diagram.tsx';
import { Notes } from './notes.tsx';
import { PortMap } from './port-map.tsx';
import { PastBanner, TimeTravel } from './time-travel.tsx';
import { VerdictLine } from './verdict.tsx';

export function Page(): JSX.Element {
  useEffect(listenToKeys, []);
  const when = scene.value?.when ?? 'live';
  return (
    <div class={`page shows-${when} is-${connection.value.state}`}>
      <Header />
      <TimeTravel />
      <LostBanner />
      <PastBanner />
      <Denied />
      <main>
        <Body />
      </main>
      <Help />
    </div>
  );
}

function Body(): JSX.Element | null {
  if (connection.value.state === 'denied' && scene.value === null) return null;
  if (scene.value === null) return <Waiting />;
  return (
    <>
      <VerdictLine />
      {chosenNamespace.value !== null && shownNamespaces.value.length === 0 && <Gone />}
      <div class="columns">
        <LaneList />
        {selectedName.value !== null && (
          <div class="detail">
            <LaneFacts />
            <LifeDiagram />
            <CourseChart />
          </div>
        )}
      </div>
      {selectedName.value !== null && <PortMap />}
      <Findings />
      <Notes />
    </>
  );
}

function Waiting(): JSX.Element {
  if (past.value.state === 'missing')
    return <p class="waiting">Nothing was sampled then. Another moment may have something.</p>;
  if (connection.value.state === 'lost')
    return <p class="waiting">The machine shows here as soon as the agent answers.</p>;
  return <p class="waiting">Waiting for the first sample …</p>;
}

function Gone(): JSX.Element {
  return (
    <div class="banner">
      <p>
        There is no namespace <bdi>{chosenNamespace.value}</bdi> any more, or the agent does not look at it.
      </p>
      <button type="button" onClick={() => (chosenNamespace.value = null)}>
        Show all namespaces
      </button>
    </div>
  );
}

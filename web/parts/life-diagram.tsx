import { computed, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { releaseCurve } from '../agent/port-map.ts';
import { portBytes } from '../state/ports.ts';
import { selectedLane, shownLanes } from '../state/scene.ts';
import { explainLife, firstToClose, type LifeCounts } from '../words/life.ts';
import { sumLife } from '../words/life-counts.ts';
import { formatCount, formatRate, plural } from '../words/numbers.ts';
import { type Flow, LIFE_STATES, type LifeGeometry, type LifeState, NARROW, type Way, WIDE } from './life-geometry.ts';
import { isNarrow } from './narrow.ts';
import { ReleaseCurve } from './release-curve.tsx';

/** Whether the lanes are counted together, and not only the selected one. */
const isOfAll = signal(false);

const life = computed<LifeCounts>(() => {
  const view = selectedLane.value;
  if (isOfAll.value) return sumLife(shownLanes.value);
  return sumLife(view === null ? [] : [view]);
});

export function LifeDiagram(): JSX.Element {
  const counts = life.value;
  const geometry = isNarrow.value ? NARROW : WIDE;
  return (
    <section class="panel life" aria-labelledby="life-title">
      <div class="panel-head">
        <h2 id="life-title">The life of a connection</h2>
        <fieldset class="choice" aria-label="Of which lanes">
          <button type="button" aria-pressed={!isOfAll.value} onClick={() => (isOfAll.value = false)}>
            this lane
          </button>
          <button type="button" aria-pressed={isOfAll.value} onClick={() => (isOfAll.value = true)}>
            all {formatCount(shownLanes.value.length)}
          </button>
        </fieldset>
      </div>
      <p class="explained">{explainLife(counts)}</p>
      <Picture counts={counts} geometry={geometry} />
      <StateTable counts={counts} />
    </section>
  );
}

function Picture({ counts, geometry }: { counts: LifeCounts; geometry: LifeGeometry }): JSX.Element {
  const { width, height, states, ways, words } = geometry;
  const bytes = portBytes.value;
  const curve = bytes === null || isOfAll.value ? null : releaseCurve(bytes);
  return (
    <svg class="life-picture" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {ways.map((way) => (
        <Arrow key={way.id} way={way} flow={flowOf(way.flow, counts)} />
      ))}
      {words.map(({ id, x, y, anchor }) => (
        <text key={id} x={x} y={y} text-anchor={anchor} class={`life-words words-${id}`}>
          {wordsOf(id, counts)}
        </text>
      ))}
      {LIFE_STATES.map((state) => (
        <StateBox key={state} state={state} counts={counts} geometry={geometry} />
      ))}
      {states.TIME_WAIT.height >= 100 && curve !== null && (
        <ReleaseCurve
          curve={curve}
          x={states.TIME_WAIT.x + 9}
          y={states.TIME_WAIT.y + 58}
          width={states.TIME_WAIT.width - 18}
          height={36}
        />
      )}
    </svg>
  );
}

/** Connections per second along an arrow; null where that is not known, 0 where none goes there. */
function flowOf(flow: Flow, counts: LifeCounts): number | null {
  const { opensPerSecond, states, timeWaitSeconds, used } = counts;
  if (used === 0) return 0;
  const first = firstToClose(counts);
  switch (flow) {
    case 'open':
      return opensPerSecond;
    case 'here':
      return first === 'this' ? opensPerSecond : first === 'other' ? 0 : null;
    case 'there':
      return first === 'other' ? opensPerSecond : first === 'this' ? 0 : null;
    case 'release': {
      const waiting = states.TIME_WAIT ?? 0;
      return waiting === 0 ? 0 : timeWaitSeconds === null ? null : waiting / timeWaitSeconds;
    }
    case 'rare':
      return (states.CLOSING ?? 0) > 0 ? null : 0;
  }
}

function Arrow({ way, flow }: { way: Way; flow: number | null }): JSX.Element {
  const kind = flow === null ? 'is-unknown' : flow === 0 ? 'is-idle' : `is-flowing flow-${way.flow}`;
  const width = flow === null || flow === 0 ? 1.5 : Math.min(9, 2 + 1.8 * Math.log10(1 + flow));
  const tip = Math.max(9, 2.1 * width);
  return (
    <g class={`way ${kind}`}>
      <marker
        id={`tip-${way.id}`}
        viewBox="0 0 8 8"
        refX="5"
        refY="4"
        markerWidth={tip}
        markerHeight={tip}
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path d="M0 0 8 4 0 8z" class="tip" />
      </marker>
      <path d={way.path} class="way-line" stroke-width={width} marker-end={`url(#tip-${way.id})`} />
      {flow !== null && flow > 0 && (
        <path
          d={way.path}
          class="way-dots"
          stroke-width={Math.max(1.8, width * 0.45)}
          style={{ animationDuration: `${Math.max(0.45, 3 / (1 + Math.log10(1 + flow))).toFixed(2)}s` }}
        />
      )}
    </g>
  );
}

function StateBox(props: { state: LifeState; counts: LifeCounts; geometry: LifeGeometry }): JSX.Element {
  const { state, counts, geometry } = props;
  const { x, y, width, height } = geometry.states[state];
  const isFree = state === 'CLOSED';
  const count = isFree ? counts.free : (counts.states[state] ?? 0);
  const share = count === null || counts.slots === 0 ? 0 : Math.min(1, count / counts.slots);
  const middle = x + width / 2;
  const top = state === 'TIME_WAIT' && height >= 100 ? y + 22 : y + height / 2 - 7;
  return (
    <g class={`state state-${state}${count === 0 ? ' is-empty' : ''}`}>
      <rect x={x} y={y} width={width} height={height} rx="9" class="state-box" />
      <rect x={x + 8} y={y + height - 5} width={width - 16} height="2" rx="1" class="state-track" />
      <rect x={x + 8} y={y + height - 5} width={(width - 16) * share} height="2" rx="1" class="state-share" />
      <text x={middle} y={top} text-anchor="middle" class="state-name">
        {isFree ? 'CLOSED · free' : state}
      </text>
      <text x={middle} y={top + 21} text-anchor="middle" class="state-count">
        {formatCount(count)}
      </text>
    </g>
  );
}

function wordsOf(id: string, counts: LifeCounts): string {
  const { opensPerSecond, timeWaitSeconds, reclaimable, used } = counts;
  const first = firstToClose(counts);
  switch (id) {
    case 'here':
      return first === 'this' && used > 0 ? 'this end closes first' : 'if this end closes first';
    case 'there':
      return first === 'other' && used > 0 ? 'the other end closes first' : 'if the other end closes first';
    case 'open':
      return opensPerSecond === null ? 'opens/s unknown' : `${formatRate(opensPerSecond)} opens/s`;
    default: {
      const after = timeWaitSeconds === null ? 'about a minute' : `${Math.round(timeWaitSeconds)} s`;
      return `free again after ${after}${reclaimable !== null && reclaimable > 0 ? ', or taken over' : ''}`;
    }
  }
}

/** The same for those who do not see the picture, and the states that it has no place for. */
function StateTable({ counts }: { counts: LifeCounts }): JSX.Element {
  const others = Object.entries(counts.states).filter(([state]) => !(LIFE_STATES as readonly string[]).includes(state));
  return (
    <>
      <ul class="unseen" aria-label="Connections by state">
        <li>{plural(counts.used, 'slot')} used</li>
        {LIFE_STATES.slice(1).map((state) => (
          <li key={state}>
            {state}: {formatCount(counts.states[state] ?? 0)}
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <p class="quiet">
          Beside these: {others.map(([state, count]) => `${formatCount(count)} ${state}`).join(', ')}.
        </p>
      )}
    </>
  );
}

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { isReading, orderedLanes, wantedText } from '../state/lane-order.ts';
import { type LaneView, scene, selectedKey, shownLanes, shownNamespaces } from '../state/scene.ts';
import { chosenLane, chosenNamespace } from '../state/selection.ts';
import { formatCount, formatRate, plural, UNKNOWN } from '../words/numbers.ts';
import { describeFullness, describeOutlook, standingOf } from '../words/outlook.ts';
import { Endpoint } from './endpoint.tsx';
import { Icon } from './icons.tsx';
import { LaneBar } from './lane-bar.tsx';
import { NoLanes } from './no-lanes.tsx';

/** So many rows are drawn at once, and so many more where that is asked for. */
const ROWS = 50;
/** Fewer lanes than these need no search. */
const SEARCH_FROM = 8;

const rowsShown = signal(ROWS);

export function LaneList(): JSX.Element {
  const lanes = orderedLanes.value;
  const total = shownLanes.value.length;
  const omitted = shownNamespaces.value.reduce((sum, { report }) => sum + report.lanesOmitted, 0);
  const key = selectedKey.value;
  const shown = lanes.slice(0, rowsShown.value);
  const tabStop = shown.some((lane) => lane.key === key) ? key : shown[0]?.key;
  return (
    <section class="panel lanes" aria-labelledby="lanes-title">
      <div class="panel-head">
        <h2 id="lanes-title">Lanes</h2>
        <span class="quiet">{total === 0 ? '' : `${formatCount(total + omitted)}, the fullest first`}</span>
      </div>
      {(total >= SEARCH_FROM || wantedText.value !== '') && <Search />}
      {total === 0 && <NoLanes />}
      {total > 0 && lanes.length === 0 && <p class="quiet empty">No lane has that in its name.</p>}
      <div
        role="listbox"
        aria-label="Lanes"
        class="lane-rows"
        onPointerEnter={() => (isReading.value = true)}
        onPointerLeave={() => (isReading.value = false)}
        onFocusIn={() => (isReading.value = true)}
        onFocusOut={() => (isReading.value = false)}
        onKeyDown={moveByKey}
      >
        {shown.map((lane) => (
          <LaneRow key={lane.key} view={lane} isSelected={lane.key === key} isTabStop={lane.key === tabStop} />
        ))}
      </div>
      {lanes.length > shown.length && (
        <button type="button" class="more" onClick={() => (rowsShown.value += 2 * ROWS)}>
          Show more: {formatCount(lanes.length - shown.length)} lanes are less full
        </button>
      )}
      {omitted > 0 && (
        <p class="quiet empty">
          {plural(omitted, 'lane is', 'lanes are')} less full and not listed by the agent (lanesPerNamespace).
        </p>
      )}
      {total > 0 && <BarLegend />}
    </section>
  );
}

function LaneRow({
  view,
  isSelected,
  isTabStop,
}: {
  view: LaneView;
  isSelected: boolean;
  isTabStop: boolean;
}): JSX.Element {
  const { lane, name } = view;
  const standing = standingOf(lane);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
    <div
      role="option"
      aria-selected={isSelected}
      tabIndex={isTabStop ? 0 : -1}
      class={`lane is-${standing}`}
      onClick={() => (chosenLane.value = name)}
    >
      <div class="lane-head">
        <span class="lane-ends">
          <span class="lane-to">
            <Endpoint address={lane.destination} port={lane.port} />
          </span>{' '}
          <span class="lane-from">
            from <bdi>{lane.source}</bdi>
          </span>
          {lane.device !== null && <bdi class="tag">{lane.device}</bdi>}
          {chosenNamespace.value === null && (scene.value?.namespaces.length ?? 0) > 1 && (
            <bdi class="tag">{name.namespace}</bdi>
          )}
        </span>
        <span class="lane-full">{describeFullness(lane)}</span>
      </div>
      <LaneBar lane={lane} />
      <div class="lane-facts">
        <span>
          {formatCount(lane.used)} / {formatCount(lane.slots)}
        </span>
        <span>
          {lane.opensPerSecond === null ? `opens/s ${UNKNOWN}` : `${formatRate(lane.opensPerSecond)} opens/s`}
        </span>
        <bdi class="lane-owner">{ownerOf(view)}</bdi>
        <span class="lane-outlook">{describeOutlook(lane)}</span>
      </div>
    </div>
  );
}

function ownerOf({ lane }: LaneView): string {
  const [first, ...others] = lane.processes.length > 0 ? lane.processes : (lane.timeWaitProcesses ?? []);
  if (first === undefined) return lane.unit ?? '';
  return others.length === 0 ? first.name : `${first.name} +${others.length}`;
}

function Search(): JSX.Element {
  return (
    <div class="search">
      <Icon name="search" />
      <input
        id="lane-search"
        type="search"
        aria-label="Find a lane by address, port or process"
        placeholder="Address, port or process  ( / )"
        autocomplete="off"
        spellcheck={false}
        value={wantedText.value}
        onInput={({ currentTarget }) => (wantedText.value = currentTarget.value)}
      />
    </div>
  );
}

function BarLegend(): JSX.Element {
  return (
    <ul class="legend bar-legend" aria-label="What the colours of the bars mean">
      <li>
        <i class="swatch bar-live" /> live
      </li>
      <li>
        <i class="swatch bar-orphan" /> FIN_WAIT2, closed here
      </li>
      <li>
        <i class="swatch bar-wait" /> TIME_WAIT
      </li>
      <li>
        <i class="swatch bar-reclaimable" /> TIME_WAIT, reclaimable
      </li>
      <li>
        <i class="swatch swatch-cliff" /> the cliff: connect() is slow from there
      </li>
    </ul>
  );
}

function moveByKey(event: KeyboardEvent): void {
  const rows = [...document.querySelectorAll<HTMLElement>('.lane-rows [role=option]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const row = to === undefined ? undefined : rows[Math.max(0, Math.min(rows.length - 1, to))];
  if (row === undefined) return;
  event.preventDefault();
  select(rows.indexOf(row));
  row.focus();
}

/** Selects the lane that is so many rows from the top. */
function select(row: number): void {
  const view = orderedLanes.value[row];
  if (view !== undefined) chosenLane.value = view.name;
}

/** Selects the lane below or above the one that is selected. */
export function selectNext(step: 1 | -1): void {
  const at = orderedLanes.value.findIndex(({ key }) => key === selectedKey.value);
  const to = Math.max(0, Math.min(Math.min(orderedLanes.value.length, rowsShown.value) - 1, at + step));
  select(to);
  document.querySelectorAll('.lane-rows [role=option]')[to]?.scrollIntoView({ block: 'nearest' });
}

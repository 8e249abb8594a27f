import type { SpreadCounts } from '../../linux/spread-counts.ts';
import type { SpreadLane } from '../../spreading/running-spread.ts';
import type { SpreadDestination } from '../../spreading/spread-lanes.ts';
import { formatEndpoint } from '../../tcp/lane.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import type { FixSpread, FixSpreadApplied, FixSpreadEnded, FixSpreadPreview } from '../fix-spread-report.ts';
import { toAscii } from './ascii.ts';
import { describeNamespace, renderChanges } from './fix-change-text.ts';
import { describeDuration } from './recycle-lane.ts';
import { renderHead, renderNote } from './report-head.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { renderTable } from './table.ts';
import { wrap } from './wrap.ts';

/** So many destinations are shown: a rule may match thousands. */
const MOST_DESTINATIONS = 10;
const MOST_LANES = 32;

/** What a spread would change and give, and what does it. */
export function renderSpreadPreview(preview: FixSpreadPreview, screen: Screen): string {
  const { missing, command } = preview;
  return join(
    [
      [renderHead(preview, screen, 'examined')],
      renderWhat(preview, 'It would change', screen),
      ['What it would give:', ...renderDestinations(preview.destinations, screen)],
      ...notesOf(preview, screen),
      [
        ...missing.map((text) => style(screen, 'yellow', wrap(`Needs: ${text}.`, screen.width))),
        missing.length === 0 ? 'Nothing was changed. To do it:' : 'Nothing was changed. To do it, as root:',
        style(screen, 'green', `  ${command}`),
      ],
    ],
    screen,
  );
}

/** That it is attached, and what takes it back. */
export function renderSpreadApplied(applied: FixSpreadApplied, screen: Screen): string {
  return join(
    [
      [renderHead(applied, screen, 'examined')],
      renderWhat(applied, 'Changed', screen),
      renderDestinations(applied.destinations, screen),
      ...notesOf(applied, screen),
      [
        wrap(`It stays when fourtuple ends, and is entry ${applied.id} of the journal. To take it back:`, screen.width),
        style(screen, 'green', `  ${applied.undo}`),
      ],
    ],
    screen,
  );
}

/** What it has done, when it is taken back. */
export function renderSpreadEnded(ended: FixSpreadEnded, screen: Screen): string {
  const { lanes, counts, seconds } = ended;
  return join(
    [
      [
        wrap(
          `${plural(counts.spread, 'connection')} spread in ${describeDuration(seconds)}, and all is as it was before.`,
          screen.width,
        ),
      ],
      ...(lanes.length === 0 ? [] : [renderLanes(lanes, screen)]),
      ...describeOthers(counts).map((text) => [wrap(text, screen.width)]),
    ],
    screen,
  );
}

function renderWhat({ remedy, title, namespace, changes, cgroup }: FixSpread, what: string, screen: Screen): string[] {
  const count = cgroup.processes === null ? '' : ` (${plural(cgroup.processes, 'process', 'processes')})`;
  return [
    style(screen, 'bold', wrap(`${remedy}: ${title}`, screen.width)),
    wrap(
      `${what} in ${describeNamespace(namespace)}, for connections of the cgroup ${cgroup.path}${count}:`,
      screen.width,
    ),
    ...renderChanges(changes, screen),
  ];
}

function renderDestinations(destinations: readonly SpreadDestination[], screen: Screen): string[] {
  const shown = destinations.slice(0, MOST_DESTINATIONS);
  if (shown.length === 0) return ['  No connection goes there now: each destination gets lanes of its own.'];
  const arrow = screen.unicode ? ' → ' : ' -> ';
  const both = (of: (one: SpreadDestination['before']) => number | null) => (one: SpreadDestination) =>
    [of(one.before), of(one.after)].map((count) => (count === null ? 'no end' : formatCount(count))).join(arrow);
  const column = (title: string, cell: (one: SpreadDestination) => string, align: 'left' | 'right' = 'right') => ({
    ...{ title, align },
    cells: shown.map(cell),
  });
  const rows = renderTable(
    [
      column('DESTINATION', ({ destination, port }) => formatEndpoint(destination, port), 'left'),
      column(
        'LANES',
        both(({ lanes }) => lanes),
      ),
      column(
        'SLOTS',
        both(({ slots }) => slots),
      ),
      column(
        'USED',
        both(({ used }) => used),
      ),
    ],
    screen.width - 2,
    screen.unicode ? '…' : '~',
  );
  const omitted = destinations.length - shown.length;
  return [
    ...rows.map((row, index) => `  ${index === 0 ? style(screen, 'dim', row) : row}`),
    ...(omitted === 0 ? [] : [`  and ${plural(omitted, 'more destination')}`]),
  ];
}

function renderLanes(lanes: readonly SpreadLane[], screen: Screen): string[] {
  const shown = lanes.slice(0, MOST_LANES);
  const count = (title: string, of: (lane: SpreadLane) => number) => ({
    ...({ title, align: 'right' } as const),
    cells: shown.map((lane) => formatCount(of(lane))),
  });
  const name = ({ source, destination: { address, port } }: SpreadLane): string =>
    source === null ? formatEndpoint(address, port) : `${source}>${formatEndpoint(address, port)}`;
  const rows = renderTable(
    [
      { title: 'LANE', cells: shown.map(name) },
      count('ATTEMPTS', ({ attempts }) => attempts),
      count('REFUSED', ({ refusals }) => refusals),
      count('USED', ({ used }) => used),
      count('TIME_WAIT', ({ timeWait }) => timeWait),
    ],
    screen.width,
    screen.unicode ? '…' : '~',
  );
  const omitted = lanes.length - shown.length;
  return [
    ...rows.map((row, index) => (index === 0 ? style(screen, 'dim', row) : row)),
    ...(omitted === 0 ? [] : [`and ${plural(omitted, 'more lane')}`]),
  ];
}

/** What was not spread, and why. */
function describeOthers({ boundBefore, bindFailed, uncounted }: SpreadCounts): string[] {
  return [
    ...(boundBefore === 0
      ? []
      : [`${plural(boundBefore, 'connection')} left alone: the program had bound them before it connected.`]),
    ...(bindFailed === 0
      ? []
      : [`${formatCount(bindFailed)} times the kernel did not take a source: it was no address of this machine then.`]),
    ...(uncounted === 0
      ? []
      : [`${plural(uncounted, 'connection')} spread at random: to more destinations than there is room to count.`]),
  ];
}

function notesOf({ notes }: FixSpread, screen: Screen): string[][] {
  return notes.length === 0 ? [] : [notes.map((note) => renderNote(note, screen))];
}

function join(blocks: readonly (readonly string[])[], screen: Screen): string {
  const text = `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  return screen.unicode ? text : toAscii(text);
}

import type { HistorySpan, LaneSeries } from '../../agent/history/history.ts';
import { printable } from '../../linux/printable.ts';
import { formatLane } from '../../tcp/lane.ts';
import { formatCount, formatRate, formatShare, plural } from '../../tcp/number-text.ts';
import { describeFullness, fullnessIn, isKnownFull } from './history-fullness.ts';
import { renderSteps } from './history-steps.ts';
import { formatLocal, formatWithin, formatZone } from './history-time.ts';
import type { Screen } from './screen.ts';
import { renderSparkline } from './sparkline.ts';
import { style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { wrap } from './wrap.ts';

const RED_FROM = 0.9;
const YELLOW_FROM = 0.5;
/** Columns that are left out where no lane has something in them. */
const SPARSE = ['REFUSED', 'EXHAUSTED'];
const [NARROWEST_LINE, WIDEST_LINE] = [6, 48];
const NARROWEST_LANE = 18;

/** What a history is shown of. */
export interface ShownHistory {
  readonly span: HistorySpan;
  /** From when to when there is something at all. */
  readonly recorded: HistorySpan | null;
  /** Fullest first, all of them. */
  readonly lanes: readonly LaneSeries[];
  /** How many of them are wanted. */
  readonly top: number;
  /** Step by step, in place of a line for each. */
  readonly isOne: boolean;
}

/** Lanes over time as a person reads them: a line for each, or one after the other step by step. */
export function renderHistory(history: ShownHistory, screen: Screen): string {
  const { span, lanes, top, isOne } = history;
  const shown = lanes.slice(0, top);
  const head = `${formatLocal(span.sinceMs)} to ${formatLocal(span.untilMs)} ${formatZone(span.untilMs)}`;
  const blocks = [
    style(screen, 'dim', head),
    ...(lanes.length === 0 ? [renderNothing(history, screen)] : []),
    ...(isOne
      ? shown.map((lane) => renderSteps(lane, nameOf(lane, lanes), span, screen))
      : shown.length === 0
        ? []
        : [renderList(shown, span, screen).join('\n')]),
    ...renderRest(lanes.slice(top), lanes.length, screen),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function renderNothing({ recorded }: ShownHistory, screen: Screen): string {
  const reach =
    recorded === null
      ? 'The history is empty: fourtuple agent records it.'
      : `The history reaches from ${formatLocal(recorded.sinceMs)} to ${formatLocal(recorded.untilMs)}.`;
  return wrap(`No lane held a slot then, or none that is asked for. ${reach}`, screen.width, '');
}

/** The namespace is told where there is more than one. */
function nameOf(lane: LaneSeries, lanes: readonly LaneSeries[]): string {
  const device = lane.device === null ? '' : ` (${lane.device})`;
  const isAlone = lanes.every(({ namespace }) => namespace === lane.namespace);
  return `${isAlone ? '' : `${printable(lane.namespace)}: `}${formatLane(lane)}${device}`;
}

function renderList(lanes: readonly LaneSeries[], span: HistorySpan, screen: Screen): string[] {
  const peaks = lanes.map(peakOf);
  const peak = (row: number): number => fullnessIn(lanes[row] as LaneSeries, peaks[row] as number);
  const paint = (text: string, row: number): string => {
    const share = peak(row);
    if (share >= RED_FROM) return style(screen, 'red', text);
    return share >= YELLOW_FROM ? style(screen, 'yellow', text) : text;
  };
  const figures: readonly Column[] = [
    {
      title: 'PEAK',
      cells: lanes.map((lane, row) => describeFullness(lane, peaks[row] as number, screen)),
      align: 'right',
      paint,
    },
    figure('USED', lanes, ({ used }, row) => formatCount(used[row] as number), peaks),
    figure('OPENS/S', lanes, ({ opensPerSecond }, row) => formatRate(opensPerSecond[row] ?? null), peaks),
    figure('REFUSED', lanes, describeRefused, peaks),
    { title: 'EXHAUSTED', cells: lanes.map((lane) => describeExhausted(lane, span)) },
  ];
  const filled = figures.filter(({ title, cells }) => !SPARSE.includes(title) || cells.some((cell) => cell !== ''));
  const lane: Column = { title: 'LANE', cells: lanes.map((one) => nameOf(one, lanes)), shrinkTo: NARROWEST_LANE };
  const line: Column = {
    title: 'HOW FULL',
    cells: lanes.map((one) => renderSparkline(one, span, roomFor([lane, ...filled], screen), screen.unicode)),
    paint,
  };
  const ellipsis = screen.unicode ? '…' : '~';
  const [title = '', ...rows] = renderTable([lane, line, ...filled], screen.width, ellipsis);
  const note = 'PEAK, USED and OPENS/S are those of the fullest moment.';
  return [style(screen, 'dim', title), ...rows, '', style(screen, 'dim', note)];
}

function figure(
  title: string,
  lanes: readonly LaneSeries[],
  cell: (lane: LaneSeries, peak: number) => string,
  peaks: readonly number[],
): Column {
  return { title, cells: lanes.map((lane, index) => cell(lane, peaks[index] as number)), align: 'right' };
}

/** What the other columns leave of the screen. */
function roomFor(columns: readonly Column[], { width }: Screen): number {
  const others = columns.reduce(
    (sum, { title, cells }) => sum + cells.reduce((most, { length }) => Math.max(most, length), title.length) + 2,
    0,
  );
  return Math.max(NARROWEST_LINE, Math.min(WIDEST_LINE, width - others));
}

function peakOf(lane: LaneSeries): number {
  let peak = 0;
  for (let row = 1; row < lane.times.length; row += 1) {
    if (fullnessIn(lane, row) > fullnessIn(lane, peak)) peak = row;
  }
  return peak;
}

function describeRefused({ refusedConnects }: LaneSeries): string {
  const refused = refusedConnects.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return refused === 0 ? '' : formatCount(refused);
}

/** When it was so first. */
function describeExhausted(lane: LaneSeries, span: HistorySpan): string {
  const first = lane.times.find((_, row) => isKnownFull(lane, row));
  return first === undefined ? '' : formatWithin(first * 1_000, span);
}

function renderRest(rest: readonly LaneSeries[], count: number, screen: Screen): string[] {
  const [fullest] = rest;
  if (fullest === undefined) return [];
  const share = formatShare(fullnessIn(fullest, peakOf(fullest)));
  const more = `${plural(rest.length, 'more lane')}, none fuller than ${share} (--top ${count > 100 ? 100 : 'all'} shows more)`;
  return [wrap(more, screen.width, '')];
}

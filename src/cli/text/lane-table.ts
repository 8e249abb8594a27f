import type { LaneReport, NamespaceReport } from '../../diagnosis/report.ts';
import { formatLane } from '../../tcp/lane.ts';
import { formatCount, formatRate, formatShare, formatWait } from '../../tcp/number-text.ts';
import { renderBar } from './bar.ts';
import { describeProcesses } from './process-text.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { type Column, renderTable } from './table.ts';

/** From these shares of its slots on, a lane is coloured. */
const RED_FROM = 0.9;
const YELLOW_FROM = 0.5;
/** A lane that stays below this share of its slots has no forecast that matters. */
const WORTH_TELLING = 0.01;
/** Columns that are left out where no lane has something in them. */
const SPARSE = ['REFUSED', 'FORECAST', 'OF THESE'];
const WIDE_SCREEN = 130;
const NARROW_SCREEN = 100;

/** The lanes of a namespace as a table, the fullest first, and a line for those that are left out. */
export function renderLanes(namespace: NamespaceReport, screen: Screen): string[] {
  const { lanes } = namespace;
  const full = lanes.map(fullness);
  const barWidth = screen.width >= WIDE_SCREEN ? 20 : 10;
  const paint = (text: string, row: number): string => {
    const share = full[row] as number;
    if (share >= RED_FROM) return style(screen, 'red', text);
    return share >= YELLOW_FROM ? style(screen, 'yellow', text) : text;
  };
  const column = (title: string, cell: (lane: LaneReport) => string, more: Partial<Column> = {}): Column => ({
    title,
    cells: lanes.map(cell),
    ...more,
  });
  const bar: Column = { title: '', cells: full.map((share) => renderBar(share, barWidth, screen.unicode)), paint };
  const columns: Column[] = [
    column('LANE', (lane) => `${formatLane(lane)}${lane.pool === 'source' ? ' *' : ''}`),
    bar,
    column('FULL', (lane) => describeFullness(lane, screen), {
      align: 'right',
      paint,
    }),
    column('USED', ({ used }) => formatCount(used), { align: 'right' }),
    column('SLOTS', ({ slots }) => formatCount(slots), { align: 'right' }),
    column('FREE', (lane) => describeFree(lane, screen), { align: 'right' }),
    column('REFUSED', ({ refusals }) => (refusals === null || refusals === 0 ? '' : formatCount(refusals)), {
      align: 'right',
    }),
    column('OPENS/S', ({ opensPerSecond }) => formatRate(opensPerSecond), { align: 'right' }),
    column('FORECAST', describeForecast),
    column('LIVE', ({ live }) => formatCount(live), { align: 'right' }),
    column('TIME_WAIT', ({ states }) => formatCount(states.TIME_WAIT ?? 0), { align: 'right' }),
    column('OF THESE', ({ states }) => describeUnusual(states), { shrinkTo: 14 }),
    column('OWNER', describeOwner, { shrinkTo: 12 }),
  ];
  const filled = columns.filter(({ title, cells }) => !SPARSE.includes(title) || cells.some((cell) => cell !== ''));
  const hasSparse = filled.some(({ title }) => SPARSE.includes(title));
  const hasBar = screen.width >= (hasSparse ? WIDE_SCREEN : NARROW_SCREEN);
  const shown = hasBar ? filled : filled.filter((one) => one !== bar);
  const [title = '', ...rows] = renderTable(shown, screen.width, screen.unicode ? '…' : '~');
  const legend = lanes.some(({ pool }) => pool === 'source')
    ? ['* bound before connect, without IP_BIND_ADDRESS_NO_PORT: all such lanes of one source share its ports']
    : [];
  return [style(screen, 'dim', title), ...rows, ...legend];
}

/** How full at most: what cannot be known to be reclaimable counts as held. */
export function fullness({ utilization, used, slots }: LaneReport): number {
  return utilization ?? (slots === 0 ? 1 : Math.min(1, used / slots));
}

function describeFullness(lane: LaneReport, { unicode }: Screen): string {
  if (lane.utilization !== null) return formatShare(lane.utilization);
  const atMost = formatShare(fullness(lane));
  return (unicode ? '≤' : '<=') + (atMost.startsWith('>') ? '100%' : atMost.replace('<', ''));
}

function describeFree({ free, slots, used }: LaneReport, { unicode }: Screen): string {
  if (free !== null) return formatCount(free);
  return (unicode ? '≥' : '>=') + formatCount(Math.max(0, slots - used));
}

/** What becomes of it; empty where that is not known. */
function describeForecast({ secondsToExhaustion, secondsToCliff, settlesAt }: LaneReport): string {
  if (secondsToExhaustion === 0) return 'exhausted';
  if (secondsToExhaustion !== null) return `full in ${formatWait(secondsToExhaustion)}`;
  if (secondsToCliff !== null && secondsToCliff > 0) return `cliff in ${formatWait(secondsToCliff)}`;
  return settlesAt === null || settlesAt < WORTH_TELLING ? '' : `stays at ${formatShare(settlesAt)}`;
}

/** TIME_WAIT sockets belong to nobody any more. */
function describeOwner({ processes, unit, live }: LaneReport): string {
  return describeProcesses(processes) || (unit ?? (live === 0 ? '(closed)' : ''));
}

/** What a lane holds beside open connections and TIME_WAIT, most first: `120 CLOSE_WAIT, 3 SYN_SENT`. */
function describeUnusual({ ESTABLISHED, TIME_WAIT, ...unusual }: Readonly<Record<string, number>>): string {
  return Object.entries(unusual)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(', ');
}

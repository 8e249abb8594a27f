import type { HistorySpan, LaneSeries } from '../../agent/history/history.ts';
import { formatCount, formatRate, formatWait } from '../../tcp/number-text.ts';
import { renderBar } from './bar.ts';
import { describeFullness, fullnessIn } from './history-fullness.ts';
import { formatWithin } from './history-time.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const RED_FROM = 0.9;
const YELLOW_FROM = 0.5;
const [NARROW_BAR, WIDE_BAR, WIDE_SCREEN] = [10, 30, 100];
/** So many steps are missing at least where it is said: a sample may come late. */
const LATE = 0.5;

/** One lane, a line for each step of its history. */
export function renderSteps(lane: LaneSeries, name: string, span: HistorySpan, screen: Screen): string {
  const rows = [...lane.times.keys()];
  const full = rows.map((row) => fullnessIn(lane, row));
  const paint = (text: string, row: number): string => {
    const share = full[row] as number;
    if (share >= RED_FROM) return style(screen, 'red', text);
    return share >= YELLOW_FROM ? style(screen, 'yellow', text) : text;
  };
  const right = (title: string, cell: (row: number) => string): Column => ({
    title,
    cells: rows.map(cell),
    align: 'right',
  });
  const barWidth = screen.width >= WIDE_SCREEN ? WIDE_BAR : NARROW_BAR;
  const columns: readonly Column[] = [
    { title: 'TIME', cells: lane.times.map((time) => formatWithin(time * 1_000, span)) },
    { title: '', cells: full.map((share) => renderBar(share, barWidth, screen.unicode)), paint },
    { ...right('FULL', (row) => describeFullness(lane, row, screen)), paint },
    right('USED', (row) => formatCount(lane.used[row] as number)),
    right('SLOTS', (row) => formatCount(lane.slots[row] as number)),
    right('TIME_WAIT', (row) => formatCount(lane.timeWait[row] as number)),
    right('OPENS/S', (row) => formatRate(lane.opensPerSecond[row] ?? null)),
    right('REFUSED', (row) => formatCount(lane.refusedConnects[row] ?? null)),
  ];
  const [title = '', ...lines] = renderTable(columns, screen.width, screen.unicode ? '…' : '~');
  const each = `  (each row: the fullest moment of ${formatWait(lane.stepSeconds)})`;
  return [
    style(screen, 'bold', name) + style(screen, 'dim', each),
    style(screen, 'dim', title),
    ...lines.flatMap((line, row) => [...renderGap(lane, row, screen), line]),
  ].join('\n');
}

/** Where rows are missing before one: nothing is known of a lane that was not listed, or while no agent was running. */
function renderGap({ times, stepSeconds }: LaneSeries, row: number, screen: Screen): string[] {
  const [time, before] = [times[row], times[row - 1]];
  const missing = time === undefined || before === undefined ? 0 : time - before - stepSeconds;
  if (missing <= LATE * stepSeconds) return [];
  return [style(screen, 'dim', `  (no slot held, or not recorded, for ${formatWait(missing)})`)];
}

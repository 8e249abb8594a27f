import { formatLane } from '../../tcp/lane.ts';
import { formatCount, formatRate, formatShare, formatWait, plural } from '../../tcp/number-text.ts';
import type { FleetLane, MachineReport, MachineState } from '../fleet/fleet-report.ts';
import { fullness } from '../fleet/lane-figures.ts';
import { REFUSED_WINDOW_SECONDS } from '../fleet/queries.ts';
import { renderBar } from './bar.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { wrap } from './wrap.ts';

const BAR_WIDTH = 10;
const BAR = '';
/** Between two columns. */
const GAP = 2;
/** Columns that are left out where no lane has something in them. */
const SPARSE = ['NAMESPACE', 'FORECAST'];
/** Columns that are left out on a narrow screen, the first of them first. */
const SPARED = ['FREE', 'OPENS/S'];

const COLOURS = {
  refusing: 'red',
  exhausted: 'red',
  exhausting: 'yellow',
  'past-cliff': 'yellow',
  finding: 'yellow',
  stale: 'cyan',
  down: 'cyan',
  healthy: null,
} as const satisfies Record<MachineState, string | null>;

/** A line of the table: a lane of a machine, or what stands in place of one. */
interface TableRow {
  readonly machine: MachineReport;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly lane: FleetLane | null;
}

/** Machines with their lanes as a table, and below each what was found there. */
export function renderMachines(machines: readonly MachineReport[], screen: Screen): string[] {
  const rows = machines.flatMap(rowsOf);
  const paint = (text: string, row: number): string => {
    const colour = COLOURS[(rows[row] as TableRow).machine.state];
    return colour === null || text.trim() === '' ? text : style(screen, colour, text);
  };
  const column = (title: string, cell: (lane: FleetLane) => string, more: Partial<Column> = {}): Column => ({
    title,
    cells: rows.map(({ lane }) => (lane === null ? '' : cell(lane))),
    ...more,
  });
  const columns: Column[] = [
    {
      title: 'MACHINE',
      cells: rows.map(({ machine, isFirst }) => (isFirst ? machine.name : '')),
      shrinkTo: 12,
      paint,
    },
    column('NAMESPACE', ({ namespace }) => (namespace === 'host' ? '' : namespace), { shrinkTo: 9 }),
    {
      title: 'LANE',
      cells: rows.map(({ machine, lane }) => (lane === null ? inPlaceOfLane(machine) : formatLane(lane))),
      shrinkTo: 22,
    },
    column(BAR, (lane) => renderBar(fullness(lane), BAR_WIDTH, screen.unicode), { paint }),
    column('FULL', (lane) => describeFullness(lane, screen), { align: 'right', paint }),
    column('FREE', ({ free }) => formatCount(free), { align: 'right' }),
    column('OPENS/S', ({ opensPerSecond }) => formatRate(opensPerSecond), { align: 'right' }),
    column('FORECAST', describeForecast),
  ];
  const shown = columns.filter(({ title, cells }) => !SPARSE.includes(title) || cells.some((cell) => cell !== ''));
  const [title = '', ...lines] = renderTable(fitColumns(shown, screen.width), screen.width, screen.unicode ? '…' : '~');
  const below = rows.map(({ machine, isLast }) => (isLast ? describeBelow(machine, screen) : []));
  return [style(screen, 'dim', title), ...lines.flatMap((line, row) => [line, ...(below[row] ?? [])])];
}

/** The bar is left out where lanes would be shortened for it; other columns where shortening is not enough. */
function fitColumns(columns: readonly Column[], width: number): readonly Column[] {
  let shown = columns;
  if (widthOf(shown, () => true) > width) shown = shown.filter(({ title }) => title !== BAR);
  for (const spared of SPARED) {
    if (widthOf(shown, ({ shrinkTo }) => shrinkTo === undefined) <= width) break;
    shown = shown.filter(({ title }) => title !== spared);
  }
  return shown;
}

/** Of a table in which these columns are as wide as they must be, and the others as narrow as they can. */
function widthOf(columns: readonly Column[], isWhole: (column: Column) => boolean): number {
  const widths = columns.map((column) => {
    const whole = column.cells.reduce((most, { length }) => Math.max(most, length), column.title.length);
    return isWhole(column) ? whole : Math.min(whole, column.shrinkTo ?? whole);
  });
  return widths.reduce((sum, width) => sum + width, GAP * (columns.length - 1));
}

function rowsOf(machine: MachineReport): TableRow[] {
  const lanes = machine.lanes.length === 0 ? [null] : machine.lanes;
  return lanes.map((lane, index) => ({
    ...{ machine, lane },
    isFirst: index === 0,
    isLast: index === lanes.length - 1,
  }));
}

function inPlaceOfLane({ state, sampleAgeSeconds }: MachineReport): string {
  if (state === 'down') return '(cannot be scraped)';
  return sampleAgeSeconds === null ? '(no sample yet)' : '(no slot is used)';
}

function describeFullness(lane: FleetLane, { unicode }: Screen): string {
  if (lane.utilization !== null) return formatShare(lane.utilization);
  if (lane.slots === null || lane.used === null) return formatShare(null);
  return (unicode ? '≤' : '<=') + formatShare(fullness(lane)).replace(/^[<>]/, '');
}

/** What becomes of it; empty where that is not known. */
function describeForecast({ secondsToExhaustion, secondsToCliff, settles }: FleetLane): string {
  if (secondsToExhaustion === 0) return 'exhausted';
  if (secondsToExhaustion !== null) return `full in ${formatWait(secondsToExhaustion)}`;
  if (secondsToCliff === 0) return 'past the cliff';
  if (secondsToCliff !== null) return `cliff in ${formatWait(secondsToCliff)}`;
  return settles === true ? 'settles' : '';
}

function describeBelow(machine: MachineReport, screen: Screen): string[] {
  const lines = [
    ...(machine.state === 'stale' ? [describeAge(machine)] : []),
    ...describeRefused(machine),
    ...describeFindings(machine),
  ];
  return lines.map((line) => style(screen, 'dim', wrap(`  ${line}`, screen.width, '    ')));
}

/** An increase is estimated between two scrapes: what is more than nothing is at least one. */
function describeRefused({ refusedConnects }: MachineReport): string[] {
  if (refusedConnects === null || refusedConnects <= 0) return [];
  const connects = plural(Math.max(1, Math.round(refusedConnects)), 'connect');
  return [`REFUSED about ${connects} within ${REFUSED_WINDOW_SECONDS / 60} minutes found no port`];
}

function describeAge({ sampleAgeSeconds, lanes }: MachineReport): string {
  if (sampleAgeSeconds === null) return 'STALE its agent has not taken a sample yet';
  if (sampleAgeSeconds < 0) {
    const ahead = formatWait(-sampleAgeSeconds);
    return `STALE its clock is ${ahead} ahead of Prometheus: how old its figures are is not known`;
  }
  const figures = lanes.length === 0 ? '' : ', and so are these figures';
  return `STALE its last sample is ${formatWait(sampleAgeSeconds)} old${figures}`;
}

/** `CRITICAL lane-exhausted (2), connects-refused; WARNING short-connections`; informations are left to `doctor`. */
function describeFindings({ findings }: MachineReport): string[] {
  const parts = (['critical', 'warning'] as const).flatMap((severity) => {
    const codes = findings
      .filter((finding) => finding.severity === severity)
      .map(({ code, count }) => (count > 1 ? `${code} (${formatCount(count)})` : code));
    return codes.length === 0 ? [] : [`${severity.toUpperCase()} ${codes.join(', ')}`];
  });
  return parts.length === 0 ? [] : [parts.join('; ')];
}

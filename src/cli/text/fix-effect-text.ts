import type { LaneEffect } from '../../diagnosis/remedy-effect.ts';
import { formatLane } from '../../tcp/lane.ts';
import { formatCount, formatRate } from '../../tcp/number-text.ts';
import { describeSafety, whyUseless } from './safety-text.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { wrap } from './wrap.ts';

/** A gain that is told from none. */
const LEAST_GAIN = 0.005;

/** What a remedy is expected to do for each lane, as a table, and why it is safe or not. */
export function renderExpected(lanes: readonly LaneEffect[], screen: Screen): string[] {
  const column = (title: string, cell: (lane: LaneEffect) => string, more: Partial<Column> = {}): Column => ({
    title,
    cells: lanes.map(cell),
    ...more,
  });
  const columns: Column[] = [
    column('LANE', describeEffectLane, { shrinkTo: 22 }),
    column('USED', ({ used }) => formatCount(used), { align: 'right' }),
    column('SLOTS', ({ slots }) => describeFigure(slots, formatCount, screen), { align: 'right' }),
    column('SUSTAINS/S', ({ opensPerSecond }) => describeFigure(opensPerSecond, formatRate, screen), {
      align: 'right',
    }),
    column('GAIN', ({ gain }) => describeGain(gain), { align: 'right' }),
    column('SAFE', describeSafe),
  ];
  const [title = '', ...rows] = renderTable(columns, screen.width, screen.unicode ? '…' : '~');
  return [style(screen, 'dim', title), ...rows, ...renderReasons(lanes, screen)];
}

/** `10.0.0.5>10.0.1.9:8080`; `any new lane` for what stands for one where none has a connection. */
export function describeEffectLane(lane: LaneEffect): string {
  return isNewLane(lane) ? 'any new lane' : formatLane(lane);
}

/** Whether it stands for any lane that is to come, for none has a connection. */
export function isNewLane({ port }: Pick<LaneEffect, 'port'>): boolean {
  return port === 0;
}

/** `61×`; nothing where it gains nothing. */
export function describeGain(gain: number | null): string {
  if (gain === null) return 'no limit';
  if (Math.abs(gain - 1) < LEAST_GAIN) return '';
  return `${gain >= 10 ? formatCount(gain) : gain.toFixed(1)}×`;
}

export function describeSafe(lane: LaneEffect): string {
  if (lane.safe === null) return '?';
  if (lane.safe) return 'yes';
  return whyUseless(lane) === null ? 'NO' : 'useless';
}

function describeFigure(
  { before, predicted }: LaneEffect['slots'],
  format: (value: number | null) => string,
  { unicode }: Screen,
): string {
  return before === predicted ? format(before) : `${format(before)} ${unicode ? '→' : '->'} ${format(predicted)}`;
}

/** Each reason once, with its lanes where it is not for all. */
function renderReasons(lanes: readonly LaneEffect[], screen: Screen): string[] {
  const firsts = lanes.filter((lane, index) => lanes.findIndex((other) => isSameReason(lane, other)) === index);
  return firsts.map((first) => {
    const group = lanes.filter((lane) => isSameReason(lane, first));
    const where = firsts.length === 1 ? 'here' : `for ${group.map(describeEffectLane).join(', ')}`;
    return wrap(describeSafety(first, where), screen.width);
  });
}

function isSameReason(a: LaneEffect, b: LaneEffect): boolean {
  return a.safe === b.safe && a.reason === b.reason;
}

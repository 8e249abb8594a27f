import type { SpreadCounts } from '../../linux/spread-counts.ts';
import type { SpreadLane } from '../../spreading/running-spread.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import { toAscii } from './ascii.ts';
import type { Screen } from './screen.ts';

/** How a spread goes, in one line that is shorter than the screen is wide. */
export function describeSpreadProgress(
  lanes: readonly SpreadLane[],
  counts: SpreadCounts,
  { width, unicode }: Screen,
): string {
  const sum = (of: (lane: SpreadLane) => number): number => lanes.reduce((total, lane) => total + of(lane), 0);
  const parts = [
    `${plural(lanes.length, 'lane')} with ${formatCount(sum(({ used }) => used))} used slots`,
    `${formatCount(counts.spread)} connections spread`,
    `${formatCount(sum(({ refusals }) => refusals))} refused`,
    ...(counts.boundBefore === 0 ? [] : [`${formatCount(counts.boundBefore)} left alone, bound by the program`]),
    ...(counts.bindFailed === 0 ? [] : [`${formatCount(counts.bindFailed)} sources not local`]),
  ];
  const line = parts.join('; ');
  const ellipsis = unicode ? '…' : '...';
  const shown = line.length < width ? line : line.slice(0, Math.max(0, width - 1 - ellipsis.length)) + ellipsis;
  return unicode ? shown : toAscii(shown);
}

import type { RecycledLane, RecycleSummary } from '../../recycling/recycle.ts';
import { formatCount, formatRate, formatSeconds, formatShare, plural } from '../../tcp/number-text.ts';
import { toAscii } from './ascii.ts';
import {
  describeDuration,
  describeOld,
  describeSustainable,
  renderFigure,
  renderLaneBlocks,
  renderTitle,
  renderUse,
} from './recycle-lane.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

const ONCE_ONLY = 'Connections that close hold slots again: --for 10m goes on releasing them, --for ever until Ctrl-C.';
/** What is further from what was predicted or wanted is told to be so; a share of the slots. */
const TOLERANCE = 0.05;

/** New connections per second of a lane that was held below its threshold, from look to look. */
export interface LaneOpens {
  readonly mean: number;
  readonly most: number;
  /** What it could have sustained while it was in use, by the remedy's prediction; null where not known. */
  readonly sustainable: number | null;
}

/**
 * What came of it: of each lane, and in all.
 *
 * @param opensOf null for a lane that was looked at too few times; left out where slots were released once
 */
export function renderRecycleSummary(
  summary: RecycleSummary,
  screen: Screen,
  opensOf?: (lane: RecycledLane) => LaneOpens | null,
): string {
  const figures = (lane: RecycledLane): string[] =>
    opensOf === undefined ? renderOnce(lane, screen) : renderHeld(lane, opensOf(lane), screen);
  const blocks = [
    ...renderLaneBlocks(summary, screen, (lane) =>
      lane.refused ? renderRefused(lane, screen) : [renderReleased(lane, '', screen), ...figures(lane)],
    ),
    renderTotals(summary, opensOf === undefined, screen).join('\n'),
  ];
  const text = `${blocks.join('\n\n')}\n`;
  return screen.unicode ? text : toAscii(text);
}

function renderReleased(lane: RecycledLane, then: string, screen: Screen): string {
  return renderTitle(lane, `${formatCount(lane.released)} ${describeOld(lane)} released${then}`, screen);
}

function renderRefused(lane: RecycledLane, screen: Screen): string[] {
  const network = lane.safe === null ? 'whether its network is clean is not known' : 'its network is not clean';
  return [
    lane.released === 0 ? renderTitle(lane, 'left alone', screen) : renderReleased(lane, ', then left alone', screen),
    renderUse(lane, screen),
    style(
      screen,
      'yellow',
      renderFigure('network', `${network}: ${lane.reason} (--force releases them all the same)`, screen),
    ),
  ];
}

function renderHeld(lane: RecycledLane, opens: LaneOpens | null, screen: Screen): string[] {
  const { usedBefore, usedMost, used, slots, threshold } = lane;
  return [
    renderFigure(
      'used',
      `${formatCount(usedBefore)} before, ${formatCount(usedMost)} at most, ${formatCount(used)} now, of ${formatCount(slots)} slots; the threshold is ${formatCount(threshold)}`,
      screen,
    ),
    ...(opens === null ? [] : [renderFigure('opens/s', describeOpens(opens), screen)]),
    ...renderExcess(lane, screen),
  ];
}

function describeOpens({ mean, most, sustainable }: LaneOpens): string {
  const observed = `${formatCount(mean)} on average, ${formatCount(most)} at most`;
  return sustainable === null ? observed : `${observed}; ${describeSustainable(sustainable)}`;
}

function renderOnce(lane: RecycledLane, screen: Screen): string[] {
  const { usedBefore, used, slots, threshold, released } = lane;
  const before = Math.max(0, slots - usedBefore);
  const predicted = Math.min(slots, before + released);
  const observed = Math.max(0, slots - used);
  return [
    renderFigure(
      'used',
      `${formatCount(usedBefore)} before, ${formatCount(used)} now, of ${formatCount(slots)} slots; the threshold is ${formatCount(threshold)}`,
      screen,
    ),
    renderFigure(
      'free',
      `${formatCount(before)} before, ${formatCount(predicted)} predicted, ${formatCount(observed)} observed`,
      screen,
    ),
    ...(Math.abs(observed - predicted) > TOLERANCE * slots
      ? [warn(describeDifference(observed - predicted), screen)]
      : []),
    ...renderExcess(lane, screen),
  ];
}

function describeDifference(more: number): string {
  const count = formatCount(Math.abs(more));
  return more < 0
    ? `${count} free slots fewer than predicted: as many were opened meanwhile`
    : `${count} free slots more than predicted: as many came free by themselves`;
}

/** Why a lane is above its threshold all the same. */
function renderExcess({ used, slots, threshold, old }: RecycledLane, screen: Screen): string[] {
  const excess = used - threshold;
  if (excess <= TOLERANCE * slots || old >= excess) return [];
  return [warn('above its threshold still: the others are live, or younger in TIME_WAIT', screen)];
}

function warn(text: string, screen: Screen): string {
  return style(screen, 'yellow', wrap(`  ${text}`, screen.width, '    '));
}

function renderTotals(summary: RecycleSummary, isOnce: boolean, screen: Screen): string[] {
  const { released, seconds, cpuSeconds, looks, gone } = summary;
  const what = released === 0 ? 'Nothing was released' : `Released ${plural(released, 'slot')}`;
  const share = `${formatSeconds(cpuSeconds)} of CPU time, ${formatShare(cpuSeconds / seconds)} of a core`;
  return [
    wrap(`${what} in ${describeDuration(seconds)}${describeRate(summary)}.`, screen.width),
    wrap(`Cost: ${share}, ${plural(looks, 'look')} at the sockets.`, screen.width),
    ...(gone > 0 ? [wrap(`${plural(gone, 'more slot')} had come free before they were reached.`, screen.width)] : []),
    ...(isOnce && released > 0 ? [style(screen, 'dim', wrap(ONCE_ONLY, screen.width))] : []),
  ];
}

function describeRate({ released, seconds, destroySeconds }: RecycleSummary): string {
  if (released === 0) return '';
  const inside = formatRate(released / destroySeconds);
  return `, ${formatRate(released / seconds)} per second (inside the kernel's calls ${inside})`;
}

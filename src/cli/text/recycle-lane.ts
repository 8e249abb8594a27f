import type { RecycledLane, RecycleProgress } from '../../recycling/recycle.ts';
import { formatLane } from '../../tcp/lane.ts';
import { formatCount, formatSeconds, formatWait, plural } from '../../tcp/number-text.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** So many lanes are told each by itself, and so many of those that there is nothing to say of. */
const LANES_TOLD = 10;
const IDLE_LANES_TOLD = 3;
const LABEL_WIDTH = 12;
/** From here on seconds are hard to read. */
const LONG_SECONDS = 120;

/** Whether a lane has never come above its threshold, or has no TIME_WAIT slot to release. */
export function isIdle({ released, refused, usedMost, threshold, old }: RecycledLane): boolean {
  return !refused && released === 0 && (usedMost <= threshold || old === 0);
}

/**
 * The lanes, those first of which there is most to say, each as a block of lines; the rest is only counted.
 *
 * @param render the lines of a lane that is not idle
 */
export function renderLaneBlocks(
  { lanes, lanesOmitted }: RecycleProgress,
  screen: Screen,
  render: (lane: RecycledLane) => readonly string[],
): string[] {
  const [busy, idle] = [lanes.filter((lane) => !isIdle(lane)), lanes.filter(isIdle)];
  const blocks = busy.slice(0, LANES_TOLD).map((lane) => render(lane).join('\n'));
  const lines = [
    ...idle.slice(0, IDLE_LANES_TOLD).map((lane) => renderTitle(lane, describeIdle(lane), screen)),
    ...countRest(busy.length - LANES_TOLD, 'with TIME_WAIT slots to release'),
    ...countRest(idle.length - IDLE_LANES_TOLD, 'with nothing to release'),
    ...countRest(lanesOmitted, 'that match, none fuller than these'),
  ];
  return lines.length === 0 ? blocks : [...blocks, lines.join('\n')];
}

function countRest(count: number, which: string): string[] {
  return count > 0 ? [`and ${plural(count, 'more lane')} ${which}`] : [];
}

/** A lane's name, and what became of it. */
export function renderTitle(lane: RecycledLane, what: string, screen: Screen): string {
  const name = formatLane(lane);
  return wrap(`${name}: ${what}`, screen.width).replace(name, () => style(screen, 'bold', name));
}

/** A figure behind its label, below a title. */
export function renderFigure(label: string, text: string, screen: Screen): string {
  return wrap(`  ${label.padEnd(LABEL_WIDTH - 2)}${text}`, screen.width, ' '.repeat(LABEL_WIDTH));
}

/** What is used of a lane that has slots to release, below a title. */
export function renderUse(lane: RecycledLane, screen: Screen): string {
  const { used, slots, old, threshold } = lane;
  const text = `${formatCount(used)} of ${formatCount(slots)} slots, and of these ${formatCount(old)} are ${describeOld(lane)}; the threshold is ${formatCount(threshold)}`;
  return renderFigure('used', text, screen);
}

/** `TIME_WAIT slots older than 1 s`. */
export function describeOld({ ageSeconds }: RecycledLane): string {
  return `TIME_WAIT slots older than ${formatSeconds(ageSeconds)}`;
}

/** What a lane sustains while it is recycled. */
export function describeSustainable(opensPerSecond: number): string {
  return `${formatCount(opensPerSecond)} predicted to be sustained`;
}

/** `0.9 ms`, `34 s`, `4 min 10 s`. */
export function describeDuration(seconds: number): string {
  return seconds < LONG_SECONDS ? formatSeconds(seconds) : formatWait(seconds);
}

function describeIdle(lane: RecycledLane): string {
  const { used, usedMost, slots, threshold, oldestSeconds, ageSeconds } = lane;
  if (usedMost <= threshold) {
    const most = usedMost > used ? `, and used ${formatCount(usedMost)} at most` : '';
    return `nothing to release: it uses ${formatCount(used)} of ${formatCount(slots)} slots${most}, the threshold is ${formatCount(threshold)} (--threshold 0 releases every old one)`;
  }
  const ofUsed = `of the ${formatCount(used)} slots that it uses`;
  if (oldestSeconds === null)
    return `nothing to release: ${ofUsed} none is in TIME_WAIT, and live ones are never touched`;
  const first = describeDuration(Math.max(0, ageSeconds - oldestSeconds));
  return `nothing to release yet: ${ofUsed} none is in TIME_WAIT for ${formatSeconds(ageSeconds)}, the first will be in ${first}`;
}

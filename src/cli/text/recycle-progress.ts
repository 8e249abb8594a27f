import type { RecycledLane, RecycleProgress } from '../../recycling/recycle.ts';
import { formatLane } from '../../tcp/lane.ts';
import { formatCount, formatRate, formatSeconds, plural } from '../../tcp/number-text.ts';
import { toAscii } from './ascii.ts';
import { describeDuration } from './recycle-lane.ts';
import type { Screen } from './screen.ts';

/**
 * What is being done, in one line, as it begins.
 *
 * @param seconds for how long; Infinity until it is ended
 */
export function describeStart({ lanes, lanesOmitted }: RecycleProgress, seconds: number): string {
  const end = Number.isFinite(seconds) ? `for ${describeDuration(seconds)}, Ctrl-C ends it sooner` : 'Ctrl-C ends it';
  const held = lanes.filter(({ refused }) => !refused);
  const [fullest] = held;
  if (fullest === undefined) {
    return `waiting for lanes to hold: ${lanes.length === 0 ? 'none matches yet' : 'none may be'}; ${end}`;
  }
  const { threshold, ageSeconds, safe } = fullest;
  const name = formatLane(fullest);
  const what =
    threshold === 0
      ? `releasing every old slot of ${name}`
      : `holding ${name} below ${formatCount(threshold)} used slots`;
  const count = held.length - 1 + lanesOmitted;
  const others = count === 0 ? '' : `, and ${plural(count, 'more lane')}${threshold === 0 ? '' : ' below theirs'}`;
  // How old it must be is not known before the network is measured, and that is when there is something to release.
  const which = safe === null ? 'old TIME_WAIT only' : `TIME_WAIT older than ${formatSeconds(ageSeconds)}`;
  return `${what}${others}, ${which}; ${end}`;
}

/** That a lane is not held, and why. */
export function describeRefusal(lane: RecycledLane): string {
  return `leaving ${formatLane(lane)} alone: ${lane.reason} (--force holds it all the same)`;
}

/** How it goes, in one line that is no longer than the screen is wide. */
export function renderProgress({ lanes, lanesOmitted, released, seconds }: RecycleProgress, screen: Screen): string {
  const [fullest] = lanes;
  const total = `released ${formatCount(released)}${seconds > 0 ? `, ${formatRate(released / seconds)}/s` : ''}`;
  if (fullest === undefined) return shorten(`no lane; ${total}`, screen);
  const { used, slots, threshold, refused, opensPerSecond } = fullest;
  const others = lanes.length - 1 + lanesOmitted;
  const more = others === 0 ? '' : `; and ${formatCount(others)} more`;
  const opens = opensPerSecond === null ? '' : `; ${formatCount(opensPerSecond)} opens/s`;
  const line = (limit: string): string =>
    `${formatLane(fullest)} ${formatCount(used)} of ${formatCount(slots)} used${limit}${opens}; ${total}${more}`;
  const full = line(refused ? ', left alone' : `, threshold ${formatCount(threshold)}`);
  return full.length < screen.width ? full : shorten(line(''), screen);
}

/** A line that fills the last column would make a terminal go to the next one. */
function shorten(text: string, { width, unicode }: Screen): string {
  const ellipsis = unicode ? '…' : '...';
  const line = text.length < width ? text : text.slice(0, Math.max(0, width - 1 - ellipsis.length)) + ellipsis;
  return unicode ? line : toAscii(line);
}

import type { LaneSeries } from '../../agent/history/history.ts';
import { fullnessIn } from './history-fullness.ts';

const [UNICODE, ASCII] = ['▁▂▃▄▅▆▇█', '.:-=+*%#'];

/**
 * How full a lane was over a time, a sign for each part of it: the fullest in it. Blank where it held no slot, or nothing
 * was recorded. Only a full lane has the highest sign.
 */
export function renderSparkline(
  lane: LaneSeries,
  { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
  width: number,
  unicode: boolean,
): string {
  const fullest: (number | undefined)[] = Array.from({ length: width });
  const cellOf = (ms: number): number =>
    Math.max(0, Math.min(width - 1, Math.floor(((ms - sinceMs) / (untilMs - sinceMs)) * width)));
  for (const [row, time] of lane.times.entries()) {
    const full = fullnessIn(lane, row);
    // A row stands for its whole step.
    const last = cellOf(Math.min(untilMs, (time + lane.stepSeconds) * 1_000) - 1);
    for (let cell = cellOf(time * 1_000); cell <= last; cell += 1) fullest[cell] = Math.max(fullest[cell] ?? 0, full);
  }
  const signs = unicode ? UNICODE : ASCII;
  return Array.from(fullest, (full) => (full === undefined ? ' ' : signOf(full, signs))).join('');
}

function signOf(full: number, signs: string): string {
  const highest = signs.length - 1;
  return signs[full >= 1 ? highest : Math.min(highest - 1, Math.floor(full * highest))] as string;
}

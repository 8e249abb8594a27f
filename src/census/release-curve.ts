import { TcpState } from '../tcp/state.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import type { Scan } from './scan.ts';
import { UNKNOWN_LEFT } from './socket-table.ts';

/** One for each second of TIME_WAIT, and one for a socket that has just begun. */
const SECONDS = LINUX_TIME_WAIT_MS / 1_000 + 1;

/**
 * How many TIME_WAIT slots come free in each of the next seconds, as the kernel tells the remaining time of each
 * (`idiag_expires`). What is overdue counts for the first second: the timer wheel is up to two seconds late.
 *
 * @param wanted the numbers of lanes
 * @returns for each lane with TIME_WAIT sockets 61 counts, that of the next second first; null where the source does not
 *   tell their time
 */
export function releaseCurves(
  { sockets }: Pick<Scan, 'sockets'>,
  wanted: ReadonlySet<number>,
): Map<number, Uint16Array | null> {
  const curves = new Map<number, Uint16Array | null>();
  if (wanted.size === 0) return curves;
  let last = -1;
  let curve: Uint16Array | null | undefined;
  for (let row = 0; row < sockets.size; row += 1) {
    if (sockets.state(row) !== TcpState.TIME_WAIT) continue;
    const lane = sockets.lane(row);
    if (lane !== last) {
      last = lane;
      curve = wanted.has(lane) ? (curves.has(lane) ? curves.get(lane) : newCurve(curves, lane)) : undefined;
    }
    if (curve === undefined || curve === null) continue;
    const leftMs = sockets.timeWaitLeftMs(row);
    if (leftMs === UNKNOWN_LEFT) {
      curve = null;
      curves.set(lane, null);
      continue;
    }
    const second = Math.min(SECONDS - 1, Math.floor(leftMs / 1_000));
    curve[second] = (curve[second] as number) + 1;
  }
  return curves;
}

function newCurve(curves: Map<number, Uint16Array | null>, lane: number): Uint16Array {
  const curve = new Uint16Array(SECONDS);
  curves.set(lane, curve);
  return curve;
}

/**
 * The release curve of a lane that reuse applies to: how many of its TIME_WAIT slots connect() may take over in each of the
 * next seconds, as they come to be older than the reuse delay.
 *
 * @param curve of all its TIME_WAIT sockets, see {@link releaseCurves}
 * @param young how many of them are younger than the delay
 */
export function reuseCurve(curve: ArrayLike<number>, delaySeconds: number, young: number): Float64Array {
  const reusable = LINUX_TIME_WAIT_MS / 1_000 - delaySeconds;
  const released = new Float64Array(Math.ceil(delaySeconds) + 1);
  let total = 0;
  for (let second = Math.floor(reusable); second < curve.length; second += 1) {
    const [from, until] = [Math.max(0, second - reusable), second + 1 - reusable];
    const perSecond = curve[second] as number;
    for (let at = Math.floor(from); at < Math.min(until, released.length); at += 1) {
      const part = perSecond * (Math.min(until, at + 1) - Math.max(from, at));
      released[at] = (released[at] as number) + part;
      total += part;
    }
  }
  // The second that the delay ends in is known as a whole only.
  return total === 0 ? released : released.map((count) => (count * young) / total);
}

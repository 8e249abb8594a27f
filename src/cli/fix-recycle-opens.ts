import type { RecycledLane, RecycleProgress } from '../recycling/recycle.ts';
import { formatLane } from '../tcp/lane.ts';
import type { LaneOpens } from './text/recycle-summary.ts';

interface Tally {
  opens: number;
  seconds: number;
  most: number;
  sustainable: number | null;
}

/** Counts how often lanes are opened while they are held below their thresholds: each look tells of the time since the last. */
export class OpensTally {
  readonly #lanes = new Map<string, Tally>();
  #seconds = 0;

  add({ lanes, seconds }: RecycleProgress): void {
    const since = seconds - this.#seconds;
    this.#seconds = seconds;
    for (const lane of lanes) this.#addLane(lane, since);
  }

  /** null where it was not looked at twice. */
  of(lane: RecycledLane): LaneOpens | null {
    const tally = this.#lanes.get(formatLane(lane));
    if (tally === undefined || tally.seconds === 0) return null;
    return { mean: tally.opens / tally.seconds, most: tally.most, sustainable: tally.sustainable };
  }

  #addLane({ opensPerSecond, sustainableOpensPerSecond, ...lane }: RecycledLane, seconds: number): void {
    if (opensPerSecond === null) return;
    const name = formatLane(lane);
    const tally = this.#lanes.get(name) ?? { opens: 0, seconds: 0, most: 0, sustainable: null };
    this.#lanes.set(name, tally);
    tally.opens += opensPerSecond * seconds;
    tally.seconds += seconds;
    tally.most = Math.max(tally.most, opensPerSecond);
    // How long connections live is told by a lane that is in use.
    if (opensPerSecond > 0 || tally.sustainable === null) tally.sustainable = sustainableOpensPerSecond;
  }
}

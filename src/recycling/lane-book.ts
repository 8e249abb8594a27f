import { LANE_KEY_WORDS, LaneTable } from '../census/lane-table.ts';
import type { LaneRoom } from './threshold.ts';
import { WatchedLane } from './watched-lane.ts';

/** So many lanes that nobody uses any more are kept: more are forgotten. */
const MOST_IDLE = 10_000;

/** The lanes that match, by a number that each has. */
export class LaneBook {
  /** What a lane has that no survey has seen yet. */
  room: Omit<LaneRoom, 'beside'> = { slots: 0, firstPassPorts: null };
  #table = new LaneTable();
  #lanes: WatchedLane[] = [];

  get lanes(): readonly WatchedLane[] {
    return this.#lanes;
  }

  /** The number of the lane with this key, a new one where it is new. */
  numberOf(key: Uint32Array): number {
    const table = this.#table;
    const lane = table.intern(key);
    if (lane === this.#lanes.length) {
      this.#lanes.push(new WatchedLane(table.source(lane), table.destination(lane), table.port(lane), this.room));
    }
    return lane;
  }

  /**
   * Forgets lanes that no socket is in any more and of which nothing was released, where they are many. The others get new
   * numbers.
   */
  forgetIdle(): void {
    const isKept = ({ counted, released }: WatchedLane): boolean => counted > 0 || released > 0;
    const kept = this.#lanes.filter(isKept).length;
    if (this.#lanes.length - kept <= MOST_IDLE) return;
    const [lanes, table] = [this.#lanes, this.#table];
    this.#lanes = [];
    this.#table = new LaneTable(kept);
    const key = new Uint32Array(LANE_KEY_WORDS);
    for (const [number, lane] of lanes.entries()) {
      if (!isKept(lane)) continue;
      table.copyKey(number, key);
      this.#table.intern(key);
      this.#lanes.push(lane);
    }
  }
}

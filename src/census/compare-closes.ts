import { formatRate, plural } from '../tcp/number-text.ts';
import type { Census } from './census.ts';
import type { CloseCounts, LaneCloses } from './close-counts.ts';
import { LANE_KEY_WORDS } from './lane-table.ts';
import type { ObservedRates } from './observed-rates.ts';
import { timeWaitsPerSecond } from './time-waits-per-second.ts';

/** What a watch saw. */
export interface WatchedCloses {
  /** Of a lane of the census that was taken after it, by its number; null where it is not known. */
  observed(lane: number): ObservedRates | null;
  /** What the connections of a lane that closed have carried on average, both ways; null where none closed. */
  bytesPerConnection(lane: number): number | null;
  /** All closes that were counted, those too of lanes that hold no slot now. */
  readonly closes: number;
  /** What is not known, and why: one sentence each. */
  readonly notes: readonly string[];
}

/** A watch, and what it stands between. */
export interface WatchRecord {
  readonly before: Census;
  readonly after: Census;
  readonly counts: CloseCounts;
  /** How long closes were counted. */
  readonly seconds: number;
  /** From the one census to the other. */
  readonly secondsBetween: number;
}

/** A lane of which at most this share of the closes is doubtful has its rates all the same. */
const DOUBT_TOLERATED = 0.02;
/** SYN and FIN count as a byte each of this end, FIN as one of the other (`tcp_ack()`, `tcp_fin()`). */
const BYTES_OF_CONTROL = 3;
/** Less than this many closes per second, all unlisted lanes together, are not worth a note. */
const WORTH_A_NOTE = 1;

/** Gives each lane its rates: opens are what closed, and what there is more of now. Call once for a watch. */
export function compareCloses({ before, after, counts, seconds, secondsBetween }: WatchRecord): WatchedCloses {
  const { lanes } = after.scan;
  counts.settle([before.scan.lanes, lanes]);
  const timeWaits = timeWaitsPerSecond(after, seconds);
  const key = new Uint32Array(LANE_KEY_WORDS);
  const closesOf = (lane: number): LaneCloses => {
    lanes.copyKey(lane, key);
    return counts.closesOf(key);
  };
  const liveBefore = (lane: number): number => {
    lanes.copyKey(lane, key);
    const then = before.scan.lanes.find(key);
    return then < 0 ? 0 : (before.columns.live[then] as number);
  };
  let listed = 0;
  let doubtful = 0;
  for (let lane = 0; lane < lanes.size; lane += 1) {
    const seen = closesOf(lane);
    listed += seen.closes;
    if (isDoubtful(seen)) doubtful += 1;
  }
  const unlisted = (counts.total - listed) / seconds;
  return {
    observed: (lane) => {
      const seen = closesOf(lane);
      const held = timeWaits[lane] as number;
      if (isDoubtful(seen) || Number.isNaN(held)) return null;
      const closesPerSecond = seen.closes / seconds;
      const grown = (after.columns.live[lane] as number) - liveBefore(lane);
      return {
        // Below 0 where slots were given up between the census before and the beginning of the watch.
        opensPerSecond: Math.max(0, closesPerSecond + grown / secondsBetween),
        closesPerSecond,
        timeWaitsPerSecond: Math.min(closesPerSecond, held),
        seconds,
      };
    },
    bytesPerConnection: (lane) => {
      const { measured, bytes } = closesOf(lane);
      return measured === 0 ? null : Math.max(0, bytes / measured - BYTES_OF_CONTROL);
    },
    closes: counts.total,
    notes: [
      ...(doubtful > 0 ? [doubtNote(doubtful)] : []),
      ...(unlisted >= WORTH_A_NOTE ? [unlistedNote(unlisted)] : []),
    ],
  };
}

function isDoubtful({ closes, doubtful }: LaneCloses): boolean {
  return doubtful > DOUBT_TOLERATED * closes;
}

function doubtNote(lanes: number): string {
  return `The rates of ${plural(lanes, 'lane')} are not known: this machine reset connections, and the kernel does not tell to which of several ports of an address they went.`;
}

function unlistedNote(perSecond: number): string {
  return `Connections that were open too shortly to be seen closed at ${formatRate(perSecond)} per second in lanes that hold no slot now, and are not listed.`;
}

import type { Census } from '../census/census.ts';
import { LANE_KEY_WORDS } from '../census/lane-table.ts';
import { measureNetwork } from '../census/network-samples.ts';
import type { SockDiag } from '../linux/sock-diag.ts';
import { firstPassPorts } from '../tcp/capacity.ts';
import { type LanePattern, matchesLane } from '../tcp/lane-pattern.ts';
import type { Segments } from '../tcp/network-quality.ts';
import type { LaneBook } from './lane-book.ts';
import type { WatchedLane } from './watched-lane.ts';

/** A lane that matches, and its number in the census. */
interface Found {
  readonly lane: WatchedLane;
  readonly number: number;
}

/** What a census tells of the lanes that match: their room, and which connections show their networks. */
export class Survey {
  readonly census: Census;
  /** `performance.now()`. */
  readonly takenAt: number = performance.now();
  /** When networks were measured last; -Infinity where none was. */
  judgedAt: number = Number.NEGATIVE_INFINITY;
  readonly #found: readonly Found[];
  readonly #segments: Segments | null;

  /**
   * @param segments all that the namespace has sent; null where not known
   * @param book lanes that are new to it are added, and all are told their room
   */
  constructor(census: Census, segments: Segments | null, pattern: LanePattern, book: LaneBook) {
    this.#segments = segments;
    this.census = census;
    this.#found = findLanes(census, pattern, book);
    const firstPass = firstPassPorts(census.pool);
    book.room = { slots: census.usable, firstPassPorts: firstPass };
    for (const { lane, number } of this.#found) {
      const hasCliff = census.cliff(number) !== null;
      const zone = lane.needsZone ? census.lane(number).device : null;
      lane.survey({ slots: census.slots(number), firstPassPorts: hasCliff ? firstPass : null }, zone);
    }
  }

  /**
   * Measures the networks of lanes anew, and judges the lanes by them.
   *
   * @param isWanted asked for each lane, with its used slots in the census
   * @param all measures every such lane; else as many as one go takes, those first that have waited longest
   * @throws FourtupleError where the kernel refuses
   */
  judge(diag: SockDiag, isWanted: (lane: WatchedLane, used: number) => boolean, all: boolean): void {
    const { census } = this;
    let waiting = this.#found
      .filter(({ lane, number }) => isWanted(lane, census.used(number)))
      .sort((a, b) => a.lane.measuredAt - b.lane.measuredAt || census.used(b.number) - census.used(a.number));
    while (waiting.length > 0) {
      this.judgedAt = performance.now();
      const numbers = waiting.map(({ number }) => number);
      const networks = measureNetwork(diag, census, numbers);
      for (const { lane, number } of waiting) {
        const network = networks.get(number);
        if (network !== undefined) lane.judge(network, this.judgedAt, this.#segments);
      }
      if (!all) return;
      waiting = waiting.filter(({ number }) => !networks.has(number));
    }
  }
}

function findLanes(census: Census, pattern: LanePattern, book: LaneBook): Found[] {
  const { lanes } = census.scan;
  const key = new Uint32Array(LANE_KEY_WORDS);
  const found: Found[] = [];
  for (let number = 0; number < census.laneCount; number += 1) {
    if (!matchesLane(pattern, lanes.source(number), lanes.destination(number), lanes.port(number))) continue;
    lanes.copyKey(number, key);
    found.push({ lane: book.lanes[book.numberOf(key)] as WatchedLane, number });
  }
  return found;
}

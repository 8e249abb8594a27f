import { describe, expect, it } from 'vitest';
import type { TrafficPattern } from '../topology.ts';
import { BurstArrivals } from './arrivals.ts';
import type { Draws } from './draws.ts';
import { drawHoldSeconds } from './hold-times.ts';
import { Random } from './random.ts';
import { simulate } from './simulate.ts';
import type { SimulatedTier, SimulationOptions } from './simulated-tier.ts';

const LANE: SimulatedTier = {
  lanes: 1,
  slotsPerLane: 41,
  firstPassPorts: 21,
  opensPerSecond: 30,
  pattern: { kind: 'poisson' },
  holdSeconds: 0.5,
  hold: { kind: 'exponential' },
  roundTripSeconds: 0.05,
  afterCloseSeconds: 0.4,
  laneChoice: { kind: 'round-robin' },
  retries: 0,
};
const OPTIONS: SimulationOptions = { seconds: 400, warmUpSeconds: 0, seed: 5 };

/** A load below the cliff, one about it, one above all slots, and crowds that fill the lane, which is empty in between. */
const LOADS: readonly (readonly [number, TrafficPattern])[] = [
  [12, { kind: 'poisson' }],
  [21, { kind: 'poisson' }],
  [35, { kind: 'poisson' }],
  [60, { kind: 'poisson' }],
  [20, { kind: 'bursts', size: 30 }],
];

describe('a lane, beside one that is simulated port by port', () => {
  it.each(LOADS)(
    'is past the cliff for just as many, and looks at as many ports: %d/s, %j',
    (opensPerSecond, pattern) => {
      const tier = { ...LANE, opensPerSecond, pattern };
      const lane = new PortLane(tier, OPTIONS.seed, (lane, first) => lane.shuffled(first));
      const { refusals, opened, past, looks } = lane.run(OPTIONS.seconds);
      const run = simulate(tier, OPTIONS);
      expect(run.attempts - run.refusals).toBe(opened);
      expect(run.refusals).toBe(refusals);
      expect(run.pastCliffShare).toBe(past / opened);
      expect(looks.past.count).toBe(past + refusals);
      for (const [counted, mean] of [
        [looks.before, run.portsLookedAt?.meanBeforeCliff],
        [looks.past, run.portsLookedAt?.meanPastCliff],
      ] as const) {
        if (counted.count === 0) expect(mean).toBeNull();
        else
          expect(Math.abs(counted.sum / counted.count - (mean as number))).toBeLessThanOrEqual(
            3 * standardError(counted),
          );
      }
    },
  );

  it.each(LOADS)('looks at no fewer ports than connect() does, which goes on: %d/s, %j', (opensPerSecond, pattern) => {
    const tier = { ...LANE, opensPerSecond, pattern };
    const { looks } = new PortLane(tier, OPTIONS.seed, (lane, first) => lane.onwards(first)).run(OPTIONS.seconds);
    const { meanBeforeCliff, meanPastCliff } = simulate(tier, OPTIONS).portsLookedAt ?? {};
    expect(looks.before.sum / looks.before.count).toBeLessThan(meanBeforeCliff as number);
    if (looks.past.count > 0) expect(looks.past.sum / looks.past.count / (meanPastCliff as number)).toBeCloseTo(1, 1);
  });
});

interface Looks {
  sum: number;
  squares: number;
  count: number;
}

/** Of the mean; a little more than it is, for the searches of a full lane and an empty one are counted as alike. */
function standardError({ sum, squares, count }: Looks): number {
  return Math.sqrt((squares / count - (sum / count) ** 2) / count);
}

/** One lane with all of its ports, plainly; the arrivals and lives are those of the simulation with the same seed. */
class PortLane {
  readonly looks: { before: Looks; past: Looks } = {
    before: { sum: 0, squares: 0, count: 0 },
    past: { sum: 0, squares: 0, count: 0 },
  };
  refusals = 0;
  opened = 0;
  past = 0;
  readonly #tier: SimulatedTier;
  readonly #arrivals: BurstArrivals;
  readonly #lives: Draws;
  /** When each port is free again: even ones are looked at first. */
  readonly #freeAt: number[];
  readonly #random = Random.seeded(77);
  readonly #order: (lane: PortLane, first: number) => number[];
  #start = 0;

  /** @param order in which ports are looked at: those of one parity, which is that of `first` */
  constructor(tier: SimulatedTier, seed: number, order: (lane: PortLane, first: number) => number[]) {
    const random = Random.seeded(seed);
    this.#tier = tier;
    this.#lives = drawHoldSeconds(tier.hold, tier.holdSeconds, random) as Draws;
    const size = tier.pattern.kind === 'bursts' ? tier.pattern.size : 1;
    this.#arrivals = new BurstArrivals(tier.opensPerSecond, size, random);
    this.#freeAt = new Array(tier.slotsPerLane).fill(0);
    this.#order = order;
  }

  run(seconds: number): this {
    const { roundTripSeconds = 0, afterCloseSeconds } = this.#tier;
    for (; (this.#arrivals.time[0] as number) < seconds; this.#arrivals.advance()) {
      const now = this.#arrivals.time[0] as number;
      const port = this.#connect(now);
      if (port === null) continue;
      const lives = this.#lives.numbers[this.#lives.next()] as number;
      this.#freeAt[port] = now + roundTripSeconds + lives + roundTripSeconds + afterCloseSeconds;
    }
    return this;
  }

  /** The ports of one parity in any order. */
  shuffled(first: number): number[] {
    const ports = this.#ports(first);
    for (let last = ports.length - 1; last > 0; last -= 1) {
      const other = this.#random.below(last + 1);
      [ports[last], ports[other]] = [ports[other] as number, ports[last] as number];
    }
    return ports;
  }

  /** As `__inet_hash_connect()` does: from where the last search stopped, and up to seven ports further. */
  onwards(first: number): number[] {
    const ports = this.#ports(first);
    const start = (this.#start >> 1) % ports.length;
    return [...ports.slice(start), ...ports.slice(0, start)];
  }

  #ports(first: number): number[] {
    return this.#freeAt.flatMap((_, port) => (port % 2 === first ? port : []));
  }

  #connect(now: number): number | null {
    let looked = 0;
    for (const first of [0, 1]) {
      const ports = this.#order(this, first);
      const index = ports.findIndex((port) => (this.#freeAt[port] as number) <= now);
      looked += index < 0 ? ports.length : index + 1;
      if (index < 0) continue;
      this.#start += 2 * Math.max(index, this.#random.below(8)) + 2;
      this.#count(first === 0 ? this.looks.before : this.looks.past, looked);
      this.opened += 1;
      this.past += first;
      return ports[index] as number;
    }
    this.#count(this.looks.past, looked);
    this.refusals += 1;
    return null;
  }

  #count(looks: Looks, looked: number): void {
    looks.sum += looked;
    looks.squares += looked ** 2;
    looks.count += 1;
  }
}

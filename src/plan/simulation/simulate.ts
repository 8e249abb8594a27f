import type { HoldDistribution, LaneChoice, TrafficPattern } from '../topology.ts';
import { type Arrivals, BurstArrivals, EvenArrivals } from './arrivals.ts';
import { HeldSlots } from './held-slots.ts';
import { drawHoldSeconds } from './hold-times.ts';
import { type Lanes, LeastUsedLanes, RandomLanes, RoundRobinLanes } from './lanes.ts';
import { momentAt } from './moment.ts';
import { Random } from './random.ts';

/** Traffic of one tier, connection by connection. */
export interface SimulatedTier {
  /** Lanes that connections are spread over, 1 or more. */
  readonly lanes: number;
  readonly slotsPerLane: number;
  /** Of the whole tier, above 0. */
  readonly opensPerSecond: number;
  readonly pattern: TrafficPattern;
  readonly holdSeconds: number;
  readonly hold: HoldDistribution;
  /** How long a slot is held after its connection is closed: the same for each. */
  readonly afterCloseSeconds: number;
  readonly laneChoice: LaneChoice;
  /** How often a refused connection is tried again, on a lane chosen anew, at once; 0 or more. */
  readonly retries: number;
}

export interface SimulationOptions {
  /** How long traffic goes on, in simulated seconds, above 0. */
  readonly seconds: number;
  /** Not counted at the beginning, when all slots are free: at least until the first come back, and below seconds. */
  readonly warmUpSeconds: number;
  /** A whole number, 0 to 2^32 - 1. The same seed gives the same result, to the last digit. */
  readonly seed: number;
  /** Called now and then with the share that is done, 0 to 1. */
  onProgress?(share: number): void;
}

/** What came of it, after the warm-up. */
export interface SimulationRun {
  /** Connections that were to be opened, each once, however often it was tried again. */
  readonly attempts: number;
  /** Those that found no free slot at the last try either. */
  readonly refusals: number;
  /** refusals / attempts; 0 where nothing was to be opened. */
  readonly refusalProbability: number;
  /** In seconds from the start, the warm-up included; null where none was refused. */
  readonly firstRefusalSeconds: number | null;
  /** Of all lanes together, over time. */
  readonly meanUsed: number;
  readonly mostUsed: number;
  /** Of all lanes together, at the end of each of 100 equal parts of the time, the warm-up included. */
  readonly usedOverTime: readonly number[];
  /** Connections that were opened while their lane was past the cliff, of all that were opened; 0 where none was. */
  readonly pastCliffShare: number;
}

const PARTS = 100;

/**
 * Simulates every connection of a tier. Constant times are queues, not heaps; memory grows with the slots in use, not with
 * the connections simulated.
 */
export function simulate(tier: SimulatedTier, options: SimulationOptions): SimulationRun {
  const simulation = new Simulation(tier, options);
  const { seconds, warmUpSeconds } = options;
  const usedOverTime: number[] = [];
  let isCounting = false;
  for (let part = 1; part <= PARTS; part += 1) {
    const until = (seconds * part) / PARTS;
    if (!isCounting && warmUpSeconds < until) {
      simulation.runUntil(warmUpSeconds);
      simulation.startCounting();
      isCounting = true;
    }
    simulation.runUntil(until);
    usedOverTime.push(simulation.used);
    options.onProgress?.(part / PARTS);
  }
  return { ...simulation.outcome(), usedOverTime };
}

const NO_LANE = -1;

/** A tier at one instant, and what was counted until then. */
class Simulation {
  readonly #tier: SimulatedTier;
  readonly #options: SimulationOptions;
  readonly #lanes: Lanes;
  readonly #arrivals: Arrivals;
  readonly #held: HeldSlots;
  readonly #cliffAt: number;
  #attempts = 0;
  #refusals = 0;
  #pastCliff = 0;
  #mostUsed = 0;
  /** Of all slots, within the time that counts. */
  #usedSeconds = 0;
  #firstRefusal: number | null = null;

  constructor(tier: SimulatedTier, options: SimulationOptions) {
    const random = Random.seeded(options.seed);
    const drawn = drawHoldSeconds(tier.hold, tier.holdSeconds, random);
    this.#tier = tier;
    this.#options = options;
    this.#lanes = lanesOf(tier, random);
    this.#arrivals = arrivalsOf(tier, random);
    this.#held = new HeldSlots(this.#lanes, tier.holdSeconds, drawn, tier.afterCloseSeconds);
    // The ports that have the parity of the range's low end.
    this.#cliffAt = Math.ceil(tier.slotsPerLane / 2);
  }

  get used(): number {
    return this.#lanes.totalUsed;
  }

  /** Forgets what was counted, but for the first refusal. */
  startCounting(): void {
    this.#attempts = 0;
    this.#refusals = 0;
    this.#pastCliff = 0;
    this.#mostUsed = this.used;
  }

  /** Opens all that arrive before that time, and gives back all slots that come back until then. */
  runUntil(time: number): void {
    const [lanes, arrivals, held] = [this.#lanes, this.#arrivals, this.#held];
    const { seconds, warmUpSeconds } = this.#options;
    let usedSeconds = this.#usedSeconds;
    for (let now = arrivals.time[0] as number; now < time; now = arrivals.time[0] as number) {
      held.releaseUntil(arrivals.time);
      this.#attempts += 1;
      const lane = this.#chooseFreeLane();
      if (lane === NO_LANE) {
        this.#refusals += 1;
        this.#firstRefusal ??= now;
      } else {
        if ((lanes.used[lane] as number) >= this.#cliffAt) this.#pastCliff += 1;
        lanes.take(lane);
        held.hold(lane, arrivals.time);
        const releasesAt = held.releasesAt[0] as number;
        usedSeconds += Math.max(0, Math.min(releasesAt, seconds) - Math.max(now, warmUpSeconds));
        if (lanes.totalUsed > this.#mostUsed) this.#mostUsed = lanes.totalUsed;
      }
      arrivals.advance();
    }
    this.#usedSeconds = usedSeconds;
    held.releaseUntil(momentAt(time));
  }

  outcome(): Omit<SimulationRun, 'usedOverTime'> {
    const [attempts, refusals] = [this.#attempts, this.#refusals];
    return {
      attempts,
      refusals,
      refusalProbability: attempts === 0 ? 0 : refusals / attempts,
      firstRefusalSeconds: this.#firstRefusal,
      meanUsed: this.#usedSeconds / (this.#options.seconds - this.#options.warmUpSeconds),
      mostUsed: this.#mostUsed,
      pastCliffShare: attempts === refusals ? 0 : this.#pastCliff / (attempts - refusals),
    };
  }

  #chooseFreeLane(): number {
    const { slotsPerLane, retries } = this.#tier;
    for (let tries = 0; tries <= retries; tries += 1) {
      const lane = this.#lanes.choose();
      if ((this.#lanes.used[lane] as number) < slotsPerLane) return lane;
    }
    return NO_LANE;
  }
}

function lanesOf({ laneChoice, lanes, slotsPerLane }: SimulatedTier, random: Random): Lanes {
  if (laneChoice.kind === 'least-used') return new LeastUsedLanes(lanes, slotsPerLane);
  return laneChoice.kind === 'random' ? new RandomLanes(lanes, random) : new RoundRobinLanes(lanes);
}

function arrivalsOf({ pattern, opensPerSecond }: SimulatedTier, random: Random): Arrivals {
  if (pattern.kind === 'constant') return new EvenArrivals(opensPerSecond);
  return new BurstArrivals(opensPerSecond, pattern.kind === 'bursts' ? pattern.size : 1, random);
}

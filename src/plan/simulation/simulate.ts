import type { Arrivals } from './arrivals.ts';
import { HeldSlots } from './held-slots.ts';
import { drawHoldSeconds } from './hold-times.ts';
import { KeptConnections } from './kept-connections.ts';
import { type Lanes, NO_SLOT } from './lanes.ts';
import { Looks } from './looks.ts';
import { type Moment, momentAt } from './moment.ts';
import { Random } from './random.ts';
import type { SimulatedTier, SimulationOptions, SimulationRun } from './simulated-tier.ts';
import { StateSeconds } from './state-seconds.ts';
import { arrivalsOf, expectedLive, lanesOf, shapeOf } from './tier-parts.ts';

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

/** A tier at one instant, and what was counted until then. */
class Simulation {
  readonly #retries: number;
  readonly #lanes: Lanes;
  readonly #arrivals: Arrivals;
  readonly #held: HeldSlots;
  readonly #kept: KeptConnections | null;
  readonly #seconds: StateSeconds;
  readonly #looks: Looks | null;
  #requests = 0;
  #attempts = 0;
  #refusals = 0;
  #opened = 0;
  #pastCliff = 0;
  #mostUsed = 0;
  #firstRefusal: number | null = null;

  constructor(tier: SimulatedTier, options: SimulationOptions) {
    const random = Random.seeded(options.seed);
    const { holdSeconds, hold, roundTripSeconds = 0, afterCloseSeconds, kept } = tier;
    const drawn = drawHoldSeconds(hold, holdSeconds, random);
    const shape = shapeOf(tier);
    this.#retries = tier.retries;
    this.#lanes = lanesOf(tier, shape, random);
    this.#arrivals = arrivalsOf(tier, options, random);
    const live = expectedLive(tier);
    this.#held = new HeldSlots(this.#lanes, { roundTripSeconds, holdSeconds, drawn, afterCloseSeconds, live });
    this.#seconds = new StateSeconds(tier, options);
    const parts = { lanes: this.#lanes, held: this.#held, seconds: this.#seconds, random, live };
    this.#kept = kept ? new KeptConnections({ ...tier, kept }, parts) : null;
    this.#looks = (tier.firstPassPorts ?? null) === null ? null : new Looks(shape);
  }

  get used(): number {
    return this.#lanes.totalUsed;
  }

  /** Forgets what was counted, but for the first refusal. */
  startCounting(): void {
    this.#requests = 0;
    this.#attempts = 0;
    this.#refusals = 0;
    this.#opened = 0;
    this.#pastCliff = 0;
    this.#mostUsed = this.used;
    this.#looks?.clear();
  }

  /** Opens all that arrive before that time, and gives back all slots that come back until then. */
  runUntil(time: number): void {
    const arrivals = this.#arrivals;
    while ((arrivals.time[0] as number) < time) {
      this.#releaseUntil(arrivals.time);
      this.#requests += 1;
      this.#serve(arrivals.time);
      arrivals.advance();
    }
    this.#releaseUntil(momentAt(time));
  }

  outcome(): Omit<SimulationRun, 'usedOverTime'> {
    const [attempts, refusals] = [this.#attempts, this.#refusals];
    const byState = this.#seconds.mean();
    return {
      requests: this.#requests,
      attempts,
      refusals,
      refusalProbability: attempts === 0 ? 0 : refusals / attempts,
      firstRefusalSeconds: this.#firstRefusal,
      meanUsed: byState.synSent + byState.established + byState.closing + byState.timeWait,
      meanUsedByState: byState,
      mostUsed: this.#mostUsed,
      pastCliffShare: this.#opened === 0 ? 0 : this.#pastCliff / this.#opened,
      portsLookedAt: this.#looks?.outcome() ?? null,
    };
  }

  #releaseUntil(until: Moment): void {
    this.#held.releaseUntil(until);
    this.#kept?.releaseUntil(until);
  }

  #serve(now: Moment): void {
    const [lanes, kept] = [this.#lanes, this.#kept];
    let lane = lanes.choose();
    for (let refused = 0; ; refused += 1) {
      if (kept?.carry(lane, now)) {
        if (refused > 0) this.#attempts += 1;
        return;
      }
      const half = lanes.take(lane);
      if (half !== NO_SLOT) {
        this.#attempts += 1;
        this.#open(half, now);
        return;
      }
      this.#looks?.refused();
      if (refused === this.#retries) break;
      lane = lanes.chooseAgain();
    }
    this.#attempts += 1;
    this.#refusals += 1;
    this.#firstRefusal ??= now[0] as number;
  }

  #open(half: number, now: Moment): void {
    const lanes = this.#lanes;
    this.#opened += 1;
    // A slot of the second half is taken where none of the first is free.
    this.#pastCliff += half & 1;
    this.#looks?.found(half, lanes.used[half] as number);
    if (lanes.totalUsed > this.#mostUsed) this.#mostUsed = lanes.totalUsed;
    if (this.#kept?.keep(half, now)) return;
    this.#held.hold(half, now);
    this.#seconds.add(now, this.#held.lives);
  }
}

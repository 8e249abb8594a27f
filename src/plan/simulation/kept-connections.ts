import { CloseTimes } from './close-times.ts';
import { type HeldSlots, ROUNDING_SECONDS } from './held-slots.ts';
import { type Lanes, NO_SLOT } from './lanes.ts';
import { type Moment, momentAt } from './moment.ts';
import type { Random } from './random.ts';
import { ReleaseQueue } from './release-queue.ts';
import type { KeptPool, SimulatedTier } from './simulated-tier.ts';
import type { StateSeconds } from './state-seconds.ts';

/** What kept connections work with. */
interface Surroundings {
  readonly lanes: Lanes;
  /** Draws how long requests take. */
  readonly held: HeldSlots;
  readonly seconds: StateSeconds;
  readonly random: Random;
  /** How many requests are carried at a time, about. */
  readonly live: number;
}

/**
 * Connections of each lane that stay open for the next request: they are opened at the start, and hold their slots.
 *
 * Those of a lane are worn one after the other: whenever it has carried so many requests as one of them carries, it closes one
 * that waits, any, once the next request comes, which opens another in its place. Where that is refused the lane has fewer,
 * until a request finds none that waits and opens one.
 */
export class KeptConnections {
  readonly #lanes: Lanes;
  readonly #held: HeldSlots;
  readonly #seconds: StateSeconds;
  readonly #random: Random;
  readonly #pool: KeptPool;
  readonly #roundTripSeconds: number;
  /** By half. */
  readonly #open: Int32Array;
  /** Open ones that carry a request, by lane. */
  readonly #busy: Int32Array;
  /** Requests by lane since one of its connections was worn. */
  readonly #carried: Float64Array;
  /** When requests end, by lane. */
  readonly #requests: CloseTimes;
  readonly #worn: ReleaseQueue;
  readonly #endsAt = momentAt(0);

  constructor(tier: SimulatedTier & { readonly kept: KeptPool }, { lanes, held, seconds, random, live }: Surroundings) {
    const { kept, lanes: count, holdSeconds, roundTripSeconds = 0, afterCloseSeconds } = tier;
    this.#lanes = lanes;
    this.#held = held;
    this.#seconds = seconds;
    this.#random = random;
    this.#pool = kept;
    this.#roundTripSeconds = roundTripSeconds;
    this.#open = new Int32Array(2 * count);
    this.#busy = new Int32Array(count);
    this.#carried = new Float64Array(count);
    this.#requests = new CloseTimes(live, holdSeconds);
    this.#worn = new ReleaseQueue(roundTripSeconds + afterCloseSeconds - ROUNDING_SECONDS);
    for (let lane = 0; lane < count; lane += 1) this.#openAll(lane);
  }

  /** Has a connection of the lane that waits carry a request; false where the request must open one. */
  carry(lane: number, now: Moment): boolean {
    if ((this.#busy[lane] as number) >= this.#count(lane)) return false;
    this.#lanes.wake(lane);
    if ((this.#carried[lane] as number) >= this.#pool.requestsPerConnection) {
      this.#wearOut(lane, now);
      return false;
    }
    this.#begin(lane, 0, now);
    return true;
  }

  /** Keeps a connection that a request opens now, where its lane has fewer than it should; false where it has not. */
  keep(half: number, now: Moment): boolean {
    const lane = half >> 1;
    if (this.#count(lane) >= this.#most(lane)) return false;
    this.#open[half] = (this.#open[half] as number) + 1;
    this.#seconds.addKept(now[0] as number);
    this.#begin(lane, this.#roundTripSeconds, now);
    return true;
  }

  /** Ends the requests that end until then, and gives back what came back until then, that included. */
  releaseUntil(until: Moment): void {
    const requests = this.#requests;
    while (requests.isDue(until)) {
      const lane = requests.shift(this.#endsAt);
      this.#busy[lane] = (this.#busy[lane] as number) - 1;
      this.#lanes.idle(lane);
    }
    while (this.#worn.isDue(until)) this.#lanes.release(this.#worn.shift());
  }

  #openAll(lane: number): void {
    for (let count = this.#most(lane); count > 0; count -= 1) {
      const half = this.#lanes.take(lane);
      if (half === NO_SLOT) return;
      this.#open[half] = (this.#open[half] as number) + 1;
      this.#seconds.addKept(0);
      this.#lanes.idle(lane);
    }
  }

  #begin(lane: number, opensSeconds: number, now: Moment): void {
    this.#held.drawLife();
    this.#endsAt[0] = (now[0] as number) + opensSeconds + (this.#held.lives[0] as number);
    this.#requests.push(lane, this.#endsAt);
    this.#busy[lane] = (this.#busy[lane] as number) + 1;
    this.#carried[lane] = (this.#carried[lane] as number) + 1;
  }

  #wearOut(lane: number, now: Moment): void {
    const second = (lane << 1) + 1;
    const inSecond = this.#open[second] as number;
    const half = inSecond > 0 && this.#random.below(this.#count(lane)) < inSecond ? second : second - 1;
    this.#open[half] = (this.#open[half] as number) - 1;
    this.#carried[lane] = (this.#carried[lane] as number) - this.#pool.requestsPerConnection;
    this.#seconds.endKept(now[0] as number);
    this.#worn.push(half, now);
    this.releaseUntil(now);
  }

  /** How many a lane keeps. */
  #most(lane: number): number {
    const [connections, lanes] = [this.#pool.connections, this.#busy.length];
    return Math.floor(((lane + 1) * connections) / lanes) - Math.floor((lane * connections) / lanes);
  }

  #count(lane: number): number {
    const half = lane << 1;
    return (this.#open[half] as number) + (this.#open[half + 1] as number);
  }
}

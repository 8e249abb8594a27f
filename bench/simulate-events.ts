// The yardstick of `npm run bench:simulate`: the model of src/plan/simulation for connections at random, as it is plainly
// written: each arrival and each change of a connection's state is an object in one binary heap. It draws the same random
// numbers.

import { BurstArrivals } from '../src/plan/simulation/arrivals.ts';
import { drawHoldSeconds } from '../src/plan/simulation/hold-times.ts';
import { Random } from '../src/plan/simulation/random.ts';
import type { SimulatedTier, SimulationOptions, SimulationRun } from '../src/plan/simulation/simulated-tier.ts';

const STATES = ['synSent', 'established', 'closing', 'timeWait'] as const;

/** A connection leaves a state, or arrives. */
interface TierEvent {
  readonly time: number;
  readonly connection: Connection | null;
}

interface Connection {
  readonly lane: Lane;
  readonly isInFirstPass: boolean;
  /** Of each state. */
  readonly seconds: readonly number[];
  /** Which of the states. */
  state: number;
  since: number;
}

interface Lane {
  usedFirst: number;
  usedOthers: number;
}

export type EventsOutcome = Pick<SimulationRun, 'refusals' | 'pastCliffShare' | 'meanUsed' | 'meanUsedByState'> & {
  readonly portsLookedAt: Pick<NonNullable<SimulationRun['portsLookedAt']>, 'mean'> | null;
};

/** @param tier of connections at random, none of which is kept, and of lanes that are chosen at random or in turn */
export function simulateEvents(tier: SimulatedTier, options: SimulationOptions): EventsOutcome {
  return new Events(tier, options).run();
}

class Events {
  readonly #tier: SimulatedTier;
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #nextHold: () => number;
  readonly #lanes: readonly Lane[];
  readonly #first: number;
  readonly #events = new EventHeap();
  readonly #usedSeconds = { synSent: 0, established: 0, closing: 0, timeWait: 0 };
  #turn = 0;
  #refusals = 0;
  #opened = 0;
  #pastCliff = 0;
  #looks = 0;
  #calls = 0;

  constructor(tier: SimulatedTier, options: SimulationOptions) {
    this.#tier = tier;
    this.#options = options;
    this.#random = Random.seeded(options.seed);
    const drawn = drawHoldSeconds(tier.hold, tier.holdSeconds, this.#random);
    this.#nextHold = () => (drawn === null ? tier.holdSeconds : (drawn.numbers[drawn.next()] as number));
    this.#lanes = Array.from({ length: tier.lanes }, () => ({ usedFirst: 0, usedOthers: 0 }));
    this.#first = tier.firstPassPorts ?? tier.slotsPerLane;
  }

  run(): EventsOutcome {
    const { seconds, warmUpSeconds, onProgress } = this.#options;
    const arrivals = new BurstArrivals(this.#tier.opensPerSecond, 1, this.#random);
    const events = this.#events;
    let part = 0;
    events.push({ time: arrivals.time[0] as number, connection: null });
    let event = events.shift();
    for (; event.time < seconds; event = events.shift()) {
      if (event.connection !== null) this.#leave(event.connection, event.time);
      else {
        this.#arrive(event.time, event.time >= warmUpSeconds);
        arrivals.advance();
        events.push({ time: arrivals.time[0] as number, connection: null });
      }
      if (event.time >= (seconds * (part + 1)) / 100) {
        part += 1;
        onProgress?.(part / 100);
      }
    }
    for (const { connection } of [event, ...events.rest()]) {
      if (connection !== null) this.#add(connection, seconds);
    }
    return this.#outcome();
  }

  #arrive(time: number, isCounted: boolean): void {
    const { lanes, laneChoice, retries, slotsPerLane } = this.#tier;
    for (let tries = 0; tries <= retries; tries += 1) {
      const index = laneChoice.kind === 'random' ? this.#random.below(lanes) : this.#turn++ % lanes;
      const lane = this.#lanes[index] as Lane;
      if (isCounted) this.#look(lane);
      if (lane.usedFirst + lane.usedOthers === slotsPerLane) continue;
      this.#open(lane, time, isCounted);
      return;
    }
    if (isCounted) this.#refusals += 1;
  }

  #open(lane: Lane, time: number, isCounted: boolean): void {
    const { roundTripSeconds = 0, afterCloseSeconds } = this.#tier;
    const isInFirstPass = lane.usedFirst < this.#first;
    if (isInFirstPass) lane.usedFirst += 1;
    else lane.usedOthers += 1;
    if (isCounted) {
      this.#opened += 1;
      this.#pastCliff += isInFirstPass ? 0 : 1;
    }
    const seconds = [roundTripSeconds, this.#nextHold(), roundTripSeconds, afterCloseSeconds];
    this.#enter({ lane, isInFirstPass, seconds, state: 0, since: time }, time);
  }

  /** States that take no time are passed at once. */
  #enter(connection: Connection, time: number): void {
    while (connection.seconds[connection.state] === 0) connection.state += 1;
    const seconds = connection.seconds[connection.state];
    if (seconds === undefined) this.#release(connection);
    else {
      connection.since = time;
      this.#events.push({ time: time + seconds, connection });
    }
  }

  #leave(connection: Connection, time: number): void {
    this.#add(connection, time);
    connection.state += 1;
    this.#enter(connection, time);
  }

  #release({ lane, isInFirstPass }: Connection): void {
    if (isInFirstPass) lane.usedFirst -= 1;
    else lane.usedOthers -= 1;
  }

  #add({ state, since }: Connection, until: number): void {
    const seconds = until - Math.max(since, this.#options.warmUpSeconds);
    if (seconds > 0) this.#usedSeconds[STATES[state] as (typeof STATES)[number]] += seconds;
  }

  #look({ usedFirst, usedOthers }: Lane): void {
    const [first, others] = [this.#first, this.#tier.slotsPerLane - this.#first];
    this.#calls += 1;
    if (usedFirst < first) this.#looks += (first + 1) / (first - usedFirst + 1);
    else if (usedOthers < others) this.#looks += first + (others + 1) / (others - usedOthers + 1);
    else this.#looks += first + others;
  }

  #outcome(): EventsOutcome {
    const { seconds, warmUpSeconds } = this.#options;
    const mean = (state: (typeof STATES)[number]): number => this.#usedSeconds[state] / (seconds - warmUpSeconds);
    const [synSent, established, closing, timeWait] = STATES.map(mean) as [number, number, number, number];
    return {
      refusals: this.#refusals,
      pastCliffShare: this.#opened === 0 ? 0 : this.#pastCliff / this.#opened,
      meanUsed: synSent + established + closing + timeWait,
      meanUsedByState: { synSent, established, closing, timeWait },
      portsLookedAt: this.#tier.firstPassPorts == null ? null : { mean: this.#looks / this.#calls },
    };
  }
}

class EventHeap {
  readonly #events: TierEvent[] = [];

  push(event: TierEvent): void {
    const events = this.#events;
    let index = events.length;
    events.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = events[parent] as TierEvent;
      if (above.time <= event.time) break;
      events[index] = above;
      index = parent;
    }
    events[index] = event;
  }

  /** There is always one: the next arrival. */
  shift(): TierEvent {
    const events = this.#events;
    const first = events[0] as TierEvent;
    const last = events.pop() as TierEvent;
    const size = events.length;
    if (size === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && (events[child + 1] as TierEvent).time < (events[child] as TierEvent).time) child += 1;
      const below = events[child] as TierEvent;
      if (below.time >= last.time) break;
      events[index] = below;
      index = child;
    }
    events[index] = last;
    return first;
  }

  /** Those that are left, in any order. */
  rest(): readonly TierEvent[] {
    return this.#events;
  }
}

// The yardstick of `npm run bench:simulate`: the model of src/plan/simulation for one lane and random arrivals, as it is
// plainly written: each arrival, close and release is an object in one binary heap. It draws the same random numbers.

import { BurstArrivals } from '../src/plan/simulation/arrivals.ts';
import { drawHoldSeconds } from '../src/plan/simulation/hold-times.ts';
import { Random } from '../src/plan/simulation/random.ts';
import type { SimulatedTier, SimulationOptions } from '../src/plan/simulation/simulate.ts';

interface LaneEvent {
  readonly time: number;
  readonly kind: 'arrival' | 'close' | 'release';
}

export interface EventsOutcome {
  readonly attempts: number;
  readonly refusals: number;
}

/** @param tier of one lane */
export function simulateEvents(tier: SimulatedTier, options: SimulationOptions): EventsOutcome {
  const random = Random.seeded(options.seed);
  const drawn = drawHoldSeconds(tier.hold, tier.holdSeconds, random);
  const arrivals = new BurstArrivals(tier.opensPerSecond, 1, random);
  const events = new EventHeap();
  let [used, attempts, refusals, part] = [0, 0, 0, 0];
  events.push({ time: arrivals.time[0] as number, kind: 'arrival' });
  for (let event = events.shift(); event.time < options.seconds; event = events.shift()) {
    if (event.kind === 'close') {
      events.push({ time: event.time + tier.afterCloseSeconds, kind: 'release' });
    } else if (event.kind === 'release') {
      used -= 1;
    } else {
      const isCounted = event.time >= options.warmUpSeconds;
      if (isCounted) attempts += 1;
      if (used < tier.slotsPerLane) {
        used += 1;
        const hold = drawn === null ? tier.holdSeconds : (drawn.numbers[drawn.next()] as number);
        events.push({ time: event.time + hold, kind: 'close' });
      } else if (isCounted) refusals += 1;
      arrivals.advance();
      events.push({ time: arrivals.time[0] as number, kind: 'arrival' });
    }
    if (event.time >= (options.seconds * (part + 1)) / 100) {
      part += 1;
      options.onProgress?.(part / 100);
    }
  }
  return { attempts, refusals };
}

class EventHeap {
  readonly #events: LaneEvent[] = [];

  push(event: LaneEvent): void {
    const events = this.#events;
    let index = events.length;
    events.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = events[parent] as LaneEvent;
      if (above.time <= event.time) break;
      events[index] = above;
      index = parent;
    }
    events[index] = event;
  }

  /** There is always one: the next arrival. */
  shift(): LaneEvent {
    const events = this.#events;
    const first = events[0] as LaneEvent;
    const last = events.pop() as LaneEvent;
    const size = events.length;
    if (size === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && (events[child + 1] as LaneEvent).time < (events[child] as LaneEvent).time) child += 1;
      const below = events[child] as LaneEvent;
      if (below.time >= last.time) break;
      events[index] = below;
      index = child;
    }
    events[index] = last;
    return first;
  }
}

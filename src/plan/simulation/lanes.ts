import type { Random } from './random.ts';

/** What lanes are made of. */
export interface LaneShape {
  readonly lanes: number;
  readonly slotsPerLane: number;
  /** Slots of a lane that are given away before its others are. */
  readonly firstPassPorts: number;
}

/** What is taken of a lane that has no free slot. */
export const NO_SLOT = -1;

/**
 * How many slots of each lane are used, and which lane the next connection goes to.
 *
 * A lane has two halves: the slots that are given away first, and the others. Which one a slot is of is known from a number:
 * twice its lane's and, in the second half, 1 more.
 */
export abstract class Lanes {
  /** By half. */
  readonly used: Int32Array;
  /** Of all lanes. */
  totalUsed = 0;
  protected readonly count: number;
  readonly #first: number;
  readonly #others: number;

  constructor({ lanes, slotsPerLane, firstPassPorts }: LaneShape) {
    this.used = new Int32Array(2 * lanes);
    this.count = lanes;
    this.#first = firstPassPorts;
    this.#others = slotsPerLane - firstPassPorts;
  }

  /** The lane for the next connection. */
  abstract choose(): number;

  /** The lane for another try of the connection that the last lane was chosen for. */
  chooseAgain(): number {
    return this.choose();
  }

  /** Takes a slot, and returns its half; NO_SLOT where none is free. */
  take(lane: number): number {
    const used = this.used;
    let half = lane << 1;
    if ((used[half] as number) >= this.#first) {
      half += 1;
      if ((used[half] as number) >= this.#others) return NO_SLOT;
    }
    used[half] = (used[half] as number) + 1;
    this.totalUsed += 1;
    return half;
  }

  release(half: number): void {
    this.used[half] = (this.used[half] as number) - 1;
    this.totalUsed -= 1;
  }

  /** A connection of the lane that is kept is not needed any longer, and waits. */
  idle(_lane: number): void {}

  /** A connection of the lane that waited does not any longer. */
  wake(_lane: number): void {}
}

export class RoundRobinLanes extends Lanes {
  #next = 0;

  override choose(): number {
    const lane = this.#next;
    this.#next = lane + 1 === this.count ? 0 : lane + 1;
    return lane;
  }
}

export class RandomLanes extends Lanes {
  readonly #random: Random;

  constructor(shape: LaneShape, random: Random) {
    super(shape);
    this.#random = random;
  }

  override choose(): number {
    return this.#random.below(this.count);
  }
}

import type { Moment } from './moment.ts';
import type { SimulatedTier, SimulationOptions, UsedByState } from './simulated-tier.ts';

/** Where the sums are in their array: those of states are in the order in which a connection passes them. */
const [SYN_SENT, ESTABLISHED, CLOSING, TIME_WAIT, WHOLE, WHOLE_HELD] = [0, 1, 2, 3, 4, 5];

/**
 * How long slots are held in each state, all added up, within the time that counts. Sums are in an array, and connections
 * that live within that time as a whole are added all at once at the end: this is done for each connection.
 */
export class StateSeconds {
  readonly #sums = new Float64Array(6);
  readonly #from: number;
  readonly #until: number;
  readonly #roundTrip: number;
  readonly #timeWait: number;
  /** What a slot is held beyond the connection's life. */
  readonly #beyond: number;

  constructor({ roundTripSeconds = 0, afterCloseSeconds }: SimulatedTier, options: SimulationOptions) {
    this.#from = options.warmUpSeconds;
    this.#until = options.seconds;
    this.#roundTrip = roundTripSeconds;
    this.#timeWait = afterCloseSeconds;
    this.#beyond = 2 * roundTripSeconds + afterCloseSeconds;
  }

  /** Adds a connection that is opened then and lives for so long. */
  add(openedAt: Moment, lives: Moment): void {
    const sums = this.#sums;
    const opened = openedAt[0] as number;
    const life = lives[0] as number;
    if (opened >= this.#from && opened + life + this.#beyond <= this.#until) {
      sums[WHOLE] = (sums[WHOLE] as number) + 1;
      sums[WHOLE_HELD] = (sums[WHOLE_HELD] as number) + life;
      return;
    }
    const established = this.#addState(SYN_SENT, opened, this.#roundTrip);
    this.#addEnd(this.#addState(ESTABLISHED, established, life));
  }

  /** Adds a connection that is opened then, and has no end yet. */
  addKept(openedAt: number): void {
    const established = this.#addState(SYN_SENT, openedAt, this.#roundTrip);
    this.#addState(ESTABLISHED, established, Number.POSITIVE_INFINITY);
  }

  /** Ends a connection that had none. */
  endKept(closesAt: number): void {
    const sums = this.#sums;
    const rest = Math.max(0, this.#until - Math.max(closesAt, this.#from));
    sums[ESTABLISHED] = (sums[ESTABLISHED] as number) - rest;
    this.#addEnd(closesAt);
  }

  /** Slots that were used on average. */
  mean(): UsedByState {
    const sums = this.#sums;
    const whole = sums[WHOLE] as number;
    const seconds = this.#until - this.#from;
    const mean = (state: number, ofWhole: number): number => ((sums[state] as number) + ofWhole) / seconds;
    return {
      synSent: mean(SYN_SENT, whole * this.#roundTrip),
      established: mean(ESTABLISHED, sums[WHOLE_HELD] as number),
      closing: mean(CLOSING, whole * this.#roundTrip),
      timeWait: mean(TIME_WAIT, whole * this.#timeWait),
    };
  }

  #addEnd(closesAt: number): void {
    this.#addState(TIME_WAIT, this.#addState(CLOSING, closesAt, this.#roundTrip), this.#timeWait);
  }

  /** Returns when it ends. */
  #addState(state: number, begins: number, seconds: number): number {
    const ends = begins + seconds;
    const counted = Math.min(ends, this.#until) - Math.max(begins, this.#from);
    if (counted > 0) this.#sums[state] = (this.#sums[state] as number) + counted;
    return ends;
  }
}

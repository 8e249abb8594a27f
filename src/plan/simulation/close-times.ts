import { CloseHeap } from './close-heap.ts';
import { type Moment, momentAt } from './moment.ts';

const FIRST_CAPACITY = 64;
const NONE = -1;

/** How many connections of one bucket are sorted: from there on a heap is quicker. */
const MOST_SORTED = 32;
/** Buckets reach so many mean lives ahead: few connections live longer. */
const LIVES_AHEAD = 4;
const [FEWEST_BUCKETS, MOST_BUCKETS] = [64, 2 ** 22];

/**
 * Connections that are closed in another order than they were opened in: in buckets of equal times, two connections in each
 * or so, which are sorted when their time has come (Brown: "Calendar queues", 1988). Takes the same time however many
 * connections are open. Those that live longer than the buckets reach, and those of a bucket that has too many to sort, are
 * in a heap. Arrays are doubled where they are full.
 */
export class CloseTimes {
  /** By bucket: its first connection. The buckets are a ring: with the current one begins what is ahead. */
  readonly #first: Int32Array;
  readonly #bucketsPerSecond: number;
  /** Number of the current bucket, counted from time 0. */
  readonly #current = momentAt(0);
  #currentIndex = 0;

  #times = new Float64Array(FIRST_CAPACITY);
  #tags = new Int32Array(FIRST_CAPACITY);
  /** By connection: the next one of the same bucket, or the next place that is empty. */
  #next = Int32Array.from({ length: FIRST_CAPACITY }, (_, index) => index + 1);
  #empty = 0;
  #inBuckets = 0;

  /** Those of the current bucket, the first to be closed first. */
  readonly #sortedTimes = new Float64Array(MOST_SORTED);
  readonly #sortedTags = new Int32Array(MOST_SORTED);
  #sortedBegin = 0;
  #sortedEnd = 0;

  readonly #rest = new CloseHeap();
  readonly #moved = momentAt(0);

  /**
   * @param expected how many are open at a time, about
   * @param meanSeconds how long they live on average, 0 or more
   */
  constructor(expected: number, meanSeconds: number) {
    const wanted = Math.min(MOST_BUCKETS, Math.max(FEWEST_BUCKETS, 2 * expected));
    const buckets = 2 ** Math.ceil(Math.log2(wanted));
    this.#first = new Int32Array(buckets).fill(NONE);
    this.#bucketsPerSecond = buckets / (LIVES_AHEAD * (meanSeconds || 1));
  }

  /** Connections that it has room for: below twice the most that it ever held, or as many as at first. */
  get capacity(): number {
    return this.#times.length + this.#rest.capacity;
  }

  /** @param tag a whole number to know it by, 32 bits with its sign */
  push(tag: number, closesAt: Moment): void {
    const ahead = Math.floor((closesAt[0] as number) * this.#bucketsPerSecond) - (this.#current[0] as number);
    if (ahead <= 0) this.#sort(tag, closesAt);
    else if (ahead < this.#first.length) this.#pushAhead(tag, closesAt, ahead | 0);
    else this.#rest.push(tag, closesAt);
  }

  /** Whether a connection is closed until then, that included. */
  isDue(until: Moment): boolean {
    const time = until[0] as number;
    if (this.#sortedBegin === this.#sortedEnd) this.#advance(time);
    if (this.#sortedBegin < this.#sortedEnd && (this.#sortedTimes[this.#sortedBegin] as number) <= time) return true;
    return this.#rest.isDue(until);
  }

  /**
   * Takes out the one that is closed first, and returns its tag. It was just asked for, and is due.
   *
   * @param closedAt is set to when it is closed
   */
  shift(closedAt: Moment): number {
    const begin = this.#sortedBegin;
    if (begin === this.#sortedEnd) return this.#rest.shift(closedAt);
    closedAt[0] = this.#sortedTimes[begin] as number;
    if (this.#rest.isDue(closedAt)) return this.#rest.shift(closedAt);
    this.#sortedBegin = begin + 1;
    return this.#sortedTags[begin] as number;
  }

  #pushAhead(tag: number, closesAt: Moment, ahead: number): void {
    if (this.#empty === this.#times.length) this.#grow();
    const place = this.#empty;
    this.#empty = this.#next[place] as number;
    const bucket = (this.#currentIndex + ahead) & (this.#first.length - 1);
    this.#times[place] = closesAt[0] as number;
    this.#tags[place] = tag;
    this.#next[place] = this.#first[bucket] as number;
    this.#first[bucket] = place;
    this.#inBuckets += 1;
  }

  /** Goes on to the next bucket that has connections, but not past that time. */
  #advance(time: number): void {
    const last = Math.floor(time * this.#bucketsPerSecond);
    const first = this.#first;
    let ahead = last - (this.#current[0] as number);
    if (ahead <= 0) return;
    if (this.#inBuckets > 0) {
      let index = this.#currentIndex;
      do {
        index = (index + 1) & (first.length - 1);
        ahead -= 1;
      } while (ahead > 0 && first[index] === NONE);
      this.#currentIndex = index;
    } else ahead = 0;
    this.#current[0] = last - ahead;
    this.#sortCurrent();
  }

  #sortCurrent(): void {
    let place = this.#first[this.#currentIndex] as number;
    this.#first[this.#currentIndex] = NONE;
    while (place !== NONE) {
      const next = this.#next[place] as number;
      this.#moved[0] = this.#times[place] as number;
      this.#sort(this.#tags[place] as number, this.#moved);
      this.#next[place] = this.#empty;
      this.#empty = place;
      this.#inBuckets -= 1;
      place = next;
    }
  }

  #sort(tag: number, closesAt: Moment): void {
    const times = this.#sortedTimes;
    const tags = this.#sortedTags;
    if (this.#sortedBegin === this.#sortedEnd) {
      this.#sortedBegin = 0;
      this.#sortedEnd = 0;
    }
    if (this.#sortedEnd === MOST_SORTED) {
      this.#rest.push(tag, closesAt);
      return;
    }
    const time = closesAt[0] as number;
    let place = this.#sortedEnd;
    while (place > this.#sortedBegin && (times[place - 1] as number) > time) {
      times[place] = times[place - 1] as number;
      tags[place] = tags[place - 1] as number;
      place -= 1;
    }
    times[place] = time;
    tags[place] = tag;
    this.#sortedEnd += 1;
  }

  #grow(): void {
    const size = this.#times.length;
    const [times, tags, next] = [new Float64Array(2 * size), new Int32Array(2 * size), new Int32Array(2 * size)];
    times.set(this.#times);
    tags.set(this.#tags);
    next.set(this.#next);
    for (let place = size; place < 2 * size; place += 1) next[place] = place + 1;
    [this.#times, this.#tags, this.#next] = [times, tags, next];
  }
}

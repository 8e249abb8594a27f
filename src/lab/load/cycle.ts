import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { FourtupleError } from '../../tcp/error.ts';
import { plural } from '../../tcp/number-text.ts';
import type { Host } from '../host.ts';
import { seconds } from './clock.ts';
import { evenly } from './evenly.ts';
import { closeInOrder } from './fill.ts';
import { countTimeWait, notAllBack, Releases } from './releases.ts';
import type { Way } from './way.ts';

/** Then others of this process have their turn. */
const MOST_AT_ONCE_MS = 25;
/** After a refusal; more where the kernel takes long to search a wide range in vain. */
const PAUSE_MS = 10;
const PAUSE_PER_SEARCH = 4;
const MOST_PAUSE_MS = 100;
/** While nothing is expected to come back. */
const IDLE_PAUSE_MS = 500;

/** How long a slot takes from one connection to its next, on average, in seconds. */
export interface CycleSeconds {
  /** Until the kernel lets it go. */
  readonly untilBack: number;
  /** Until the client has it again: it opens them one by one, and many come back at once. */
  readonly untilTaken: number;
}

/**
 * A client that takes every slot of some lanes, and then each once more as soon as it comes back. Its connections end at
 * once: it closes first, and is left with TIME_WAIT.
 */
export class Cycle {
  readonly #host: Host;
  readonly #ways: readonly Way[];
  readonly #isRefused: boolean[];
  readonly #expectedSlots: number;
  readonly #releases = new Releases();
  #turn = 0;
  #slots = 0;
  #opened = 0;
  #firstAt = 0;
  /** Of the moments at which so many were opened, in seconds. */
  #sum = 0;
  #sumOfFill = 0;

  /**
   * @param host without any TIME_WAIT, and without another client
   * @param ways taken in turn; where one is refused, the others go on
   * @param expectedSlots of all ways
   */
  constructor(host: Host, ways: readonly Way[], expectedSlots: number) {
    this.#host = host;
    this.#ways = ways;
    this.#isRefused = ways.map(() => false);
    this.#expectedSlots = expectedSlots;
  }

  /** How many connections there were before the first refusal on all ways. */
  get slots(): number {
    return this.#slots;
  }

  /**
   * Opens connections until all ways are refused.
   *
   * @param overSeconds that the expected slots are spread over, evenly
   * @param mostSeconds from then on the first slots may be back
   * @returns how many slots that were
   * @throws FourtupleError FT_LAB where they are not refused in time
   */
  async fill(overSeconds: number, mostSeconds: number): Promise<number> {
    this.#firstAt = seconds();
    await evenly(this.#expectedSlots / overSeconds, (due) => {
      if (seconds() - this.#firstAt > mostSeconds) throw neverFull(this.#opened, mostSeconds);
      return this.#host.inside(() => this.#open(due));
    });
    this.#slots = this.#opened;
    this.#sumOfFill = this.#sum;
    return this.#slots;
  }

  /**
   * Opens as many connections again, each as soon as the kernel lets it.
   *
   * @param idleSeconds from the first one on: until then nothing is expected to come back, and it is tried seldom
   * @param mostSeconds from the first one on
   * @throws FourtupleError FT_LAB where not all slots have come back in time
   */
  async takeAgain(idleSeconds: number, mostSeconds: number): Promise<CycleSeconds> {
    const slots = this.#slots;
    while (this.#opened < 2 * slots) {
      const tried = seconds();
      if (!this.#host.inside(() => this.#lookAndOpen(2 * slots))) {
        await nextTurn();
        continue;
      }
      const now = seconds();
      if (now - this.#firstAt > mostSeconds) throw notAllBack(this.#opened - slots, slots, now - this.#firstAt);
      await sleep(now - this.#firstAt < idleSeconds ? IDLE_PAUSE_MS : pauseAfter(1_000 * (now - tried)));
    }
    this.#host.inside(() => this.#look());
    const openedAt = this.#sumOfFill / slots;
    return {
      untilBack: this.#releases.meanSeconds - openedAt,
      untilTaken: (this.#sum - this.#sumOfFill) / slots - openedAt,
    };
  }

  #lookAndOpen(most: number): boolean {
    this.#look();
    return this.#open(most);
  }

  #look(): void {
    // Where it takes long, some that were taken again are back again too.
    this.#releases.look(Math.min(this.#slots, this.#opened - countTimeWait()), seconds());
  }

  /** @returns whether all ways were refused before so many were opened in all */
  #open(most: number): boolean {
    const end = performance.now() + MOST_AT_ONCE_MS;
    this.#isRefused.fill(false);
    let waysLeft = this.#ways.length;
    while (this.#opened < most && performance.now() < end) {
      const turn = this.#turn;
      this.#turn = (turn + 1) % this.#ways.length;
      if (this.#isRefused[turn] === true || this.#openBy(this.#ways[turn] as Way)) continue;
      this.#isRefused[turn] = true;
      waysLeft -= 1;
      if (waysLeft === 0) return true;
    }
    return false;
  }

  /** @returns false where it was refused */
  #openBy(way: Way): boolean {
    const socket = way.connect();
    if (socket === null) return false;
    this.#sum += seconds();
    this.#opened += 1;
    closeInOrder(socket, way.server.listener.accept());
    return true;
  }
}

function pauseAfter(searchMs: number): number {
  return Math.min(MOST_PAUSE_MS, Math.max(PAUSE_MS, PAUSE_PER_SEARCH * searchMs));
}

function neverFull(opened: number, mostSeconds: number): FourtupleError {
  const text = `${plural(opened, 'connection')} were opened in ${mostSeconds} s, and some lane has a slot yet`;
  return new FourtupleError('FT_LAB', text, {
    hint: 'This machine is too busy to take all slots before the first comes back.',
  });
}

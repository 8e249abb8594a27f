import type { Census } from '../../census/census.ts';
import { CloseCounts } from '../../census/close-counts.ts';
import { compareCloses, type WatchedCloses } from '../../census/compare-closes.ts';
import type { NamespaceCensus } from '../../census/namespace-census.ts';
import { inNamespace, type NamespaceHandle } from '../../linux/network-namespace.ts';
import { SocketCloses } from '../../linux/socket-closes.ts';
import { FourtupleError } from '../../tcp/error.ts';

const WINDOW_MS = 10_000;
/** So many at a time, so that nobody else waits long. */
const MOST_AT_ONCE = 20_000;
/** At most this part of a core goes into reading closes: where they come faster, they are not counted for a while. */
const MOST_COST = 0.004;
const PAUSE_MS = 60_000;

/** Closes of one window: what each lane of the census at its end did meanwhile. */
export interface ClosedWindow {
  readonly watched: WatchedCloses;
  readonly seconds: number;
}

/**
 * Counts closes in one network namespace, window by window, from the kernel's event for each socket that comes to its end.
 * While it is open it keeps the namespace alive: it must be closed when the namespace has nothing else.
 */
export class ClosesWindow {
  #closes: SocketCloses | null = null;
  #counts: CloseCounts | null = null;
  #before: Census | null = null;
  #beforeAt = 0;
  #readMs = 0;
  #pausedUntil = 0;
  #problem: string | null = null;
  readonly #windowMs: number;

  /** @param windowMs over so long the rates of a lane are averaged */
  constructor(windowMs: number = WINDOW_MS) {
    this.#windowMs = windowMs;
  }

  /** Why nothing is counted now, one sentence; null where it is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Reads what the kernel has told since; to be called before each census, so that it need not be kept for long. */
  read(): void {
    if (this.#closes === null || this.#counts === null) return;
    const start = performance.now();
    try {
      this.#closes.drain(MOST_AT_ONCE, this.#counts.add);
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
      this.#pause(`Closes are not counted: ${error.message}.`);
      return;
    }
    if (this.#closes.lost) this.#pause('Closes are not counted for a minute: more came than could be read.');
    this.#readMs += performance.now() - start;
  }

  /**
   * @param handle of the namespace, open during the call
   * @returns what was counted, where a window has ended with this census; else null
   */
  step(handle: NamespaceHandle, { census }: NamespaceCensus): ClosedWindow | null {
    const now = performance.now();
    if (this.#closes === null) {
      if (now >= this.#pausedUntil) this.#open(handle, census, now);
      return null;
    }
    const elapsed = now - this.#beforeAt;
    if (elapsed < this.#windowMs) return null;
    const watched = compareCloses({
      before: this.#before as Census,
      after: census,
      counts: this.#counts as CloseCounts,
      seconds: elapsed / 1_000,
      secondsBetween: elapsed / 1_000,
    });
    const isDear = this.#readMs > MOST_COST * Math.max(elapsed, WINDOW_MS);
    this.#begin(census, now);
    if (isDear) {
      this.#pause('Closes are not counted for a minute: there are so many that counting them would cost too much.');
    }
    return { watched, seconds: elapsed / 1_000 };
  }

  close(): void {
    this.#closes?.close();
    this.#closes = null;
    this.#counts = null;
    this.#before = null;
  }

  #open(handle: NamespaceHandle, census: Census, now: number): void {
    try {
      this.#closes = inNamespace(handle, () => SocketCloses.open());
      this.#problem = null;
      this.#begin(census, now);
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
      this.#pause(`Closes are not counted: ${error.message}.`);
    }
  }

  #begin(census: Census, now: number): void {
    this.#counts = new CloseCounts(census.scan);
    this.#before = census;
    this.#beforeAt = now;
    this.#readMs = 0;
  }

  #pause(problem: string): void {
    this.close();
    this.#problem = problem;
    this.#pausedUntil = performance.now() + PAUSE_MS;
  }
}

import type { Census } from '../../census/census.ts';
import { CloseCounts } from '../../census/close-counts.ts';
import { compareCloses, type WatchedCloses } from '../../census/compare-closes.ts';
import type { NamespaceCensus } from '../../census/namespace-census.ts';
import { inNamespace, type NamespaceHandle } from '../../linux/network-namespace.ts';
import { SocketCloses } from '../../linux/socket-closes.ts';
import { FourtupleError } from '../../tcp/error.ts';

const WINDOW_MS = 10_000;
/** So many at a time, before the clock is looked at: some milliseconds. */
const AT_ONCE = 500;
/** At most this part of a core goes into reading closes: where they come faster, they are not counted for a while. */
const MOST_COST = 0.004;
const MOST_READ_MS = MOST_COST * WINDOW_MS;
const PAUSE_MS = 60_000;
const PAUSED = 'Closes are not counted for a minute: they come faster than may be read at little cost.';

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
  #isPaused = false;
  readonly #windowMs: number;

  /** @param windowMs over so long the rates of a lane are averaged */
  constructor(windowMs: number = WINDOW_MS) {
    this.#windowMs = windowMs;
  }

  /** Why nothing can be counted, one sentence; null where it can. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Whether closes are counted now. */
  get isCounting(): boolean {
    return this.#closes !== null;
  }

  /** What is not known for a while, one sentence; null where all is. */
  get note(): string | null {
    return this.#isPaused ? PAUSED : null;
  }

  /**
   * Reads what the kernel has told since; to be called before each census, so that it need not be kept for long.
   *
   * @returns how long it took, in milliseconds
   */
  read(): number {
    if (this.#closes === null || this.#counts === null) return 0;
    const start = performance.now();
    const spent = (): number => performance.now() - start;
    try {
      while (this.#closes.drain(AT_ONCE, this.#counts.add) === AT_ONCE) {
        if (this.#readMs + spent() > MOST_READ_MS) break;
      }
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
      this.#problem = `Closes are not counted: ${error.message}.`;
      this.#pause();
      return spent();
    }
    const { lost } = this.#closes;
    this.#readMs += spent();
    if (lost || this.#readMs > MOST_READ_MS) {
      this.#isPaused = true;
      this.#pause();
    }
    return spent();
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
    this.#begin(census, now);
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
      this.#isPaused = false;
      this.#begin(census, now);
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
      this.#problem = `Closes are not counted: ${error.message}.`;
      this.#pause();
    }
  }

  #begin(census: Census, now: number): void {
    this.#counts = new CloseCounts(census.scan);
    this.#before = census;
    this.#beforeAt = now;
    this.#readMs = 0;
  }

  #pause(): void {
    this.close();
    this.#pausedUntil = performance.now() + PAUSE_MS;
  }
}

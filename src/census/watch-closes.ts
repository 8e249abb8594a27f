import { inNamespace } from '../linux/network-namespace.ts';
import { SocketCloses } from '../linux/socket-closes.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { Census } from './census.ts';
import { CloseCounts } from './close-counts.ts';
import { compareCloses, type WatchedCloses } from './compare-closes.ts';
import type { NamespaceCensus } from './namespace-census.ts';
import { type TakeCensusOptions, takeCensus } from './take-census.ts';

export type { WatchedCloses } from './compare-closes.ts';

export interface WatchOptions extends Pick<TakeCensusOptions, 'namespace'> {
  /** Opens the kernel's multicast; what a test replaces. */
  readonly openCloses?: (() => SocketCloses) | undefined;
}

/** Often enough for 30,000 closes a second where an unprivileged socket holds 330 of them (net.core.rmem_max of 208 KiB). */
const POLL_MS = 10;
/** So many at a time take some 20 ms, for which everything else waits. */
const MOST_AT_ONCE = 20_000;
/** At the end all that waits is read, unless it comes faster than that goes. */
const LAST_ROUNDS = 200;
const LOST =
  'More connections closed than could be read in time, and some closes were missed: the rates of opens and closes are not known.';

/**
 * Watches how often the lanes of a network namespace are opened and closed: from the kernel's event for each socket that
 * comes to its end, and the live slots of a census before and one after. It sees what TIME_WAIT does not show: lanes whose
 * other end closes first, or whose TIME_WAIT slots are reused. Needs no privilege for this process's own namespace.
 */
export class ClosesWatch {
  readonly #before: Census;
  readonly #beforeAt: number;
  readonly #counts: CloseCounts;
  readonly #closes: SocketCloses | null;
  readonly #start: number = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;
  #end = 0;
  #failure: string | null;

  private constructor(
    { census, durationSeconds }: NamespaceCensus,
    closes: SocketCloses | null,
    failure: string | null,
  ) {
    this.#before = census;
    this.#beforeAt = this.#start - (durationSeconds * 1_000) / 2;
    this.#counts = new CloseCounts(census.scan);
    this.#closes = closes;
    this.#failure = failure;
    this.#timer = closes === null ? undefined : setInterval(() => void this.#read(), POLL_MS);
  }

  /**
   * Takes a census, and watches from then on.
   *
   * @throws FourtupleError where no census can be taken: see `takeCensus`
   */
  static async start({ namespace, openCloses = SocketCloses.open }: WatchOptions = {}): Promise<ClosesWatch> {
    const before = await takeCensus({ namespace, askAboutPorts: false });
    try {
      return new ClosesWatch(before, namespace === undefined ? openCloses() : inNamespace(namespace, openCloses), null);
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
      return new ClosesWatch(before, null, `Closes cannot be watched: ${error.message}.`);
    }
  }

  /** Ends the watch. To be called just before the census that it is compared with; may be called again. */
  stop(): void {
    if (this.#end > 0) return;
    clearInterval(this.#timer);
    let rounds = 0;
    while (this.#read() === MOST_AT_ONCE && rounds < LAST_ROUNDS) rounds += 1;
    this.#end = performance.now();
    if (rounds === LAST_ROUNDS || this.#closes?.lost === true) this.#failure ??= LOST;
    this.#closes?.close();
  }

  /** @param taken the census that was taken after {@link stop}, of the same namespace; call once */
  compare({ census, durationSeconds }: NamespaceCensus): WatchedCloses {
    this.stop();
    if (this.#failure !== null) {
      return { observed: () => null, bytesPerConnection: () => null, closes: 0, notes: [this.#failure] };
    }
    return compareCloses({
      before: this.#before,
      after: census,
      counts: this.#counts,
      seconds: (this.#end - this.#start) / 1_000,
      secondsBetween: (this.#end - this.#beforeAt) / 1_000 + durationSeconds / 2,
    });
  }

  /** @returns how many there were */
  #read(): number {
    if (this.#closes === null || this.#failure !== null) return 0;
    try {
      return this.#closes.drain(MOST_AT_ONCE, this.#counts.add);
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
      this.#failure = `The rates of opens and closes are not known: ${error.message}.`;
      return 0;
    }
  }
}

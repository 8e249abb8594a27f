import { ConnectTrace, type Refusal } from '../../linux/connect-trace.ts';
import { FourtupleError } from '../../tcp/error.ts';

/** Reads at most so many times in a row, of some 1,700 refusals each: whoever retries in a loop must not stop the samples. */
const MOST_READS = 4;

/** Counts the connects of this machine that find no port, from now on, where that may be done. */
export class RefusalCounts {
  readonly #trace: ConnectTrace | null;
  /** Why nothing is counted, one sentence; null where it is. */
  readonly problem: string | null;
  #lost = 0;

  private constructor(trace: ConnectTrace | null, problem: string | null) {
    this.#trace = trace;
    this.problem = problem;
  }

  /** Counts nothing. */
  static off(): RefusalCounts {
    return new RefusalCounts(null, null);
  }

  static open(): RefusalCounts {
    try {
      return new RefusalCounts(ConnectTrace.open(), null);
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
      const hint = error.hint === undefined ? '' : ` ${error.hint}`;
      return new RefusalCounts(null, `Connects that find no port are not counted: ${error.message}.${hint}`);
    }
  }

  get isCounting(): boolean {
    return this.#trace !== null;
  }

  /** Refusals that were recorded and could not be read in time; null where nothing is counted. */
  get lost(): number | null {
    return this.#trace === null ? null : this.#lost;
  }

  /** What was refused since the last call. */
  take(): readonly Refusal[] {
    if (this.#trace === null) return [];
    for (let reads = 0; reads < MOST_READS && !this.#trace.read(); reads += 1);
    const refusals = this.#trace.takeRefusals();
    this.#lost = refusals[0]?.lost ?? this.#lost;
    return refusals;
  }

  close(): void {
    this.#trace?.close();
  }
}

import type { InetDiagView } from '../linux/inet-diag-message.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';

/** Sums up what live connections tell of the network (struct tcp_info). What older kernels do not tell stays unknown. */
export class NetworkFigures {
  readonly #most: number;
  readonly #roundTrips: number[] = [];
  readonly #variances: number[] = [];
  readonly #timeouts: number[] = [];
  readonly #segments = new Quotient();
  readonly #reordered = new Quotient();
  readonly #timestamps = new Quotient();
  readonly #bytes = new Quotient();

  /** @param most at most so many connections; further ones are passed over */
  constructor(most: number) {
    this.#most = most;
  }

  /** Connections that were counted. */
  get samples(): number {
    return this.#roundTrips.length;
  }

  /** Mean of the bytes carried so far, both ways together; null where not known. */
  get bytesPerConnection(): number | null {
    const mean = this.#bytes.value;
    return mean === null ? null : Math.round(mean);
  }

  /** Counts a connection, unless its round trip has not been measured or the message has no tcp_info. */
  add(socket: InetDiagView): void {
    if (this.samples >= this.#most) return;
    const { roundTripMicroseconds: roundTrip, roundTripVarianceMicroseconds: variance } = socket;
    const { retransmitTimeoutMicroseconds: timeout, timestamps } = socket;
    if (roundTrip === undefined || roundTrip === 0 || variance === undefined) return;
    if (timeout === undefined || timestamps === undefined) return;
    this.#roundTrips.push(roundTrip / 1e6);
    this.#variances.push(variance / 1e6);
    this.#timeouts.push(timeout / 1e6);
    this.#timestamps.count(timestamps ? 1 : 0, 1);
    const { totalRetransmits, segmentsOut, reorderSeen, bytesAcked, bytesReceived } = socket;
    if (totalRetransmits !== undefined && segmentsOut !== undefined)
      this.#segments.count(totalRetransmits, segmentsOut);
    if (reorderSeen !== undefined) this.#reordered.count(reorderSeen > 0 ? 1 : 0, 1);
    // The acknowledged SYN counts as a byte.
    if (bytesAcked !== undefined && bytesReceived !== undefined) {
      this.#bytes.count(Math.max(0, bytesAcked - 1) + bytesReceived, 1);
    }
  }

  /** Counts what another one has counted. */
  include(other: NetworkFigures): void {
    this.#roundTrips.push(...other.#roundTrips);
    this.#variances.push(...other.#variances);
    this.#timeouts.push(...other.#timeouts);
    this.#segments.include(other.#segments);
    this.#reordered.include(other.#reordered);
    this.#timestamps.include(other.#timestamps);
    this.#bytes.include(other.#bytes);
  }

  quality(isPrivate: boolean): NetworkQuality {
    return {
      samples: this.samples,
      isPrivate,
      roundTripSeconds: median(this.#roundTrips),
      roundTripVarianceSeconds: median(this.#variances),
      retransmitTimeoutSeconds: ninthTenth(this.#timeouts),
      segmentsSent: this.#segments.whole === 0 ? null : this.#segments.whole,
      retransmittedShare: this.#segments.value,
      reorderedShare: this.#reordered.value,
      timestampsShare: this.#timestamps.value,
      bytesPerConnection: this.bytesPerConnection,
    };
  }
}

/** What is summed over connections, by what they have in all. */
class Quotient {
  #part = 0;
  #whole = 0;

  get whole(): number {
    return this.#whole;
  }

  get value(): number | null {
    return this.#whole === 0 ? null : Number((this.#part / this.#whole).toFixed(6));
  }

  count(part: number, whole: number): void {
    this.#part += part;
    this.#whole += whole;
  }

  include(other: Quotient): void {
    this.count(other.#part, other.#whole);
  }
}

/** null of nothing; the mean of the two in the middle where their number is even. */
function median(values: readonly number[]): number | null {
  const ordered = ascending(values);
  const middle = ordered.length >> 1;
  const upper = ordered[middle];
  if (upper === undefined) return null;
  const lower = ordered.length % 2 === 0 ? (ordered[middle - 1] as number) : upper;
  return Number(((lower + upper) / 2).toFixed(9));
}

/** The smallest value that nine in ten do not exceed; null of nothing. */
function ninthTenth(values: readonly number[]): number | null {
  const ordered = ascending(values);
  return ordered[Math.ceil(0.9 * ordered.length) - 1] ?? null;
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

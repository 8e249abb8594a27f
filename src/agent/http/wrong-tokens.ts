import { isIPv4, tryParseAddress } from '../../tcp/address.ts';

const MOST_WRONG = 10;
const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 1_024;

/**
 * Counts wrong tokens by where they come from, so that nobody tries many. It never takes more memory than 1,024 addresses
 * need: with more of them the oldest count is forgotten.
 */
export class WrongTokens {
  readonly #counts = new Map<string, { wrong: number; readonly sinceMs: number }>();
  readonly #now: () => number;

  /** @param now milliseconds that only grow */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** For how long no token from there is to be looked at: 0 or more whole seconds. */
  secondsToWait(from: string): number {
    const count = this.#counts.get(sourceOf(from));
    if (count === undefined || count.wrong < MOST_WRONG) return 0;
    return Math.max(0, Math.ceil((count.sinceMs + WINDOW_MS - this.#now()) / 1_000));
  }

  add(from: string): void {
    const source = sourceOf(from);
    const count = this.#counts.get(source);
    if (count !== undefined && this.#now() - count.sinceMs < WINDOW_MS) {
      count.wrong += 1;
      return;
    }
    this.#counts.delete(source);
    this.#counts.set(source, { wrong: 1, sinceMs: this.#now() });
    if (this.#counts.size > MOST_ADDRESSES) this.#counts.delete(this.#counts.keys().next().value as string);
  }
}

/** An IPv6 host may choose its address among the 2^64 of its network: they count as one. */
function sourceOf(from: string): string {
  const address = tryParseAddress(from.replace(/%.*$/, ''));
  if (address === undefined || isIPv4(address)) return from;
  return `${address[0]}:${address[1]}`;
}

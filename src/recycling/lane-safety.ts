import { recycleAgeSeconds, recycleSafety } from '../remedies/recycle-time-wait.ts';
import type { Safety } from '../remedies/remedy.ts';
import type { NetworkQuality, Segments } from '../tcp/network-quality.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';

/**
 * What was measured of a network stands for so long where later too few live to measure it by: the connections whose
 * TIME_WAIT is not over went through it meanwhile.
 */
const REMEMBERED_MS = LINUX_TIME_WAIT_MS;

/** Whether the TIME_WAIT slots of a lane may be released, and from which age on, by what was measured last. */
export class LaneSafety {
  readonly #isLocal: boolean;
  #safety: Safety | null = null;
  #ageSeconds: number = recycleAgeSeconds(null);
  #isKnown = false;
  /** When as much as is needed was measured last, and when a retransmission timeout was. */
  #knownAt = Number.NEGATIVE_INFINITY;
  #timedAt = Number.NEGATIVE_INFINITY;

  constructor(isLocal: boolean) {
    this.#isLocal = isLocal;
  }

  /** null until it was judged. */
  get safety(): Safety | null {
    return this.#safety;
  }

  /** Whether as much was measured as is needed, now or not long ago. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  get ageSeconds(): number {
    return this.#ageSeconds;
  }

  /**
   * @param nowMs of any clock that only goes on
   * @param segments all that the machine has sent
   */
  judge(network: NetworkQuality, nowMs: number, segments: Segments | null = null): void {
    if (network.retransmitTimeoutSeconds !== null) this.#timedAt = nowMs;
    if (this.#timedAt === nowMs || nowMs - this.#timedAt >= REMEMBERED_MS)
      this.#ageSeconds = recycleAgeSeconds(network);
    const safety = recycleSafety(this.#isLocal, network, segments);
    const isEnough = safety.safe !== null && network.retransmitTimeoutSeconds !== null;
    if (isEnough) this.#knownAt = nowMs;
    else if (nowMs - this.#knownAt < REMEMBERED_MS) return;
    this.#isKnown = isEnough;
    this.#safety = safety;
  }
}

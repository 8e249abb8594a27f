import { readSocketCounts } from '../../linux/sockstat.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { plural } from '../../tcp/number-text.ts';

/**
 * When slots came back from TIME_WAIT, by a count that is looked at now and then. It does not matter whether the client
 * that waits for them is slow to take them.
 */
export class Releases {
  #count = 0;
  #sum = 0;

  /** When they came back, on average, in the seconds of the looks; NaN where none did. */
  get meanSeconds(): number {
    return this.#sum / this.#count;
  }

  /**
   * What came back since the last look counts as having come now; what was counted too early is taken back.
   *
   * @param count how many have come back in all
   */
  look(count: number, seconds: number): void {
    this.#sum += (count - this.#count) * seconds;
    this.#count = count;
  }
}

/** Some slots have not come back in time. */
export function notAllBack(back: number, slots: number, afterSeconds: number): FourtupleError {
  const text = `${back} of ${plural(slots, 'slot')} have come back in ${afterSeconds.toFixed(0)} s`;
  return new FourtupleError('FT_LAB', text, {
    hint: 'This machine is too busy, or its kernel holds TIME_WAIT longer than any that is known.',
  });
}

/** Of the namespace that the thread is in (tw of /proc/net/sockstat). @throws FourtupleError FT_KERNEL where it is not told */
export function countTimeWait(): number {
  const counts = readSocketCounts();
  if (counts === null) throw new FourtupleError('FT_KERNEL', '/proc/net/sockstat does not tell the TIME_WAIT sockets');
  return counts.timeWait;
}

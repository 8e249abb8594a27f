import { setTimeout as sleep } from 'node:timers/promises';
import { FourtupleError } from '../../tcp/error.ts';
import { plural } from '../../tcp/number-text.ts';
import { median } from '../median.ts';
import { seconds } from './clock.ts';

/** Slots that are each held for as long, over and over. */
export interface Rotation<T> {
  readonly slots: number;
  readonly holdSeconds: number;
  /** How often each slot is taken. */
  readonly times: number;
  /** Takes one; null where none is left. */
  take(): T | null;
  /** Lets go of one that was held for as long. */
  end(taken: T): void;
}

const PAUSE_MS = 1;
/** On a loaded machine all takes longer. */
const PATIENCE_SECONDS = 30;

/**
 * Takes all slots, evenly over the time that each is held, and then each anew as soon as it comes back: it is tried all the
 * time.
 *
 * @returns after how many seconds a slot that was let go of is taken again: from each one to the take that comes as many
 * later as there are slots. The median, for the machine now and then holds a load up. That it lets go of a slot late is no
 * part of it
 * @throws FourtupleError FT_LAB where slots do not come back
 */
export async function rotate<T>({ slots, holdSeconds, times, take, end }: Rotation<T>): Promise<number> {
  const start = seconds();
  const held: { readonly slot: T; readonly since: number }[] = [];
  const endedAt: number[] = [];
  const untilTaken: number[] = [];
  const endNext = (): boolean => {
    const next = held[endedAt.length];
    if (next === undefined || seconds() - next.since < holdSeconds) return false;
    endedAt.push(seconds());
    end(next.slot);
    return true;
  };
  const takeNext = (): boolean => {
    const isDue = held.length >= slots || seconds() - start >= (held.length / slots) * holdSeconds;
    const slot = isDue ? take() : null;
    if (slot === null) return false;
    const since = seconds();
    if (held.length >= slots) untilTaken.push(since - (endedAt[held.length - slots] as number));
    held.push({ slot, since });
    return true;
  };
  while (held.length < slots * times) {
    const [hasEnded, hasTaken] = [endNext(), takeNext()];
    if (hasEnded || hasTaken) continue;
    if (seconds() - start > times * holdSeconds + PATIENCE_SECONDS) throw late(held.length, slots);
    await sleep(PAUSE_MS);
  }
  for (const { slot } of held.slice(endedAt.length)) end(slot);
  return median(untilTaken);
}

function late(taken: number, slots: number): FourtupleError {
  return new FourtupleError(
    'FT_LAB',
    `${plural(slots, 'slot')} were taken ${taken} times in all, and come back no more`,
  );
}

import { setTimeout as sleep } from 'node:timers/promises';
import { FourtupleError } from '../../tcp/error.ts';
import { plural } from '../../tcp/number-text.ts';
import { median } from '../median.ts';
import { seconds } from './clock.ts';

/** Slots that are held for a while, and taken anew as soon as they come back. */
export interface Rotation<T> {
  readonly slots: number;
  /** How often each slot is taken. */
  readonly times: number;
  /** All slots are taken evenly over so long, at first. */
  readonly overSeconds: number;
  /** How long each is held before it is let go of; Infinity where that is left to the kernel. */
  readonly holdSeconds: number;
  /** Takes one; null where none is left. */
  take(): T | null;
  /** Lets go of one that was held for as long. */
  end(taken: T): void;
}

const PAUSE_MS = 1;
/** It is waited no longer than this, after the slots have been taken as often as they are to be. */
export const PATIENCE_SECONDS = 30;

/**
 * Takes slots, and each anew as soon as it comes back: it is tried all the time.
 *
 * @returns how long a slot takes from one time to the next, in seconds: from each one that is taken to the one that comes
 * as many later as there are slots. The median, for the machine now and then holds a load up
 * @throws FourtupleError FT_LAB where slots do not come back
 */
export async function rotate<T>({ slots, times, overSeconds, holdSeconds, take, end }: Rotation<T>): Promise<number> {
  const start = seconds();
  const takenAt: number[] = [];
  const held: T[] = [];
  let ended = 0;
  const endDue = (): void => {
    for (; ended < held.length && seconds() - (takenAt[ended] as number) >= holdSeconds; ended += 1) {
      end(held[ended] as T);
    }
  };
  const isDue = (): boolean => takenAt.length >= slots || seconds() - start >= (takenAt.length / slots) * overSeconds;
  while (takenAt.length < slots * times) {
    endDue();
    const taken = isDue() ? take() : null;
    if (taken === null) {
      if (seconds() - start > times * overSeconds + PATIENCE_SECONDS) throw late(takenAt.length, slots);
      await sleep(PAUSE_MS);
      continue;
    }
    takenAt.push(seconds());
    held.push(taken);
  }
  for (const taken of held.slice(ended)) end(taken);
  return median(takenAt.slice(slots).map((at, index) => at - (takenAt[index] as number)));
}

function late(taken: number, slots: number): FourtupleError {
  return new FourtupleError(
    'FT_LAB',
    `${plural(slots, 'slot')} were taken ${taken} times in all, and come back no more`,
  );
}

import { describe, expect, it } from 'vitest';
import { endingOnInterrupt } from './fix-recycle-interrupt.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const listeners = (): number[] => SIGNALS.map((signal) => process.listenerCount(signal));

describe('what ends on an interrupt', () => {
  it.each(SIGNALS)('is told by the first %s, and leaves the second to end the process', async (signal) => {
    const before = listeners();
    const seen = endingOnInterrupt(async (interrupt) => {
      expect(listeners()).toEqual(before.map((count) => count + 1));
      expect(interrupt.aborted).toBe(false);
      process.emit(signal);
      expect(listeners()).toEqual(before);
      return interrupt.aborted;
    });
    expect(await seen).toBe(true);
  });

  it('listens no longer than it works, also where that fails', async () => {
    const before = listeners();
    expect(await endingOnInterrupt(async () => 7)).toBe(7);
    await expect(endingOnInterrupt(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(listeners()).toEqual(before);
  });
});

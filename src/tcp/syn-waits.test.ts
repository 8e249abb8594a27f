import { describe, expect, it } from 'vitest';
import { synSeconds, synWaits } from './syn-waits.ts';

describe('the waits for an answer to a SYN', () => {
  // Measured on Linux 6.18 to their sum: tcp_syn_retries of 1 and 2, tcp_syn_linear_timeouts of 0, 1 and 4.
  it.each([
    [1, 0, [1, 2]],
    [1, 4, [1, 1, 1]],
    [2, 0, [1, 2, 4]],
    [2, 1, [1, 1, 2, 4]],
    [2, 4, [1, 1, 1, 1, 1, 2]],
  ])('with %d retries, and %d at an even pace', (retries, linear, waits) => {
    expect(synWaits(synSeconds(retries), linear)).toEqual(waits);
  });

  it('are 127 s in all by default', () => expect(synSeconds(6)).toBe(127));
});

import { describe, expect, it } from 'vitest';
import { synWaits } from './syn-waits.ts';

describe('the waits for an answer to a SYN', () => {
  // Measured on Linux 6.18 to their sum: tcp_syn_retries of 1 and 2, tcp_syn_linear_timeouts of 0, 1 and 4.
  it.each([
    [3, 0, [1, 2]],
    [3, 4, [1, 1, 1]],
    [7, 0, [1, 2, 4]],
    [7, 1, [1, 1, 2, 4]],
    [7, 4, [1, 1, 1, 1, 1, 2]],
  ])('in %d s, %d of them at an even pace', (seconds, linear, waits) => {
    expect(synWaits(seconds, linear)).toEqual(waits);
  });
});

import { describe, expect, it } from 'vitest';
import { Releases } from './releases.ts';

describe('when slots came back', () => {
  it('is the mean of the looks at which they were seen first', () => {
    const releases = new Releases();
    releases.look(0, 59);
    releases.look(1, 60);
    releases.look(1, 61);
    releases.look(4, 62);
    expect(releases.meanSeconds).toBe((60 + 3 * 62) / 4);
  });

  it('is not moved by a close that was counted before the kernel had it', () => {
    const releases = new Releases();
    releases.look(1, 5);
    releases.look(0, 5);
    releases.look(2, 60);
    expect(releases.meanSeconds).toBe(60);
  });

  it('is not a number where none did', () => {
    expect(new Releases().meanSeconds).toBeNaN();
  });
});

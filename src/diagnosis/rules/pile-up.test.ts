import { describe, expect, it } from 'vitest';
import { pileUpFrom, pileUpSeverity, shareOfSlots } from './pile-up.ts';

describe('a pile-up', () => {
  it.each([
    [28_232, 100],
    [2_000, 100],
    [1_000, 50],
    [200, 10],
    [40, 10],
    [0, 10],
  ])('in a lane of %i slots begins at %i sockets', (slots, sockets) => expect(pileUpFrom(slots)).toBe(sockets));

  it('is critical from half of the slots on', () => {
    expect([0.499, 0.5, 1].map(pileUpSeverity)).toEqual(['warning', 'critical', 'critical']);
  });

  it('holds at most all slots, however few there are', () => {
    expect([shareOfSlots(25, 100), shareOfSlots(12, 10), shareOfSlots(12, 0)]).toEqual([0.25, 1, 1]);
  });
});

import { expect, it } from 'vitest';
import { SlotLives } from './slot-lives.ts';

it('a slot lives from its close until its own port comes back, told in the order of the closes', () => {
  const lives = new SlotLives({ low: 40_000, high: 40_003 });
  lives.close(40_002, 1);
  lives.close(40_000, 2);
  lives.close(40_003, 3);
  lives.comeBack(40_000, 62.5);
  lives.comeBack(40_002, 62.75);
  expect(lives.closed).toBe(3);
  expect(lives.back).toBe(2);
  expect(lives.lives()).toEqual([
    { closedAt: 1, seconds: 61.75 },
    { closedAt: 2, seconds: 60.5 },
  ]);
});

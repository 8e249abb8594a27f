import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LaneTallies } from './lane-tallies.ts';

const COUNTED = { closes: true, refusedConnects: true };

describe('what is counted of lanes', () => {
  it('adds up to all that was counted, and never goes down, however the listed lanes change', () => {
    const steps = fc.array(
      fc.record({ lane: fc.constantFrom('a', 'b', 'c'), isListed: fc.boolean(), count: fc.nat({ max: 100 }) }),
    );
    fc.assert(
      fc.property(steps, (added) => {
        const tallies = new LaneTallies();
        tallies.setCounted(COUNTED);
        const last = new Map<string, number>();
        let total = 0;
        for (const { lane, isListed, count } of added) {
          tallies.add(lane, isListed, 'closes', count);
          total += count;
          const now = ['a', 'b', 'c'].map((key) => [key, tallies.of(key).closes as number] as const);
          for (const [key, closes] of now) {
            expect(closes).toBeGreaterThanOrEqual(last.get(key) ?? 0);
            last.set(key, closes);
          }
          const sum = now.reduce((all, [, closes]) => all + closes, 0);
          expect(sum + (tallies.other.closes as number)).toBe(total);
        }
      }),
    );
  });

  it('is unknown while nothing is counted, and comes back with what it had', () => {
    const tallies = new LaneTallies();
    expect(tallies.of('a')).toEqual({ closes: null, refusedConnects: null });
    tallies.setCounted({ closes: true, refusedConnects: false });
    tallies.add('a', true, 'closes', 3);
    expect(tallies.of('a')).toEqual({ closes: 3, refusedConnects: null });
    tallies.setCounted({ closes: false, refusedConnects: true });
    expect(tallies.of('a')).toEqual({ closes: null, refusedConnects: 0 });
    tallies.setCounted(COUNTED);
    expect(tallies.of('a').closes).toBe(3);
  });

  it('gives what it had of a lane that is forgotten to the others', () => {
    const tallies = new LaneTallies();
    tallies.setCounted(COUNTED);
    for (let lane = 0; lane < 10_001; lane += 1) tallies.add(`${lane}`, true, 'closes', 2);
    expect(tallies.of('0').closes).toBe(0);
    expect(tallies.of('1').closes).toBe(2);
    expect(tallies.other.closes).toBe(2);
  });
});

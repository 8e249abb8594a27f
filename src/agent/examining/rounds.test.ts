import { describe, expect, it } from 'vitest';
import { laneReport, namespaceReport } from '../../../test/kit/reports.ts';
import type { LaneReport } from '../../diagnosis/report.ts';
import type { Sample } from '../sample.ts';
import { Rounds } from './rounds.ts';

function sampleOf(lane: Partial<LaneReport>): Sample {
  const full = {
    ...laneReport(['10.0.0.5', '10.0.1.9', 8080], { ESTABLISHED: 1 }),
    ...lane,
  };
  return { namespaces: [{ ...namespaceReport([]), lanes: [full] }] } as unknown as Sample;
}

const CALM = sampleOf({ free: 20_000 });
const NEAR = sampleOf({ free: 2_000, secondsToExhaustion: 20 });

describe('the rounds of examinations', () => {
  it('begin at once, and go on every ten seconds where that costs little', () => {
    const rounds = new Rounds();
    expect(rounds.isDue(CALM, 0)).toBe(true);
    rounds.done(15, 0);
    expect(rounds.isDue(CALM, 9_999)).toBe(false);
    expect(rounds.isDue(CALM, 10_000)).toBe(true);
  });

  it('come seldom where they are dear, every ten minutes at least', () => {
    const rounds = new Rounds();
    rounds.isDue(CALM, 0);
    rounds.done(45, 0);
    expect(rounds.isDue(CALM, 29_999)).toBe(false);
    expect(rounds.isDue(CALM, 30_000)).toBe(true);
    rounds.done(10_000, 30_000);
    expect(rounds.isDue(CALM, 629_999)).toBe(false);
    expect(rounds.isDue(CALM, 630_000)).toBe(true);
  });

  it('come soon when a lane gets near its end, and when it is past that', () => {
    const rounds = new Rounds();
    rounds.isDue(CALM, 0);
    rounds.done(20, 0);
    expect(rounds.isDue(NEAR, 1_000)).toBe(false);
    expect(rounds.isDue(NEAR, 2_000)).toBe(true);
    rounds.done(20, 2_000);
    expect(rounds.isDue(NEAR, 4_500)).toBe(false);
    expect(rounds.isDue(CALM, 4_500)).toBe(true);
  });
});

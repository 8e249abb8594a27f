import { describe, expect, it } from 'vitest';
import { erlangB } from '../tcp/erlang.ts';
import { erlangBIntegral } from '../tcp/erlang-integral.ts';
import { type Retried, retriedLoss } from './retried-loss.ts';

const SLOTS = 100;

function lossOf({ lanes = 10, laneChoice = { kind: 'random' }, retries = 2 }: Partial<Retried>): (a: number) => number {
  return retriedLoss({
    slots: SLOTS,
    loss: (erlangs) => erlangB(SLOTS, erlangs),
    pooledLoss: (erlangs) => erlangBIntegral(lanes * SLOTS, lanes * erlangs),
    ...{ lanes, laneChoice, retries },
  });
}

describe('connections that are tried again', () => {
  it('are refused as before on the same lane, and where the least used one is full', () => {
    const before = erlangB(SLOTS, 90);
    expect(lossOf({ retries: 0 })(90)).toBe(before);
    expect(lossOf({ lanes: 1 })(90)).toBe(before);
    expect(lossOf({ laneChoice: { kind: 'hash', keys: 9 } })(90)).toBe(before);
    expect(lossOf({ laneChoice: { kind: 'least-used' } })(90)).toBe(before);
  });

  it('are refused by independent lanes as often as all tries are, each of which adds to the load', () => {
    // So many lanes are never tried twice, nor full together at this load.
    const loss = lossOf({ lanes: 1e9, retries: 1 })(85);
    const once = Math.sqrt(loss);
    expect(once).toBeCloseTo(erlangB(SLOTS, 85 * (1 + once)), 9);
    expect(loss).toBeLessThan(erlangB(SLOTS, 85) / 10);
  });

  it('are tried on the same lane again by chance', () => {
    const [few, many] = [lossOf({ lanes: 2, retries: 1 })(70), lossOf({ lanes: 1e9, retries: 1 })(70)];
    // Every other retry is in vain.
    expect(few / erlangB(SLOTS, 70)).toBeCloseTo(0.5, 1);
    expect(many).toBeLessThan(few / 100);
  });

  it('are refused where all lanes are full once all are tried in turn', () => {
    const inTurn = lossOf({ lanes: 3, laneChoice: { kind: 'round-robin' }, retries: 2 });
    expect(inTurn(95)).toBe(erlangBIntegral(300, 285));
  });

  it('are refused less the more often they are tried, but never more than lanes carry', () => {
    for (const kind of ['random', 'round-robin'] as const) {
      for (const erlangs of [80, 95, 100, 130, 1_000]) {
        let before = Number.POSITIVE_INFINITY;
        for (const retries of [0, 1, 2, 5, 100]) {
          const loss = lossOf({ laneChoice: { kind }, retries })(erlangs);
          expect(loss).toBeLessThanOrEqual(before * (1 + 1e-9));
          expect(loss).toBeGreaterThanOrEqual(1 - SLOTS / erlangs);
          expect(loss).toBeLessThanOrEqual(1);
          before = loss;
        }
      }
    }
  });

  it('have ends', () => {
    expect(lossOf({})(0)).toBe(0);
    expect(lossOf({})(1e-9)).toBe(0);
    const none = retriedLoss({
      ...{ slots: 0, loss: () => 1, pooledLoss: () => 1 },
      ...{ lanes: 10, laneChoice: { kind: 'random' }, retries: 2 },
    });
    expect([none(0), none(5)]).toEqual([1, 1]);
  });
});

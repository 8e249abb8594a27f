import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DuePlan } from './due-plan.ts';

const LANES = 4;

interface Row {
  readonly lane: number;
  readonly dueMs: number;
}

const anyRows = fc.array(
  fc.record({
    lane: fc.nat(LANES - 1),
    dueMs: fc.oneof(fc.integer({ min: -59_000, max: 5_000 }), fc.integer({ min: 0, max: 50 })),
  }),
  { maxLength: 300 },
);
const anyTakes = fc.array(
  fc.record({ lane: fc.nat(LANES), afterMs: fc.nat(30), most: fc.oneof(fc.nat(5), fc.constant(Infinity)) }),
  { maxLength: 60 },
);

function planOf(rows: readonly Row[], plan: DuePlan = new DuePlan()): DuePlan {
  plan.clear();
  for (const { lane, dueMs } of rows) plan.add(lane, dueMs);
  plan.arrange(LANES);
  return plan;
}

describe('a plan of what is due', () => {
  it('gives nothing before it is due, never more than is asked for, the oldest first, and each once', () => {
    const plan = new DuePlan();
    fc.assert(
      fc.property(anyRows, anyTakes, (rows, takes) => {
        planOf(rows, plan);
        const left = new Set(rows.keys());
        let now = -1_000;
        for (const { lane, afterMs, most } of takes) {
          now += afterMs;
          const due = [...left].filter((row) => rows[row]?.lane === lane && (rows[row]?.dueMs ?? 0) <= now);
          due.sort((a, b) => (rows[a]?.dueMs ?? 0) - (rows[b]?.dueMs ?? 0) || a - b);
          const taken = [...plan.take(lane, now, most)];
          expect(taken).toEqual(due.slice(0, most));
          for (const row of taken) left.delete(row);
        }
      }),
    );
  });

  it('tells when the next row of a lane is due', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: -60_000, max: 5_000 }), (rows, now) => {
        const plan = planOf(rows);
        for (let lane = 0; lane < LANES; lane += 1) {
          plan.take(lane, now, Number.POSITIVE_INFINITY);
          const later = rows.filter((row) => row.lane === lane && row.dueMs > now).map(({ dueMs }) => dueMs);
          expect(plan.nextDueMs(lane)).toBe(Math.min(...later));
        }
      }),
    );
  });

  it('holds as many rows as there are', () => {
    const rows = Array.from({ length: 100_000 }, (_, row) => ({ lane: row % LANES, dueMs: -((row * 7_919) % 60_000) }));
    const plan = planOf(rows);
    expect(plan.size).toBe(100_000);
    const taken = Array.from({ length: LANES }, (_, lane) => [...plan.take(lane, 0, Number.POSITIVE_INFINITY)]);
    expect(new Set(taken.flat()).size).toBe(100_000);
    for (const [lane, mine] of taken.entries()) {
      expect(mine.every((row) => row % LANES === lane)).toBe(true);
      const ages = mine.map((row) => rows[row]?.dueMs as number);
      expect(ages).toEqual(ages.toSorted((a, b) => a - b));
    }
  });

  it('knows nothing of lanes that it was not told of', () => {
    const plan = planOf([{ lane: 0, dueMs: 0 }]);
    expect(plan.take(LANES + 5, 0, 1)).toHaveLength(0);
    expect(plan.nextDueMs(LANES + 5)).toBe(Number.POSITIVE_INFINITY);
    plan.clear();
    plan.arrange(LANES);
    expect(plan.take(0, 0, 1)).toHaveLength(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MACHINE_STATES } from './fleet-report.ts';
import {
  compareMachines,
  countStates,
  type MachineFigures,
  machinesOf,
  type OverviewRows,
  stateOf,
} from './machine-figures.ts';
import type { Row } from './vector.ts';

const NOTHING: OverviewRows = {
  ...{ machines: [], stale: [], down: [], soon: [], pastCliff: [], refused: [], spreadRefused: [], findings: [] },
  ...{ utilization: [], exhausted: [], exhausting: [] },
};
const row = (instance: string, value: number, more: Record<string, string> = {}): Row => ({
  labels: { instance, job: 'fourtuple', ...more },
  value,
});
const sampled = (instance: string, at = 1_000): Row =>
  row(instance, at, { __name__: 'fourtuple_last_sample_timestamp_seconds' });
const built = (instance: string): Row => row(instance, 1, { __name__: 'fourtuple_build_info', version: '0.1.0' });

/** The only machine that these rows tell of, beside its name and the time of its sample. */
function only(rows: Partial<OverviewRows>): MachineFigures {
  const machines = machinesOf({ ...NOTHING, machines: [sampled('a'), built('a')], ...rows });
  expect(machines).toHaveLength(1);
  return machines[0] as MachineFigures;
}

describe('the figures of machines', () => {
  it('are of the target, whatever else its series are labelled with', () => {
    const machine = only({
      findings: [row('a', 2, { severity: 'critical' }), row('a', 3, { severity: 'warning' })],
      utilization: [row('a', 0.5)],
      exhausting: [row('a', 12.5)],
      exhausted: [row('a', 1)],
      pastCliff: [row('a', 4)],
      refused: [row('b', 7), row('a', 0)],
    });
    expect(machine).toMatchObject({
      labels: { instance: 'a', job: 'fourtuple' },
      ...{ isDown: false, isStale: false, sampledAt: 1_000, utilization: 0.5, secondsToExhaustion: 12.5 },
      ...{ lanesExhausted: 1, lanesPastCliff: 4, refusedConnects: 0, criticals: 2, warnings: 3 },
    });
  });

  it('count a connect once that the tracepoint and a spread have counted', () => {
    expect(only({ refused: [row('a', 30)], spreadRefused: [row('a', 25)] }).refusedConnects).toBe(30);
    expect(only({}).refusedConnects).toBeNull();
  });

  it('are not known where there is no sample', () => {
    expect(only({})).toMatchObject({ lanesExhausted: 0, lanesPastCliff: 0 });
    expect(only({ machines: [built('a')] })).toMatchObject({
      sampledAt: null,
      lanesExhausted: null,
      lanesPastCliff: null,
    });
    expect(only({ down: [row('a', 0)] })).toMatchObject({ sampledAt: null, lanesExhausted: null, isStale: false });
  });

  it.each([
    ['healthy', {}],
    ['healthy', { refused: [row('a', 0)], exhausting: [row('a', 3_600)] }],
    ['refusing', { spreadRefused: [row('a', 0.5)], exhausted: [row('a', 1)] }],
    ['exhausted', { exhausted: [row('a', 1)], exhausting: [row('a', 0)] }],
    ['exhausting', { exhausting: [row('a', 3_599)], pastCliff: [row('a', 1)] }],
    ['past-cliff', { pastCliff: [row('a', 1)], findings: [row('a', 1, { severity: 'critical' })] }],
    ['finding', { findings: [row('a', 1, { severity: 'warning' })] }],
    ['stale', { stale: [row('a', 900)], refused: [row('a', 9)] }],
    ['stale', { machines: [built('a')] }],
    ['down', { machines: [], down: [row('a', 0)] }],
    ['down', { down: [row('a', 0)], exhausted: [row('a', 1)] }],
  ] as const)('make it %s: %j', (state, rows) => {
    expect(stateOf(only(rows))).toBe(state);
  });
});

const maybe = (some: fc.Arbitrary<number>) => fc.option(some);
const anyMachine: fc.Arbitrary<MachineFigures> = fc.record({
  labels: fc.constant({}),
  key: fc.string(),
  isDown: fc.boolean(),
  isStale: fc.boolean(),
  sampledAt: maybe(fc.double({ noNaN: true })),
  utilization: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
  secondsToExhaustion: maybe(fc.double({ min: 0, max: 10_000, noNaN: true })),
  lanesExhausted: maybe(fc.nat(3)),
  lanesPastCliff: maybe(fc.nat(3)),
  refusedConnects: maybe(fc.double({ min: 0, max: 1_000, noNaN: true })),
  criticals: fc.nat(2),
  warnings: fc.nat(2),
});
const rank = (machine: MachineFigures): number => MACHINE_STATES.indexOf(stateOf(machine));

describe('the order of machines', () => {
  it('is an order, by state first', () => {
    fc.assert(
      fc.property(anyMachine, anyMachine, anyMachine, (a, b, c) => {
        expect(Math.sign(compareMachines(a, b))).toBe(-Math.sign(compareMachines(b, a)) + 0);
        if (compareMachines(a, b) <= 0 && compareMachines(b, c) <= 0) {
          expect(compareMachines(a, c)).toBeLessThanOrEqual(0);
        }
        if (rank(a) < rank(b)) expect(compareMachines(a, b)).toBeLessThan(0);
      }),
    );
  });

  it('does not depend on the order that Prometheus answers in', () => {
    const different = fc.uniqueArray(anyMachine, { selector: ({ key }) => key });
    fc.assert(
      fc.property(different, (machines) => {
        expect([...machines].reverse().sort(compareMachines)).toEqual([...machines].sort(compareMachines));
      }),
    );
  });

  it('never calls healthy what is stale, down, or has anything wrong', () => {
    fc.assert(
      fc.property(anyMachine, (machine) => {
        const { isDown, isStale, refusedConnects, lanesExhausted, lanesPastCliff, criticals, warnings } = machine;
        const wrongs = [refusedConnects, lanesExhausted, lanesPastCliff, criticals, warnings];
        if (isDown || isStale || wrongs.some((wrong) => (wrong ?? 0) > 0)) {
          expect(stateOf(machine)).not.toBe('healthy');
        }
        if (isDown || isStale) expect(['down', 'stale']).toContain(stateOf(machine));
      }),
    );
  });

  it('counts each machine once', () => {
    fc.assert(
      fc.property(fc.array(anyMachine), (machines) => {
        const counts = Object.values(countStates(machines));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(machines.length);
      }),
    );
  });

  it('has what is exhausted first before what is exhausted later, and the fuller one before the other', () => {
    const base = only({});
    const order = [
      { ...base, refusedConnects: 40 },
      { ...base, refusedConnects: 4, lanesExhausted: 7 },
      { ...base, lanesExhausted: 2 },
      { ...base, lanesExhausted: 1 },
      { ...base, secondsToExhaustion: 30, utilization: 0.4 },
      { ...base, secondsToExhaustion: 300, utilization: 0.9 },
      { ...base, lanesPastCliff: 1, utilization: 0.8 },
      { ...base, lanesPastCliff: 3, utilization: 0.7 },
      { ...base, criticals: 1 },
      { ...base, warnings: 1, utilization: 0.7 },
      { ...base, utilization: 0.3 },
      { ...base, utilization: 0 },
      { ...base, utilization: null },
    ];
    expect([...order].reverse().sort(compareMachines)).toEqual(order);
  });
});

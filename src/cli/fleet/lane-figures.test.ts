import { describe, expect, it } from 'vitest';
import type { FleetLane } from './fleet-report.ts';
import { labelKey } from './labels.ts';
import { lanesByMachine } from './lane-figures.ts';
import type { Row } from './vector.ts';

const TARGET = { instance: 'proxy-1:10404', job: 'fourtuple' };
const figure = (name: string, value: number, more: Record<string, string> = {}): Row => ({
  labels: {
    ...(name === '' ? {} : { __name__: `fourtuple_lane_${name}` }),
    ...{ ...TARGET, namespace: 'host', source: '10.0.0.5', destination: '10.0.1.9', port: '8080' },
    ...more,
  },
  value,
});
const lanesOf = (rows: readonly Row[]): readonly FleetLane[] => lanesByMachine(rows).get(labelKey(TARGET)) ?? [];

describe('the lanes of a machine', () => {
  it('have all their figures, wherever they stand in the answer', () => {
    const rows = [
      figure('used_slots', 27_000, { state: 'TIME_WAIT' }),
      figure('slots', 28_232),
      figure('', 12.3, { counted: 'refused' }),
      figure('used_slots', 232, { state: 'ESTABLISHED' }),
      figure('reclaimable_slots', 1_000),
      figure('free_slots', 2_000),
      figure('cliff_slots', 14_116),
      figure('opens_per_second', 447.2),
      figure('exhaustion_seconds', Number.POSITIVE_INFINITY),
      figure('cliff_seconds', 0),
    ];
    const lane = {
      ...{ namespace: 'host', source: '10.0.0.5', destination: '10.0.1.9', port: 8080, device: null },
      ...{ slots: 28_232, used: 27_232, reclaimable: 1_000, free: 2_000, utilization: 1 - 2_000 / 28_232 },
      states: { TIME_WAIT: 27_000, ESTABLISHED: 232 },
      ...{ opensPerSecond: 447.2, cliffAt: 14_116, secondsToCliff: 0, secondsToExhaustion: null, settles: true },
      refusedConnects: 12.3,
    };
    expect(lanesOf(rows)).toEqual([lane]);
    expect(lanesOf([...rows].reverse())).toEqual([{ ...lane, states: expect.objectContaining(lane.states) }]);
  });

  it('have null for what is not told', () => {
    expect(lanesOf([figure('slots', 28_232)])).toMatchObject([
      { used: null, reclaimable: null, free: null, utilization: null, states: {}, opensPerSecond: null, settles: null },
    ]);
    expect(lanesOf([figure('slots', 0), figure('free_slots', 0)])).toMatchObject([{ utilization: null }]);
  });

  it('are apart by namespace, whatever Prometheus calls it', () => {
    const lanes = lanesOf([
      figure('slots', 3, { namespace: 'monitoring', exported_namespace: 'web' }),
      figure('slots', 2, { namespace: 'monitoring', exported_namespace: 'host' }),
    ]);
    expect(lanes.map(({ namespace, slots }) => [namespace, slots])).toEqual([
      ['web', 3],
      ['host', 2],
    ]);
  });

  it('are apart by the interface that their sockets are bound to', () => {
    const lanes = lanesOf([figure('slots', 3, { device: 'eth1' }), figure('slots', 2)]);
    expect(lanes.map(({ device, slots }) => [device, slots])).toEqual([
      ['eth1', 3],
      [null, 2],
    ]);
  });

  it('come worst first', () => {
    const lane = (port: string, figures: Record<string, number>): Row[] => [
      ...Object.entries(figures).map(([name, value]) => figure(name, value, { port })),
      figure('slots', 100, { port }),
    ];
    const lanes = lanesOf([
      ...lane('1', { free_slots: 90 }),
      ...lane('2', { used_slots: 30 }),
      ...lane('3', { free_slots: 40, exhaustion_seconds: 90 }),
      ...lane('4', { free_slots: 10, exhaustion_seconds: Number.POSITIVE_INFINITY }),
      ...lane('5', { free_slots: 0, exhaustion_seconds: 0 }),
      ...lane('6', { free_slots: 20 }),
      figure('', 2, { port: '6', counted: 'refused' }),
    ]);
    expect(lanes.map(({ port }) => port)).toEqual([6, 5, 3, 4, 2, 1]);
  });
});

import { ACT_SOON_SECONDS } from '../../diagnosis/rules/lane-outlook.ts';
import { MACHINE_STATES, type MachineState } from './fleet-report.ts';
import { labelKey, machineLabels } from './labels.ts';
import type { FollowUpQueries, OverviewQueries } from './queries.ts';
import type { Row } from './vector.ts';

/** What is known of a machine before its lanes are looked at. */
export interface MachineFigures {
  readonly labels: Readonly<Record<string, string>>;
  /** See {@link labelKey}. */
  readonly key: string;
  readonly isDown: boolean;
  readonly isStale: boolean;
  /** Seconds since 1970, by its own clock; null where it has not sampled yet, or is down. */
  readonly sampledAt: number | null;
  readonly utilization: number | null;
  readonly secondsToExhaustion: number | null;
  readonly lanesExhausted: number | null;
  readonly lanesPastCliff: number | null;
  readonly refusedConnects: number | null;
  readonly criticals: number;
  readonly warnings: number;
}

export type OverviewRows = Readonly<Record<keyof OverviewQueries | keyof FollowUpQueries, readonly Row[]>>;

/** Every machine that Prometheus knows of, in no order. */
export function machinesOf(rows: OverviewRows): MachineFigures[] {
  const known = new Map<string, Record<string, string>>();
  for (const { labels } of [...rows.machines, ...rows.down]) {
    const own = machineLabels(labels);
    known.set(labelKey(own), own);
  }
  const samples = rows.machines.filter(({ labels }) => labels.__name__ === 'fourtuple_last_sample_timestamp_seconds');
  const ofSeverity = (wanted: string): Row[] => rows.findings.filter(({ labels }) => labels.severity === wanted);
  const down = byMachine(rows.down);
  const stale = byMachine(rows.stale);
  const sampledAt = byMachine(samples);
  const utilization = byMachine(rows.utilization);
  const exhausting = byMachine(rows.exhausting);
  const exhausted = byMachine(rows.exhausted);
  const pastCliff = byMachine(rows.pastCliff);
  const refused = byMachine([...rows.refused, ...rows.spreadRefused]);
  const criticals = byMachine(ofSeverity('critical'));
  const warnings = byMachine(ofSeverity('warning'));
  return [...known].map(([key, labels]) => {
    const isDown = down.has(key);
    const hasSample = !isDown && sampledAt.has(key);
    /** What has a sample and no row has none. */
    const count = (counts: ReadonlyMap<string, number>): number | null => (hasSample ? (counts.get(key) ?? 0) : null);
    return {
      ...{ labels, key, isDown },
      isStale: !isDown && (stale.has(key) || !hasSample),
      sampledAt: hasSample ? (sampledAt.get(key) ?? null) : null,
      utilization: utilization.get(key) ?? null,
      secondsToExhaustion: exhausting.get(key) ?? null,
      lanesExhausted: count(exhausted),
      lanesPastCliff: count(pastCliff),
      refusedConnects: refused.get(key) ?? null,
      criticals: criticals.get(key) ?? 0,
      warnings: warnings.get(key) ?? 0,
    };
  });
}

/** The highest value of each machine: the tracepoint and a spread count the same connects. */
function byMachine(rows: readonly Row[]): Map<string, number> {
  const values = new Map<string, number>();
  for (const { labels, value } of rows) {
    const key = labelKey(machineLabels(labels));
    values.set(key, Math.max(value, values.get(key) ?? Number.NEGATIVE_INFINITY));
  }
  return values;
}

export function stateOf(machine: MachineFigures): MachineState {
  if (machine.isDown) return 'down';
  if (machine.isStale) return 'stale';
  if ((machine.refusedConnects ?? 0) > 0) return 'refusing';
  if ((machine.lanesExhausted ?? 0) > 0) return 'exhausted';
  if ((machine.secondsToExhaustion ?? Number.POSITIVE_INFINITY) < ACT_SOON_SECONDS) return 'exhausting';
  if ((machine.lanesPastCliff ?? 0) > 0) return 'past-cliff';
  return machine.criticals + machine.warnings > 0 ? 'finding' : 'healthy';
}

/** Negative where the first one is worse. */
export function compareMachines(a: MachineFigures, b: MachineFigures): number {
  const [one, other] = [badnessOf(a), badnessOf(b)];
  const differing = one.findIndex((figure, index) => figure !== other[index]);
  if (differing >= 0) return (one[differing] as number) - (other[differing] as number);
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

/** The lower the worse; what comes first weighs most. */
function badnessOf(machine: MachineFigures): number[] {
  return [
    MACHINE_STATES.indexOf(stateOf(machine)),
    -(machine.refusedConnects ?? 0),
    -(machine.lanesExhausted ?? 0),
    machine.secondsToExhaustion ?? Number.MAX_VALUE,
    -machine.criticals,
    -(machine.utilization ?? -1),
  ];
}

export function countStates(machines: readonly MachineFigures[]): Record<MachineState, number> {
  const counts = Object.fromEntries(MACHINE_STATES.map((state) => [state, 0])) as Record<MachineState, number>;
  for (const machine of machines) counts[stateOf(machine)] += 1;
  return counts;
}

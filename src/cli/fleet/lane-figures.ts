import type { FleetLane } from './fleet-report.ts';
import { labelKey, machineLabels } from './labels.ts';
import { REFUSED_MARK } from './queries.ts';
import type { Row } from './vector.ts';

/** The lanes of each machine by its key, the worst first. */
export function lanesByMachine(rows: readonly Row[]): Map<string, FleetLane[]> {
  const lanes = new Map<string, { readonly machine: string; readonly rows: Row[] }>();
  for (const row of rows) {
    const machine = labelKey(machineLabels(row.labels));
    const { source, destination, port, device } = row.labels;
    const key = JSON.stringify([machine, namespaceOf(row), source, destination, port, device]);
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, { machine, rows: [row] });
    else lane.rows.push(row);
  }
  const machines = new Map<string, FleetLane[]>();
  for (const { machine, rows: figures } of lanes.values()) {
    const others = machines.get(machine);
    if (others === undefined) machines.set(machine, [laneOf(figures)]);
    else others.push(laneOf(figures));
  }
  for (const some of machines.values()) some.sort(compareLanes);
  return machines;
}

/** As the agent calls it: Prometheus renames the label where a target has one of that name. */
function namespaceOf({ labels }: Row): string {
  return labels.exported_namespace ?? labels.namespace ?? '';
}

function laneOf(rows: readonly Row[]): FleetLane {
  const first = rows[0] as Row;
  const gauges = new Map(rows.map(({ labels, value }) => [labels.__name__, value]));
  const gauge = (name: string): number | null => gauges.get(`fourtuple_lane_${name}`) ?? null;
  const seconds = (name: string): number | null => {
    const value = gauge(name);
    return value === Number.POSITIVE_INFINITY ? null : value;
  };
  const used = rows.filter(({ labels }) => labels.__name__ === 'fourtuple_lane_used_slots');
  const [slots, free, exhaustion] = [gauge('slots'), gauge('free_slots'), gauge('exhaustion_seconds')];
  return {
    namespace: namespaceOf(first),
    source: first.labels.source ?? '',
    destination: first.labels.destination ?? '',
    port: Number(first.labels.port),
    device: first.labels.device ?? null,
    slots,
    used: used.length === 0 ? null : used.reduce((sum, { value }) => sum + value, 0),
    reclaimable: gauge('reclaimable_slots'),
    free,
    utilization: slots === null || free === null || slots === 0 ? null : 1 - free / slots,
    states: Object.fromEntries(used.map(({ labels, value }) => [labels.state ?? '', value])),
    opensPerSecond: gauge('opens_per_second'),
    cliffAt: gauge('cliff_slots'),
    secondsToCliff: seconds('cliff_seconds'),
    secondsToExhaustion: seconds('exhaustion_seconds'),
    settles: exhaustion === null ? null : exhaustion === Number.POSITIVE_INFINITY,
    refusedConnects: rows.find(({ labels }) => labels[REFUSED_MARK] !== undefined)?.value ?? null,
  };
}

function compareLanes(a: FleetLane, b: FleetLane): number {
  const never = Number.MAX_VALUE;
  return (
    (b.refusedConnects ?? 0) - (a.refusedConnects ?? 0) ||
    (a.secondsToExhaustion ?? never) - (b.secondsToExhaustion ?? never) ||
    fullness(b) - fullness(a)
  );
}

/** How full at most: what cannot be known to be reclaimable counts as held. */
export function fullness({ utilization, used, slots }: FleetLane): number {
  return utilization ?? (slots === null || slots === 0 ? 0 : Math.min(1, (used ?? 0) / slots));
}

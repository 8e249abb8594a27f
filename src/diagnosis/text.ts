import { formatLane } from '../tcp/lane.ts';
import { plural } from '../tcp/number-text.ts';
import type { LaneReport, ProcessReport } from './report.ts';

/** `10.0.0.5>10.0.1.9:8080 (haproxy 811)`: a lane, and who holds most of its live sockets where that is known. */
export function describeLane(lane: LaneReport): string {
  const owner = describeOwner(lane.processes);
  return owner === null ? formatLane(lane) : `${formatLane(lane)} (${owner})`;
}

/** `haproxy 811`, `haproxy 811 and 3 more processes`; null where nobody is known. */
export function describeOwner(processes: readonly ProcessReport[]): string | null {
  const [first, ...others] = processes;
  if (first === undefined) return null;
  const name = `${first.name} ${first.pid}`;
  return others.length === 0 ? name : `${name} and ${plural(others.length, 'more process', 'more processes')}`;
}

import type { Severity } from '../../diagnosis/report.ts';
import type { FleetFinding, FleetLane, MachineReport } from './fleet-report.ts';
import { labelKey, machineLabels } from './labels.ts';
import { lanesByMachine } from './lane-figures.ts';
import { type MachineFigures, stateOf } from './machine-figures.ts';
import { nameMachines } from './machine-names.ts';
import type { DetailQueries } from './queries.ts';
import type { Row } from './vector.ts';

export interface Described {
  readonly machines: readonly MachineFigures[];
  /** Of these, those that are described: the first ones. */
  readonly listed: readonly MachineFigures[];
  readonly details: Readonly<Record<keyof DetailQueries, readonly Row[]>>;
  /** Seconds since 1970. */
  readonly now: number;
}

export function describeMachines({ machines, listed, details, now }: Described): MachineReport[] {
  const names = nameMachines(machines.map(({ labels }) => labels));
  const lanes = lanesByMachine(details.lanes);
  const findings = findingsByMachine(details.findingCodes);
  return listed.map((machine, index) => describe(machine, { name: names[index] as string, lanes, findings, now }));
}

interface Known {
  readonly name: string;
  readonly lanes: ReadonlyMap<string, readonly FleetLane[]>;
  readonly findings: ReadonlyMap<string, readonly FleetFinding[]>;
  readonly now: number;
}

function describe(machine: MachineFigures, { name, lanes, findings, now }: Known): MachineReport {
  const { key, labels, sampledAt, utilization, secondsToExhaustion } = machine;
  const { lanesExhausted, lanesPastCliff, refusedConnects } = machine;
  return {
    ...{ name, labels, state: stateOf(machine) },
    sampleAgeSeconds: sampledAt === null ? null : Math.round(1_000 * (now - sampledAt)) / 1_000,
    ...{ utilization, secondsToExhaustion, lanesExhausted, lanesPastCliff, refusedConnects },
    findings: findings.get(key) ?? [],
    lanes: lanes.get(key) ?? [],
  };
}

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

function findingsByMachine(rows: readonly Row[]): Map<string, FleetFinding[]> {
  const machines = new Map<string, FleetFinding[]>();
  for (const { labels, value } of rows) {
    const severity = SEVERITIES.find((known) => known === labels.severity);
    if (severity === undefined) continue;
    const key = labelKey(machineLabels(labels));
    const finding = { code: labels.code ?? '', severity, count: value };
    machines.set(key, [...(machines.get(key) ?? []), finding]);
  }
  for (const findings of machines.values()) findings.sort(compareFindings);
  return machines;
}

function compareFindings(a: FleetFinding, b: FleetFinding): number {
  const bySeverity = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  return bySeverity || (a.code < b.code ? -1 : 1);
}

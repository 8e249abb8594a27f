import type { FleetLane, FleetReport, MachineReport, MachineState } from '../../src/cli/fleet/fleet-report.ts';
import { MACHINE_STATES } from '../../src/cli/fleet/fleet-report.ts';

/** A lane by what its sockets are doing, of 28,232 slots; nothing is reclaimable, and what is left out is not known. */
export function fleetLane(states: Readonly<Record<string, number>>, more: Partial<FleetLane> = {}): FleetLane {
  const used = Object.values(states).reduce((sum, count) => sum + count, 0);
  const slots = 28_232;
  const free = more.free === undefined ? slots - used : more.free;
  return {
    ...{ namespace: 'host', source: '10.0.0.5', destination: '10.0.1.9', port: 8080, device: null },
    ...{ slots, used, reclaimable: free === null ? null : 0, free },
    utilization: free === null ? null : 1 - free / slots,
    ...{ states, opensPerSecond: null, cliffAt: 14_116, secondsToCliff: null, secondsToExhaustion: null },
    ...{ settles: null, refusedConnects: null },
    ...more,
  };
}

/** A machine whose last sample is a second old. */
export function machineReport(name: string, state: MachineState, more: Partial<MachineReport> = {}): MachineReport {
  const lanes = more.lanes ?? [];
  const utilizations = lanes.flatMap(({ utilization }) => (utilization === null ? [] : [utilization]));
  return {
    ...{ name, labels: { instance: `${name}:10404`, job: 'fourtuple' }, state, sampleAgeSeconds: 1 },
    utilization: utilizations.length === 0 ? null : Math.max(...utilizations),
    ...{ secondsToExhaustion: null, lanesExhausted: 0, lanesPastCliff: 0, refusedConnects: null },
    ...{ findings: [], lanes },
    ...more,
  };
}

/** These machines, and so many more of each state. */
export function fleetReport(
  machines: readonly MachineReport[],
  omitted: Partial<Record<MachineState, number>> = {},
  notes: readonly string[] = [],
): FleetReport {
  const count = (state: MachineState): number => machines.filter((machine) => machine.state === state).length;
  const states = Object.fromEntries(MACHINE_STATES.map((state) => [state, count(state) + (omitted[state] ?? 0)]));
  const machinesOmitted = Object.values(omitted).reduce((sum, some) => sum + some, 0);
  return {
    ...{ schema: 1, takenAt: '2026-11-20T12:00:00.250Z', durationSeconds: 0.184 },
    prometheus: 'https://metrics.core/prometheus',
    machinesTotal: machines.length + machinesOmitted,
    states: states as Record<MachineState, number>,
    ...{ machines, machinesOmitted, notes },
  };
}

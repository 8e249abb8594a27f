import type { HistoryClock } from '../../src/agent/history/history.ts';
import type { LaneSample, NamespaceSample, Sample } from '../../src/agent/sample.ts';
import type { LaneReport, NamespaceReport } from '../../src/diagnosis/report.ts';
import { laneReport, namespaceReport, processReport } from './reports.ts';

/** The instant at which tests begin that need no other. */
export const START_MS: number = Date.parse('2026-11-20T12:00:00.000Z');

/** A lane that holds these sockets; what was counted of it is 0 where nothing else is said. */
export function laneSample(
  ends: readonly [source: string, destination: string, port: number],
  states: Readonly<Record<string, number>>,
  more: Partial<LaneSample> = {},
): LaneSample {
  const lane: LaneReport = laneReport(ends, states, more);
  return { closes: 0, refusedConnects: 0, timeWaitProcesses: [], ...lane, ...more };
}

/** A namespace with these lanes, the fullest first. */
export function namespaceSample(
  lanes: readonly LaneSample[],
  more: Partial<Omit<NamespaceReport, 'lanes'>> = {},
): NamespaceSample {
  const other = { lanes: 0, slots: 0, used: 0, live: 0, timeWait: 0, reclaimable: 0, closes: 0, refusedConnects: 0 };
  const sorted = [...lanes].sort((a, b) => (b.utilization ?? 1) - (a.utilization ?? 1));
  return { ...namespaceReport(sorted, more), takenAt: '2026-11-20T12:00:00.000Z', lanes: sorted, other };
}

/** A sample that was taken so many milliseconds after 1970. */
export function sampleAt(atMs: number, namespaces: readonly NamespaceSample[], more: Partial<Sample> = {}): Sample {
  return {
    schema: 1,
    takenAt: new Date(atMs).toISOString(),
    host: { name: 'proxy.core', kernel: '6.18.44' },
    cost: { intervalSeconds: 1, cpuSeconds: 0.002, durationSeconds: 0.003 },
    namespaces,
    notes: [],
    ...more,
  };
}

/** A lane of the host towards 10.0.1.9:8080 and the like, of which so many slots are in TIME_WAIT. */
export function busyLane(index: number, timeWait: number, more: Partial<LaneSample> = {}): LaneSample {
  return laneSample(
    ['10.0.0.5', `10.0.${Math.floor(index / 250) + 1}.${(index % 250) + 1}`, 8080],
    { ESTABLISHED: 120 + index, TIME_WAIT: timeWait, SYN_SENT: 2 },
    {
      ...{ opensPerSecond: timeWait / 60, holdSeconds: 0.25, reuse: false, cliffAt: 14_116 },
      ...{ secondsToCliff: 31.4, secondsToExhaustion: 71.3, refusedConnects: 0 },
      processes: [processReport(811, 'haproxy', 120, 'haproxy.service')],
      ...more,
    },
  );
}

/** A clock that a test sets. */
export class HandClock implements HistoryClock {
  wallMs: number = START_MS;
  monotonicMs = 0;

  now(): number {
    return this.wallMs;
  }

  elapsed(): number {
    return this.monotonicMs;
  }

  /** Time goes by, by both clocks. */
  pass(ms: number): void {
    this.wallMs += ms;
    this.monotonicMs += ms;
  }

  /** Somebody sets the clock. */
  jump(ms: number): void {
    this.wallMs += ms;
  }
}

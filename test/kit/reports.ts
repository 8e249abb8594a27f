import type { BlockerReport, LaneReport, NamespaceReport, ProcessReport, Report } from '../../src/diagnosis/report.ts';

/** A lane by what its sockets are doing; its slots are 28,231 and none can be reclaimed where nothing else is said. */
export function laneReport(
  ends: readonly [source: string, destination: string, port: number],
  states: Readonly<Record<string, number>>,
  more: Partial<LaneReport> = {},
): LaneReport {
  const [source, destination, port] = ends;
  const used = Object.values(states).reduce((sum, count) => sum + count, 0);
  const slots = more.slots ?? 28_231;
  const reclaimable = more.reclaimable === undefined ? 0 : more.reclaimable;
  const free = reclaimable === null ? null : slots - used + reclaimable;
  return {
    ...{
      source,
      destination,
      port,
      device: null,
      slots,
      used,
      live: used - (states.TIME_WAIT ?? 0),
      reclaimable,
      free,
    },
    utilization: free === null ? null : Number(((slots - free) / slots).toFixed(6)),
    ...{ states, pool: 'lane', opensPerSecond: null },
    ...{ rates: { second: null, tenSeconds: null, minute: null }, holdSeconds: null, reuse: null, network: null },
    ...{ cliffAt: null, secondsToCliff: null, secondsToExhaustion: null, settlesAt: null, processes: [], unit: null },
    ...{ attempts: null, refusals: null },
    ...more,
  };
}

export function processReport(pid: number, name: string, sockets: number, unit: string | null = null): ProcessReport {
  return { pid, name, sockets, unit };
}

/** A namespace with these lanes; its totals are theirs, and those of the lanes that are omitted. */
export function namespaceReport(lanes: readonly LaneReport[], more: Partial<NamespaceReport> = {}): NamespaceReport {
  const sum = (count: (lane: LaneReport) => number): number => lanes.reduce((total, lane) => total + count(lane), 0);
  const blockers: readonly BlockerReport[] = more.ports?.blockers ?? [];
  const blocked = blockers.reduce((total, { count }) => total + count, 0);
  return {
    ...{ inode: 4_026_531_840, name: 'host', holder: null, source: 'sock_diag' },
    ports: { low: 32_768, high: 60_999, size: 28_232, reserved: 0, blocked, usable: 28_232 - blocked, blockers },
    settings: {
      ...{ tcpTwReuse: 2, tcpTwReuseDelaySeconds: 1, tcpTimestamps: 1 },
      ...{ tcpMaxTwBuckets: 131_072, tcpFinTimeoutSeconds: 60, timeWaitSeconds: 61.024 },
    },
    ...{ lanes, counted: null, lanesOmitted: 0 },
    totals: {
      lanes: lanes.length + (more.lanesOmitted ?? 0),
      used: sum(({ used }) => used),
      live: sum(({ live }) => live),
      timeWait: sum(({ states }) => states.TIME_WAIT ?? 0),
      outsideLanes: 0,
      timeWaitOutsideLanes: 0,
    },
    notes: [],
    ...more,
  };
}

export function reportOf(namespaces: readonly NamespaceReport[], more: Partial<Report> = {}): Report {
  return {
    schema: 1,
    takenAt: '2026-11-20T12:00:00.000Z',
    durationSeconds: 0.0123,
    host: { name: 'proxy.core', kernel: '6.18.44' },
    namespaces,
    findings: [],
    ...more,
  };
}

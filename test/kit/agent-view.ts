import type { AgentHealth, AgentListener, AgentView, Findings } from '../../src/agent/agent-view.ts';
import type { HistoryReader } from '../../src/agent/history/history.ts';
import type { PortMap } from '../../src/agent/port-map.ts';
import {
  type LaneName,
  type LaneSample,
  type NamespaceSample,
  namespaceLabel,
  type Sample,
} from '../../src/agent/sample.ts';
import type { FindingReport, LaneReport, NamespaceReport, Report } from '../../src/diagnosis/report.ts';
import { laneReport, namespaceReport, reportOf } from './reports.ts';

const TAKEN_AT = '2026-11-20T12:00:00.000Z';

function laneSample(lane: LaneReport): LaneSample {
  return { ...lane, closes: 7, refusedConnects: null, timeWaitProcesses: [] };
}

export function namespaceSample(lanes: readonly LaneReport[], more: Partial<NamespaceReport> = {}): NamespaceSample {
  const other = { lanes: 0, slots: 0, used: 0, live: 0, timeWait: 0, reclaimable: 0, closes: 0, refusedConnects: null };
  return { ...namespaceReport(lanes, more), takenAt: TAKEN_AT, lanes: lanes.map(laneSample), other };
}

export function sampleOf(namespaces: readonly NamespaceSample[], takenAt: string = TAKEN_AT): Sample {
  return {
    ...{ schema: 1, takenAt, host: { name: 'proxy.core', kernel: '6.18.44' } },
    cost: { intervalSeconds: 1, cpuSeconds: 0.003, durationSeconds: 0.004 },
    ...{ namespaces, notes: [] },
  };
}

export function finding(code: string, more: Partial<FindingReport> = {}): FindingReport {
  return {
    ...{ code, severity: 'critical', namespace: 'host', namespaceInode: 4_026_531_840, lane: null },
    ...{ summary: 'It is full.', explanation: 'All slots are held.', evidence: {}, remedies: [], unhelpful: [] },
    ...more,
  };
}

/** A lane that is nearly full. */
export const LANE: LaneReport = laneReport(['10.0.0.5', '10.0.1.9', 8080], { ESTABLISHED: 120, TIME_WAIT: 27_000 });

/** An agent that nothing samples for: a test says what it has seen. */
export class FakeAgent implements AgentView {
  sample: Sample | null = sampleOf([namespaceSample([LANE])]);
  findings: Findings | null = { takenAt: TAKEN_AT, findings: [finding('lane-exhausting')] };
  history: HistoryReader | null = null;
  isHealthy = true;
  /** How often a report was asked for. */
  reports = 0;
  reportIs: () => Promise<Report> = async () => reportOf([namespaceReport([LANE])]);
  readonly listeners: Set<AgentListener> = new Set();

  report(): Promise<Report> {
    this.reports += 1;
    return this.reportIs();
  }

  portMap(lane: LaneName): PortMap | null {
    const { namespaces = [] } = this.sample ?? {};
    const lanes = namespaces.filter((one) => namespaceLabel(one) === lane.namespace).flatMap((one) => one.lanes);
    const isThere = lanes.some(
      ({ source, destination, port, device }) =>
        source === lane.source && destination === lane.destination && port === lane.port && device === lane.device,
    );
    const ports = Buffer.alloc(65_536, 3).toString('base64');
    return isThere ? { schema: 1, takenAt: TAKEN_AT, lane, ports } : null;
  }

  health(): AgentHealth {
    return {
      ...{ isHealthy: this.isHealthy, version: '0.1.0', startedAt: TAKEN_AT, lastSampleAt: TAKEN_AT },
      ...{ intervalSeconds: 1, problems: [] },
      counters: { samples: 3, failures: 0, sampleCpuSeconds: 0.01, refusalsLost: null },
    };
  }

  subscribe(listener: AgentListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** As when a sample has been taken. */
  take(sample: Sample): void {
    this.sample = sample;
    for (const listener of this.listeners) listener.sample?.(sample);
  }

  /** As when the last sample has been examined. */
  find(findings: Findings): void {
    this.findings = findings;
    for (const listener of this.listeners) listener.findings?.(findings);
  }
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentHealth, AgentView } from '../../src/agent/agent-view.ts';
import { type MetricsFormat, negotiateFormat } from '../../src/agent/metrics/negotiate-format.ts';
import { renderMetrics } from '../../src/agent/metrics/render-metrics.ts';
import type { LaneSample, NamespaceSample, OtherLanes, Sample } from '../../src/agent/sample.ts';
import type { FindingReport, LaneReport } from '../../src/diagnosis/report.ts';
import { laneReport, namespaceReport } from './reports.ts';

type Ends = Parameters<typeof laneReport>[0];

/** A lane as a sample has it; nothing is counted of it where nothing else is said. */
export function laneSample(
  ends: Ends,
  states: Readonly<Record<string, number>>,
  more: Partial<LaneSample> = {},
): LaneSample {
  return { ...laneReport(ends, states, more), closes: null, refusedConnects: null, timeWaitProcesses: [], ...more };
}

export function namespaceSample(
  lanes: readonly LaneSample[],
  more: Partial<Omit<NamespaceSample, 'other'>> & { readonly other?: Partial<OtherLanes> } = {},
): NamespaceSample {
  const { other, ...rest } = more;
  const report = namespaceReport(lanes as readonly LaneReport[], rest);
  const none = {
    lanes: 0,
    slots: 0,
    used: 0,
    live: 0,
    timeWait: 0,
    reclaimable: 0,
    closes: null,
    refusedConnects: null,
  };
  return { ...report, takenAt: '2026-11-20T12:00:00.000Z', lanes, other: { ...none, ...other } };
}

export function sampleOf(namespaces: readonly NamespaceSample[], more: Partial<Sample> = {}): Sample {
  return {
    ...{ schema: 1, takenAt: '2026-11-20T12:00:00.000Z', host: { name: 'proxy.core', kernel: '6.18.44' } },
    cost: { intervalSeconds: 1, cpuSeconds: 0.004, durationSeconds: 0.0123 },
    ...{ namespaces, notes: [] },
    ...more,
  };
}

export function findingOf(code: string, severity: FindingReport['severity'], namespace: string | null): FindingReport {
  return {
    ...{ code, severity, namespace, namespaceInode: namespace === null ? null : 4_026_531_840, lane: null },
    ...{ summary: 'One sentence.', explanation: 'A few.', evidence: {}, remedies: [], unhelpful: [] },
  };
}

const HEALTH: AgentHealth = {
  ...{ isHealthy: true, version: '1.2.3', startedAt: '2026-11-20T11:00:00.000Z', intervalSeconds: 1, problems: [] },
  lastSampleAt: null,
  counters: { samples: 3_600, failures: 2, sampleCpuSeconds: 14.25, refusalsLost: null },
};

/** What an agent shows that has taken this sample: history and ports are not for scrapes. */
export function viewOf(
  sample: Sample | null,
  more: { readonly health?: Partial<AgentHealth>; readonly findings?: readonly FindingReport[] } = {},
): AgentView {
  const { findings } = more;
  return {
    sample,
    findings: findings === undefined ? null : { takenAt: '2026-11-20T12:00:00.000Z', findings },
    history: null,
    report: () => Promise.reject(new Error('a scrape takes no report')),
    portMap: () => null,
    health: () => ({ ...HEALTH, lastSampleAt: sample?.takenAt ?? null, ...more.health }),
    subscribe: () => () => {},
  };
}

/** An agent as Prometheus sees it: `/metrics` on loopback, and nothing else. */
export interface ScrapedAgent {
  /** `127.0.0.1:34567`. */
  readonly address: string;
  /** The content types of the answers so far. */
  readonly answered: readonly string[];
  close(): Promise<void>;
}

/** @param format left out: what the scraper asks for */
export async function serveMetrics(look: () => AgentView, format?: MetricsFormat): Promise<ScrapedAgent> {
  const answered: string[] = [];
  const server = createServer(async (request, response) => {
    const { contentType, body } = await renderMetrics(look(), format ?? negotiateFormat(request.headers.accept));
    answered.push(contentType);
    response.writeHead(200, { 'Content-Type': contentType }).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

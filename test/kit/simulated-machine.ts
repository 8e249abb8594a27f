import type { Findings } from '../../src/agent/agent-view.ts';
import type { LaneSeries } from '../../src/agent/history/history.ts';
import type { PortMap } from '../../src/agent/port-map.ts';
import {
  type LaneName,
  type LaneSample,
  type NamespaceSample,
  namespaceLabel,
  type Sample,
} from '../../src/agent/sample.ts';
import type { Report } from '../../src/diagnosis/report.ts';
import { diagnosed } from './diagnosed.ts';
import type { FakeAgent, FakeHistory } from './fake-agent.ts';
import { namespaceReport, reportOf } from './reports.ts';
import { SIMULATED_PORTS, type SimulatedLane } from './simulated-lane.ts';

/** A machine whose lanes are simulated, second for second, and which remembers them. */
export class SimulatedMachine implements FakeHistory {
  readonly #namespaces: ReadonlyMap<string, readonly SimulatedLane[]>;
  readonly #past: Sample[] = [];
  #atMs: number;

  constructor(namespaces: ReadonlyMap<string, readonly SimulatedLane[]>, atMs: number) {
    this.#namespaces = namespaces;
    this.#atMs = atMs;
  }

  pass(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      for (const lane of [...this.#namespaces.values()].flat()) lane.pass();
      this.#atMs += 1000;
      this.#past.push(this.#take());
    }
  }

  get sample(): Sample {
    return this.#past.at(-1) ?? this.#take();
  }

  get findings(): Findings {
    const { findings } = diagnosed(reportLike(this.sample));
    return { takenAt: this.sample.takenAt, findings };
  }

  portMap(name: LaneName): PortMap | null {
    const lanes = this.#namespaces.get(name.namespace) ?? [];
    const lane = lanes.find(({ load: { ends } }) => ends.join() === [name.source, name.destination, name.port].join());
    if (lane === undefined) return null;
    const ports = Buffer.from(lane.ports()).toString('base64');
    return { schema: 1, takenAt: this.sample.takenAt, lane: name, ports };
  }

  /** Has an agent serve it as it is now. */
  showOn(agent: FakeAgent): void {
    agent.ports = (lane) => this.portMap(lane);
    agent.sendFindings(this.findings);
    agent.send(this.sample);
  }

  span(): { sinceMs: number; untilMs: number } {
    return { sinceMs: Date.parse(this.#past[0]?.takenAt ?? ''), untilMs: this.#atMs };
  }

  at(atMs: number): Report | null {
    const found = this.#past.findLast(({ takenAt }) => Date.parse(takenAt) <= atMs);
    return found === undefined ? null : diagnosed(reportLike(found));
  }

  series(wanted: Omit<LaneName, 'device'>, sinceMs: number, untilMs: number): LaneSeries[] {
    const rows = this.#past.flatMap((sample) => {
      const atMs = Date.parse(sample.takenAt);
      const lane = findLane(sample, wanted);
      return lane === undefined || atMs < sinceMs || atMs > untilMs ? [] : [{ atMs, lane }];
    });
    const column = <T>(figure: (lane: LaneSample) => T): T[] => rows.map(({ lane }) => figure(lane));
    const refused = column(({ refusedConnects }) => refusedConnects ?? 0);
    const series: LaneSeries = {
      ...{ ...wanted, device: null, stepSeconds: 1 },
      times: rows.map(({ atMs }) => atMs / 1000),
      slots: column(({ slots }) => slots),
      used: column(({ used }) => used),
      live: column(({ live }) => live),
      timeWait: column(({ states }) => states.TIME_WAIT ?? 0),
      reclaimable: column(({ reclaimable }) => reclaimable),
      opensPerSecond: column(({ opensPerSecond }) => opensPerSecond),
      secondsToCliff: column(({ secondsToCliff }) => secondsToCliff),
      secondsToExhaustion: column(({ secondsToExhaustion }) => secondsToExhaustion),
      refusedConnects: refused.map((count, row) => count - (refused[row - 1] ?? count)),
    };
    return rows.length === 0 ? [] : [series];
  }

  #take(): Sample {
    const namespaces = [...this.#namespaces].map(([name, lanes], index) => {
      const samples = lanes.map((lane) => lane.sample()).sort((a, b) => (b.utilization ?? 1) - (a.utilization ?? 1));
      return namespaceSample(
        name,
        samples.filter(({ used }) => used > 0),
        index,
      );
    });
    return sampleOf(namespaces, { takenAt: new Date(this.#atMs).toISOString() });
  }
}

export function namespaceSample(name: string, lanes: readonly LaneSample[], index = 0): NamespaceSample {
  const report = namespaceReport(lanes, {
    ...{ name, inode: 4_026_531_840 + index, holder: index === 0 ? null : { pid: 2_000 + index, name: 'nginx' } },
    ports: { ...SIMULATED_PORTS, blockers: [] },
  });
  return {
    ...report,
    takenAt: '2026-11-20T12:00:00.000Z',
    lanes,
    other: {
      ...{ lanes: 0, slots: 0, used: 0, live: 0, timeWait: 0, reclaimable: 0, closes: 0, refusedConnects: 0 },
    },
  };
}

export function sampleOf(namespaces: readonly NamespaceSample[], more: Partial<Sample> = {}): Sample {
  return {
    schema: 1,
    takenAt: '2026-11-20T12:00:00.000Z',
    host: { name: 'proxy.core', kernel: '6.18.44' },
    cost: { intervalSeconds: 1, cpuSeconds: 0.0041, durationSeconds: 0.0052 },
    namespaces,
    notes: [],
    ...more,
  };
}

function reportLike({ takenAt, host, namespaces }: Sample): Report {
  return reportOf(namespaces, { takenAt, host });
}

function findLane(sample: Sample, wanted: Omit<LaneName, 'device'>): LaneSample | undefined {
  return sample.namespaces
    .find((namespace) => namespaceLabel(namespace) === wanted.namespace)
    ?.lanes.find(
      ({ source, destination, port }) =>
        source === wanted.source && destination === wanted.destination && port === wanted.port,
    );
}

import type { Report } from '../diagnosis/report.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { Tell } from './agent-event.ts';
import type { AgentHealth, AgentListener, AgentView, Findings } from './agent-view.ts';
import type { AgentConfig } from './config/agent-config.ts';
import { drawPortMap } from './draw-port-map.ts';
import { Examiner } from './examining/examiner.ts';
import { FindingChanges } from './examining/finding-changes.ts';
import { Rounds } from './examining/rounds.ts';
import type { HistoryStore } from './history/history.ts';
import type { PortMap } from './port-map.ts';
import { type LaneName, namespaceLabel, type Sample } from './sample.ts';
import { ClockWatch } from './sampling/clock-watch.ts';
import { laneKey } from './sampling/lane-tallies.ts';
import { rounded } from './sampling/rounded.ts';
import { Sampler } from './sampling/sampler.ts';

/** A sample that is this many intervals old is late. */
const LATE_INTERVALS = 3;
/** Between the end of one sample and the beginning of the next, however dear they are: others have their turn. */
const SHORTEST_REST_MS = 10;
/** A report serves all that ask for so long after it was made, in milliseconds, and for so many times what it cost. */
const REPORT_SHARED_MS = 1_000;
const REPORT_SHARED_COSTS = 20;

export interface AgentOptions {
  readonly version: string;
  readonly history: HistoryStore | null;
  readonly tell: Tell;
}

/** Samples the machine until it is stopped, and shows what it sees. */
export class Agent implements AgentView {
  readonly history: HistoryStore | null;
  sample: Sample | null = null;
  findings: Findings | null = null;
  readonly #config: AgentConfig;
  readonly #tell: Tell;
  readonly #version: string;
  readonly #startedAt: Date = new Date();
  readonly #sampler: Sampler;
  readonly #examiner: Examiner;
  readonly #rounds = new Rounds();
  readonly #changes = new FindingChanges();
  readonly #clock = new ClockWatch();
  readonly #listeners = new Set<AgentListener>();
  #samples = 0;
  #stepAt = 0;
  #cpuSeconds = 0;
  #sampledAt = Number.NEGATIVE_INFINITY;
  #isStretched = false;
  #problems: ReadonlySet<string> = new Set();
  #report: { readonly report: Report; readonly until: number } | null = null;
  #reporting: Promise<Report> | null = null;
  #stopped = false;
  #wake: () => void = () => {};

  constructor(config: AgentConfig, { version, history, tell }: AgentOptions) {
    this.#config = config;
    this.#version = version;
    this.#tell = tell;
    this.history = history;
    this.#sampler = new Sampler(config);
    this.#examiner = new Examiner(this.#sampler);
  }

  /**
   * Takes the first sample.
   *
   * @throws FourtupleError FT_NAMESPACE where no namespace that was asked for can be sampled
   */
  async begin(): Promise<void> {
    const { namespaces, notes } = await this.#step();
    if (namespaces.length > 0) return;
    throw new FourtupleError('FT_NAMESPACE', `nothing can be sampled: ${notes.join('; ') || 'there is no namespace'}`);
  }

  /**
   * Samples until {@link stop} is called.
   *
   * @param onSample after each sample
   */
  async run(onSample: (sample: Sample) => void): Promise<void> {
    while (!this.#stopped) {
      const next = this.#stepAt + this.#sampler.pace.intervalSeconds * 1_000;
      await this.#rest(Math.max(SHORTEST_REST_MS, next - performance.now()));
      if (!this.#stopped) onSample(await this.#step());
    }
  }

  /** Gives back what it holds of the kernel. */
  close(): void {
    this.#sampler.close();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async report(): Promise<Report> {
    if (this.#report !== null && performance.now() < this.#report.until) return this.#report.report;
    return this.#examine();
  }

  portMap(lane: LaneName): PortMap | null {
    const namespace = this.sample?.namespaces.find((one) => namespaceLabel(one) === lane.namespace);
    if (namespace === undefined || namespace.inode === null) return null;
    const { census } = this.#sampler.samplerOf(namespace.inode)?.taken ?? {};
    const key = laneKey(lane);
    const found = census?.fullest(this.#config.lanesPerNamespace).find((use) => laneKey(use) === key);
    if (census === undefined || found === undefined) return null;
    const ports = Buffer.from(drawPortMap(census, found.index)).toString('base64');
    return { schema: 1, takenAt: namespace.takenAt, lane, ports };
  }

  health(): AgentHealth {
    const { intervalSeconds } = this.#sampler.pace;
    const ageMs = performance.now() - this.#sampledAt;
    return {
      isHealthy: ageMs <= LATE_INTERVALS * intervalSeconds * 1_000,
      version: this.#version,
      startedAt: this.#startedAt.toISOString(),
      lastSampleAt: this.sample?.takenAt ?? null,
      intervalSeconds: rounded(intervalSeconds),
      problems: [...this.#problems, ...(this.history?.problem == null ? [] : [this.history.problem])],
      counters: {
        samples: this.#samples,
        failures: this.#sampler.failures,
        sampleCpuSeconds: rounded(this.#cpuSeconds),
        refusalsLost: this.#sampler.refusalsLost,
      },
    };
  }

  subscribe(listener: AgentListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #step(): Promise<Sample> {
    this.#stepAt = performance.now();
    const jump = this.#clock.look();
    if (jump !== null) this.#tell(jump);
    const cpu = process.cpuUsage();
    const sample = await this.#sampler.sample(new Date().toISOString());
    this.sample = sample;
    this.#samples += 1;
    this.#cpuSeconds += sample.cost.cpuSeconds;
    this.#sampledAt = performance.now();
    this.#tellProblems(this.#sampler.problems);
    this.history?.append(sample);
    for (const listener of this.#listeners) listener.sample?.(sample);
    const { user, system } = process.cpuUsage(cpu);
    this.#sampler.spent((user + system) / 1e6);
    this.#tellPace();
    if (this.#rounds.isDue(sample)) await this.#examine();
    return sample;
  }

  /** One at a time, whoever wants it. */
  #examine(): Promise<Report> {
    this.#reporting ??= this.#makeReport().finally(() => {
      this.#reporting = null;
    });
    return this.#reporting;
  }

  async #makeReport(): Promise<Report> {
    const start = performance.now();
    const report = await this.#examiner.examine();
    const ms = performance.now() - start;
    this.#rounds.done(ms);
    this.#report = { report, until: performance.now() + Math.max(REPORT_SHARED_MS, REPORT_SHARED_COSTS * ms) };
    this.findings = { takenAt: report.takenAt ?? '', findings: report.findings };
    for (const event of this.#changes.compare(report.findings)) this.#tell(event);
    this.history?.recordFindings(this.findings.takenAt, report.findings);
    for (const listener of this.#listeners) listener.findings?.(this.findings);
    return report;
  }

  #tellPace(): void {
    const { isStretched, costSeconds, intervalSeconds } = this.#sampler.pace;
    if (isStretched === this.#isStretched) return;
    this.#isStretched = isStretched;
    const percent = Number((this.#config.cpuBudget * 100).toFixed(2));
    this.#tell({
      level: 'info',
      event: isStretched ? 'interval-stretched' : 'interval-restored',
      message: isStretched
        ? `A sample costs ${(costSeconds * 1_000).toFixed(1)} ms of processor time, more than ${percent} % of a core at the interval asked for: the next ones come every ${intervalSeconds.toFixed(1)} s.`
        : `Samples come every ${intervalSeconds.toFixed(1)} s again.`,
      fields: { intervalSeconds: rounded(intervalSeconds), cpuSeconds: rounded(costSeconds) },
    });
  }

  #tellProblems(problems: readonly string[]): void {
    for (const problem of problems) {
      if (!this.#problems.has(problem)) this.#tell({ level: 'warning', event: 'cannot-look', message: problem });
    }
    this.#problems = new Set(problems);
  }

  #rest(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

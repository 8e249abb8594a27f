import type { CountedLaneReport } from '../../diagnosis/report.ts';
import type { Refusal } from '../../linux/connect-trace.ts';
import type { NamespaceHandle } from '../../linux/network-namespace.ts';
import { ticksPerSecond } from '../../linux/timer-tick.ts';
import { thisHost } from '../../machine/report-of.ts';
import { type ReadCounts, spreadCounts } from '../../machine/spread-counts.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { meanTimeWaitSeconds } from '../../tcp/time-wait.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import { type NamespaceSample, namespaceLabel, type Sample } from '../sample.ts';
import { laneKey } from './lane-tallies.ts';
import { NamespaceSampler } from './namespace-sampler.ts';
import { Pace } from './pace.ts';
import { RefusalCounts } from './refusal-counts.ts';
import { rounded } from './rounded.ts';
import { type SampledNamespace, SampledNamespaces } from './sampled-namespaces.ts';

/** Spreads are looked for in the journal this often. */
const SPREADS_INTERVAL_MS = 5_000;
/** Callers and lanes whose refusals are kept for the next examination. */
const MOST_RECENT = 1_000;

/** Takes the samples of a machine, one at a time. */
export class Sampler {
  readonly #config: AgentConfig;
  readonly #namespaces: SampledNamespaces;
  readonly #refusals: RefusalCounts;
  readonly #pace: Pace;
  readonly #samplers = new Map<number, NamespaceSampler>();
  readonly #timeWaitSeconds: number = meanTimeWaitSeconds(ticksPerSecond());
  #current: ReadonlyMap<number, SampledNamespace> = new Map();
  #counts: ReadCounts = () => ({ lanes: null, notes: [] });
  #countsAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** Refused to callers that ended before it was known in which namespace. */
  #nobodys = 0;
  #recent: Refusal[] = [];
  #failed: readonly string[] = [];

  /** @param listIntervalMs namespaces are looked for at most so often */
  constructor(config: AgentConfig, listIntervalMs?: number) {
    this.#config = config;
    this.#namespaces = new SampledNamespaces(config.namespaces, listIntervalMs);
    this.#refusals = config.traceRefusals ? RefusalCounts.open() : RefusalCounts.off();
    this.#pace = new Pace(config.intervalSeconds, config.cpuBudget);
  }

  get pace(): Pace {
    return this.#pace;
  }

  get refusalsCounted(): boolean {
    return this.#refusals.isCounting;
  }

  /** Samples of single namespaces that failed. */
  get failures(): number {
    return this.#failures;
  }

  get refusalsLost(): number | null {
    const { lost } = this.#refusals;
    return lost === null ? null : lost + this.#nobodys;
  }

  /** The namespaces of the last sample, by inode. */
  get namespaces(): ReadonlyMap<number, SampledNamespace> {
    return this.#current;
  }

  /** What does not work, a sentence each. */
  get problems(): string[] {
    const own = this.#refusals.problem === null ? [] : [this.#refusals.problem];
    const closes = [...this.#samplers.values()].flatMap(({ problems }) => problems);
    return [...own, ...new Set(closes), ...this.#failed];
  }

  samplerOf(inode: number): NamespaceSampler | undefined {
    return this.#samplers.get(inode);
  }

  /**
   * @param takenAt RFC 3339, UTC
   * @throws FourtupleError where the process cannot work any more, see `inNamespace`
   */
  async sample(takenAt: string): Promise<Sample> {
    const start = performance.now();
    const cpu = process.cpuUsage();
    await this.#lookForSpreads();
    const failed: string[] = [];
    const fail = (who: string, { message }: FourtupleError): void => {
      this.#failures += 1;
      failed.push(`${who}: ${message}`);
    };
    const current = this.#list(fail);
    this.#takeRefusals();
    const namespaces: NamespaceSample[] = [];
    for (const namespace of current) {
      try {
        namespaces.push(await this.#step(namespace, takenAt));
      } catch (error) {
        if (!(error instanceof FourtupleError)) throw error;
        this.#forget(namespace.entry.inode);
        // One that has gone since it was listed is nobody's loss.
        if (error.code === 'FT_NAMESPACE' && !namespace.isChosen) continue;
        fail(namespaceLabel(namespace.entry), error);
      }
    }
    this.#failed = failed;
    const spent = process.cpuUsage(cpu);
    const cpuSeconds = (spent.user + spent.system) / 1e6;
    return {
      schema: 1,
      takenAt,
      host: thisHost(),
      cost: {
        intervalSeconds: rounded(this.#pace.intervalSeconds),
        cpuSeconds: rounded(cpuSeconds),
        durationSeconds: rounded((performance.now() - start) / 1_000),
      },
      namespaces,
      notes: [...this.#namespaces.notes, ...failed],
    };
  }

  /** Takes note of what a sample has cost, with all that was made of it at once; what a longer interval would not save is left out. */
  spent(cpuSeconds: number): void {
    this.#pace.spent(Math.max(0, cpuSeconds - this.#closesSeconds()));
  }

  close(): void {
    this.#refusals.close();
    for (const inode of [...this.#samplers.keys()]) this.#forget(inode);
  }

  #list(failed: (reference: string, error: FourtupleError) => void): SampledNamespace[] {
    const current = this.#namespaces.current(failed);
    this.#current = new Map(current.map((namespace) => [namespace.entry.inode, namespace]));
    for (const inode of [...this.#samplers.keys()]) if (!this.#current.has(inode)) this.#forget(inode);
    return [...this.#current.values()];
  }

  async #step(namespace: SampledNamespace, takenAt: string): Promise<NamespaceSample> {
    const handle = namespace.open();
    try {
      let sampler = this.#samplers.get(handle.inode);
      if (sampler === undefined) {
        sampler = new NamespaceSampler({
          lanes: this.#config.lanesPerNamespace,
          timeWaitSeconds: this.#timeWaitSeconds,
          watchCloses: this.#config.watchCloses,
        });
        this.#samplers.set(handle.inode, sampler);
      }
      return await sampler.step(handle, namespace, {
        takenAt,
        counted: this.#countedIn(handle),
        refusalsCounted: this.#refusals.isCounting,
      });
    } finally {
      handle.close();
    }
  }

  /** Reading closes: it costs the same however often it is done. */
  #closesSeconds(): number {
    let ms = 0;
    for (const { closesMs } of this.#samplers.values()) ms += closesMs;
    return ms / 1_000;
  }

  #countedIn(handle: NamespaceHandle): readonly CountedLaneReport[] | null {
    return this.#counts(handle).lanes;
  }

  async #lookForSpreads(): Promise<void> {
    const now = performance.now();
    if (now - this.#countsAt < SPREADS_INTERVAL_MS) return;
    this.#countsAt = now;
    this.#counts = await spreadCounts();
  }

  /** A caller that has ended tells no namespace: its lane may. */
  #takeRefusals(): void {
    for (const refusal of this.#refusals.take()) {
      const { namespaceInode, source, destination, port, count } = refusal;
      const key = laneKey({ source, destination, port, device: null });
      const sampler =
        namespaceInode === null
          ? [...this.#samplers.values()].find(({ sample }) => sample?.lanes.some((lane) => laneKey(lane) === key))
          : this.#samplers.get(namespaceInode);
      sampler?.addRefusals(key, count);
      if (sampler === undefined && namespaceInode === null) this.#nobodys += count;
      if (this.#recent.length < MOST_RECENT) this.#recent.push(refusal);
    }
  }

  /** What was refused since the last call. */
  takeRecentRefusals(): readonly Refusal[] {
    const recent = this.#recent;
    this.#recent = [];
    return recent;
  }

  #forget(inode: number): void {
    this.#samplers.get(inode)?.close();
    this.#samplers.delete(inode);
  }
}

import type { BoundSocket } from '../../census/bound-sockets.ts';
import type { WatchedCloses } from '../../census/compare-closes.ts';
import type { NamespaceCensus } from '../../census/namespace-census.ts';
import type { ObservedRates } from '../../census/observed-rates.ts';
import { takeCensus } from '../../census/take-census.ts';
import type { CountedLaneReport } from '../../diagnosis/report.ts';
import { inNamespace, type NamespaceHandle } from '../../linux/network-namespace.ts';
import { readSocketCounts } from '../../linux/sockstat.ts';
import type { NamespaceSample } from '../sample.ts';
import { type ClosedWindow, ClosesWindow } from './closes-window.ts';
import { LaneTallies, laneKey } from './lane-tallies.ts';
import { isQuiet, QUIET_INTERVAL_MS } from './quiet.ts';
import { isToldByTimeWait, type LaneOwnership, sampleNamespace } from './sample-namespace.ts';
import type { SampledNamespace } from './sampled-namespaces.ts';

/** For so long what is bound to ports of the range is taken to stay: listing it costs as much as all else of a census. */
const BOUND_KEPT_MS = 30_000;

export interface NamespaceSamplerOptions {
  readonly lanes: number;
  readonly timeWaitSeconds: number;
  readonly watchCloses: boolean;
}

/** What differs from sample to sample. */
export interface Moment {
  /** RFC 3339, UTC. */
  readonly takenAt: string;
  readonly counted: readonly CountedLaneReport[] | null;
  /** Whether refusals are counted at all. */
  readonly refusalsCounted: boolean;
}

/** Samples one network namespace, and remembers of it what the next sample needs. */
export class NamespaceSampler {
  readonly #options: NamespaceSamplerOptions;
  readonly #tallies = new LaneTallies();
  readonly #closes: ClosesWindow | null;
  #observed: ReadonlyMap<string, ObservedRates> = new Map();
  #listed: ReadonlySet<string> = new Set();
  #ownership: ReadonlyMap<string, LaneOwnership> = new Map();
  #bound: readonly BoundSocket[] | undefined;
  #boundAt = 0;
  #taken: NamespaceCensus | null = null;
  #takenAt = 0;
  #closesMs = 0;
  #sample: NamespaceSample | null = null;

  constructor(options: NamespaceSamplerOptions) {
    this.#options = options;
    this.#closes = options.watchCloses ? new ClosesWindow() : null;
  }

  /** The last census; null before the first. */
  get taken(): NamespaceCensus | null {
    return this.#taken;
  }

  /** How long reading closes took in the last step, in milliseconds: it costs the same however often it is done. */
  get closesMs(): number {
    return this.#closesMs;
  }

  get sample(): NamespaceSample | null {
    return this.#sample;
  }

  /** What was seen of closes lately, of the lanes of the last census. */
  get watched(): WatchedCloses | undefined {
    const { census } = this.#taken ?? {};
    if (census === undefined || this.#observed.size === 0) return undefined;
    const observed = (lane: number): ObservedRates | null =>
      isToldByTimeWait(census, lane) ? null : (this.#observed.get(laneKey(census.lane(lane))) ?? null);
    return { observed, bytesPerConnection: () => null, closes: 0, notes: [] };
  }

  get problems(): string[] {
    return this.#closes?.problem == null ? [] : [this.#closes.problem];
  }

  /** Takes note of whose the sockets of lanes are, by the key of the lane. */
  setOwnership(ownership: ReadonlyMap<string, LaneOwnership>): void {
    this.#ownership = ownership;
  }

  /** @param key of the lane; one that is not known counts for the others */
  addRefusals(key: string, count: number): void {
    this.#tallies.add(key, this.#listed.has(key), 'refusedConnects', count);
  }

  /**
   * Counts the lanes of the namespace, unless it has so few sockets that its last sample still tells enough.
   *
   * @param handle of the namespace, open during the call
   * @throws FourtupleError where it cannot be looked at: see `takeCensus`
   */
  async step(handle: NamespaceHandle, { entry, isChosen }: SampledNamespace, moment: Moment): Promise<NamespaceSample> {
    this.#closesMs = 0;
    if (!isChosen && this.#sample !== null && this.#mayWait(handle)) return this.#sample;
    this.#closesMs = this.#closes?.read() ?? 0;
    const taken = await this.#count(handle);
    const closed = this.#closes?.step(handle, taken) ?? null;
    const isCounting = this.#closes?.isCounting === true;
    this.#tallies.setCounted({ closes: isCounting, refusedConnects: moment.refusalsCounted });
    if (!isCounting) this.#observed = new Map();
    if (closed !== null) this.#noteCloses(taken, closed);
    const note = this.#closes?.note ?? null;
    const sample = sampleNamespace(note === null ? taken : { ...taken, notes: [...taken.notes, note] }, {
      identity: { inode: entry.inode, name: entry.name, holder: entry.holder },
      takenAt: moment.takenAt,
      lanes: this.#options.lanes,
      timeWaitSeconds: this.#options.timeWaitSeconds,
      counted: moment.counted,
      tallies: this.#tallies,
      observed: (key) => this.#observed.get(key) ?? null,
      ownership: (key) => this.#ownership.get(key) ?? null,
    });
    this.#listed = new Set(sample.lanes.map(laneKey));
    this.#taken = taken;
    this.#takenAt = performance.now();
    this.#sample = sample;
    return sample;
  }

  /** Gives back what it holds of the namespace, which could not go otherwise. */
  close(): void {
    this.#closes?.close();
  }

  #mayWait(handle: NamespaceHandle): boolean {
    if (this.#taken === null || performance.now() - this.#takenAt >= QUIET_INTERVAL_MS) return false;
    return isQuiet(inNamespace(handle, readSocketCounts), this.#taken.census.pool.range);
  }

  async #count(handle: NamespaceHandle): Promise<NamespaceCensus> {
    const now = performance.now();
    const isFresh = now - this.#boundAt < BOUND_KEPT_MS;
    // Live sockets that are bound to their own port come and go.
    const lastBound = isFresh && this.#bound?.every(({ kind }) => kind === 'bound-idle') ? this.#bound : undefined;
    const taken = await takeCensus({ namespace: handle, askAboutPorts: lastBound === undefined, lastBound });
    if (lastBound === undefined) {
      this.#bound = taken.census.scan.bound;
      this.#boundAt = now;
    }
    return taken;
  }

  #noteCloses({ census }: NamespaceCensus, { watched, seconds }: ClosedWindow): void {
    const observed = new Map<string, ObservedRates>();
    let others = watched.closes;
    for (const lane of census.fullest(this.#options.lanes)) {
      const rates = watched.observed(lane.index);
      if (rates === null) continue;
      const key = laneKey(lane);
      observed.set(key, rates);
      if (!this.#listed.has(key)) continue;
      const closes = Math.round(rates.closesPerSecond * seconds);
      this.#tallies.add(key, true, 'closes', closes);
      others -= closes;
    }
    this.#tallies.add('', false, 'closes', Math.max(0, others));
    this.#observed = observed;
  }
}

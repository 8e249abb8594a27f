import type { Census } from '../census/census.ts';
import { takeCensus } from '../census/take-census.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import { readSegmentCounts } from '../linux/segment-counts.ts';
import { type Destroyed, SockDestroy } from '../linux/sock-destroy.ts';
import { SockDiag } from '../linux/sock-diag.ts';
import { LaneBook } from './lane-book.ts';
import { Look } from './look.ts';
import type { RecycleOptions } from './options.ts';
import type { RecycleProgress, RecycleSummary } from './progress.ts';
import { Survey } from './survey.ts';
import { thresholdSlots } from './threshold.ts';
import { FIRST_WINDOW_SECONDS, type WatchedLane } from './watched-lane.ts';

/** More would not be read. */
const MOST_LANES_TOLD = 100;
const SURVEY_INTERVAL_MS = 10_000;
/** Where something is to be released and too little is known. */
const RETRY_MS = 1_000;
const NEVER_SURVEYED = { takenAt: Number.NEGATIVE_INFINITY, judgedAt: Number.NEGATIVE_INFINITY };

/** A lane whose slots are released, and its number. */
interface Active {
  readonly lane: WatchedLane;
  readonly number: number;
}

/** Surveys, looks, plans and releases, each when it is told to. */
export class Recycler {
  readonly #options: RecycleOptions;
  readonly #diag: SockDiag;
  readonly #destroy: SockDestroy | null;
  readonly #book = new LaneBook();
  readonly #look: Look;
  readonly #start: number = performance.now();
  readonly #cpuAtStart: NodeJS.CpuUsage = process.cpuUsage();
  #survey: Survey | undefined;
  #sinceSeconds: number | null = null;
  #active: Active[] = [];
  #looks = 0;
  #released = 0;
  #gone = 0;
  #destroySeconds = 0;

  /** @throws FourtupleError FT_UNSUPPORTED; FT_PRIVILEGE, FT_NAMESPACE where the namespace cannot be entered */
  constructor(options: RecycleOptions) {
    this.#options = options;
    this.#look = new Look(this.#book, options.pattern);
    this.#diag = inNamespace(options.namespace, () => SockDiag.open());
    try {
      this.#destroy = options.dryRun ? null : inNamespace(options.namespace, () => SockDestroy.open());
    } catch (error) {
      this.#diag.close();
      throw error;
    }
  }

  get lanes(): readonly WatchedLane[] {
    return this.#book.lanes;
  }

  /** `performance.now()` when the last look began. */
  get lookedAt(): number {
    return this.#look.startedAt;
  }

  get lookSeconds(): number {
    return this.#look.seconds;
  }

  /** Takes a census, which tells the room of each lane, and judges those that have something to release. */
  async survey(options: { readonly judgeAll: boolean }): Promise<Census> {
    const { namespace, pattern, threshold } = this.#options;
    const { census } = await takeCensus({ namespace, askAboutPorts: false });
    // It takes tens of milliseconds: what has come of age meanwhile does not wait for the rest.
    this.release();
    this.#book.forgetIdle();
    this.#survey = new Survey(census, inNamespace(namespace, readSegmentCounts), pattern, this.#book);
    const isWanted = (lane: WatchedLane, used: number): boolean =>
      lane.isNear || used > thresholdSlots(threshold, lane);
    this.#survey.judge(this.#diag, isWanted, options.judgeAll);
    return census;
  }

  /** Where it is time: a survey, or another try to measure networks that are not known. */
  async refresh(): Promise<void> {
    const { takenAt, judgedAt } = this.#survey ?? NEVER_SURVEYED;
    const now = performance.now();
    const near = this.#book.lanes.filter(({ isNear }) => isNear);
    const mayRetry = now - takenAt >= RETRY_MS && near.some(({ isSurveyed }) => !isSurveyed);
    if (mayRetry || now - takenAt >= SURVEY_INTERVAL_MS) await this.survey({ judgeAll: false });
    else if (now - judgedAt >= RETRY_MS && near.some(({ isKnown }) => !isKnown)) {
      this.#survey?.judge(this.#diag, ({ isNear, isKnown }) => isNear && !isKnown, false);
    }
  }

  /** Counts what is there now; after the first survey. @param goesOn whether opens since the last look are of interest */
  look(goesOn: boolean): void {
    const before = this.#look.startedAt;
    this.#sinceSeconds = goesOn && this.#looks > 0 ? (performance.now() - before) / 1_000 : null;
    this.#look.take(this.#diag, (this.#survey as Survey).census.pool, this.#sinceSeconds ?? FIRST_WINDOW_SECONDS);
    this.#looks += 1;
  }

  /** Says what is to be released. @param aheadSeconds from the last look to the end of the next; 0 where there is none */
  plan(aheadSeconds: number): void {
    this.#active = [];
    for (const [number, lane] of this.#book.lanes.entries()) {
      lane.plan(this.#options, { since: this.#sinceSeconds, ahead: aheadSeconds });
      if (lane.demand > 0 && lane.mayBeReleased) this.#active.push({ lane, number });
    }
  }

  /** Releases what is due by now, as far as it is to be released. */
  release(): void {
    const now = performance.now() - this.#look.startedAt;
    for (const { lane, number } of this.#active) {
      const rows = this.#look.plan.take(number, now, lane.demand);
      if (rows.length > 0) this.#releaseRows(lane, rows);
    }
  }

  /** Right after the release that follows a look: the figures are to show what it left. */
  settle(): void {
    for (const { lane } of this.#active) lane.settle();
  }

  /** When the next socket that is to be released is due, in `performance.now()`; Infinity where none is known. */
  get nextDueAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { lane, number } of this.#active) {
      if (lane.demand > 0) next = Math.min(next, this.#look.plan.nextDueMs(number));
    }
    return this.#look.startedAt + next;
  }

  progress(): RecycleProgress {
    const lanes = [...this.#book.lanes].sort((a, b) => b.fullness - a.fullness);
    return {
      seconds: (performance.now() - this.#start) / 1_000,
      looks: this.#looks,
      released: this.#released,
      lanes: lanes.slice(0, MOST_LANES_TOLD).map((lane) => lane.toRecycled()),
      lanesOmitted: Math.max(0, lanes.length - MOST_LANES_TOLD),
    };
  }

  summary(): RecycleSummary {
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    return {
      ...this.progress(),
      gone: this.#gone,
      cpuSeconds: (user + system) / 1e6,
      destroySeconds: this.#destroySeconds,
    };
  }

  close(): void {
    this.#diag.close();
    this.#destroy?.close();
  }

  #releaseRows(lane: WatchedLane, rows: Uint32Array): void {
    const destroy = this.#destroy;
    const { destroyed, gone } =
      destroy === null ? { destroyed: rows.length, gone: 0 } : this.#destroyRows(destroy, rows);
    lane.demand -= rows.length;
    lane.released += destroyed;
    this.#released += destroyed;
    this.#gone += gone;
  }

  #destroyRows(destroy: SockDestroy, rows: Uint32Array): Destroyed {
    const start = performance.now();
    const outcome = destroy.destroy(this.#look.ids, rows, rows.length);
    this.#destroySeconds += (performance.now() - start) / 1_000;
    return outcome;
  }
}

import type { FindingReport, Report } from '../../diagnosis/report.ts';
import { printable } from '../../linux/printable.ts';
import { formatWait, plural } from '../../tcp/number-text.ts';
import type { HistoryConfig } from '../config/agent-config.ts';
import type { Sample } from '../sample.ts';
import type { Driver } from './database.ts';
import { isDiskFull } from './disk-room.ts';
import { failureText } from './failure-text.ts';
import { claimFile } from './file-claim.ts';
import { FindingsChange } from './findings-change.ts';
import type { HistoryClock, HistoryEvent, HistorySpan, HistoryStore, LaneSeries, SeriesQuery } from './history.ts';
import { isDamaged, moveAside } from './open-file.ts';
import { OpenHistory } from './open-history-file.ts';
import { RefusalCounts } from './refusal-counts.ts';

/** After a failure it is tried again after so many milliseconds, and after each further one after twice as many. */
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [5_000, 60_000];
/** How far the clock must have jumped to be worth a word. */
const JUMP_MS = 10_000;

/** The history of one agent: nothing that fails reaches whoever appends or asks, it is told. */
export class KeptHistory implements HistoryStore {
  readonly #config: HistoryConfig;
  readonly #driver: Driver;
  readonly #tell: (event: HistoryEvent) => void;
  readonly #clock: HistoryClock;
  readonly #title: string;
  readonly #refusals: RefusalCounts = new RefusalCounts();
  readonly #findings: FindingsChange = new FindingsChange();
  #open: OpenHistory | null = null;
  #giveBack: (() => void) | null = null;
  #problem: string | null = null;
  #unreadable: string | null = null;
  /** Samples that were not recorded. */
  #missed = 0;
  #failures = 0;
  #retryAt = 0;
  /** Of the last sample, by both clocks. */
  #last: { readonly atMs: number; readonly elapsedMs: number } | null = null;

  constructor(config: HistoryConfig, driver: Driver, tell: (event: HistoryEvent) => void, clock: HistoryClock) {
    this.#config = config;
    this.#driver = driver;
    this.#tell = tell;
    this.#clock = clock;
    this.#title = `the history '${printable(config.file)}'`;
  }

  get problem(): string | null {
    return this.#problem;
  }

  /** Opens it now, and not with the first sample. */
  open(): void {
    try {
      this.#opened();
    } catch (error) {
      this.#failed(error);
    }
  }

  append(sample: Sample): void {
    this.#tellJump(sample);
    if (this.#open === null ? this.#clock.elapsed() < this.#retryAt : this.#isWaiting()) {
      this.#missed += 1;
      return;
    }
    try {
      this.#opened().append(sample);
      this.#succeeded();
    } catch (error) {
      this.#missed += 1;
      this.#failed(error);
    }
  }

  recordFindings(takenAt: string, findings: readonly FindingReport[]): void {
    const now = this.#clock.elapsed();
    if (this.#open === null || this.#isWaiting() || !this.#findings.isWorthRecording(findings, now)) return;
    try {
      if (this.#open.recordFindings(takenAt, findings)) this.#findings.recorded(findings, now);
    } catch (error) {
      this.#failed(error);
    }
  }

  span(): HistorySpan | null {
    return this.#read((open) => open.queries.span(), null);
  }

  at(atMs: number): Report | null {
    return this.#read((open) => open.queries.at(atMs), null);
  }

  series(query: SeriesQuery): readonly LaneSeries[] {
    return this.#read((open) => open.queries.series(query), []);
  }

  close(): void {
    this.#open?.close();
    this.#open = null;
    this.#giveBack?.();
    this.#giveBack = null;
    this.#retryAt = Number.POSITIVE_INFINITY;
  }

  #isWaiting(): boolean {
    return this.#problem !== null && this.#clock.elapsed() < this.#retryAt;
  }

  #opened(): OpenHistory {
    if (this.#open?.isInPlace() === false) {
      this.#drop();
      const message = `${this.#title} was deleted, or replaced by another file: what is there now is gone on with`;
      this.#tell({ kind: 'moved-aside', message, hint: null });
    }
    this.#giveBack ??= claimFile(this.#config.file);
    this.#open ??= new OpenHistory(this.#config, this.#driver, this.#clock, this.#refusals, (to) => {
      this.#tellMoved('is no history', to);
    });
    return this.#open;
  }

  #tellMoved(why: string, to: string): void {
    this.#tell({
      kind: 'moved-aside',
      message: `${this.#title} ${why}: it is now '${printable(to)}', and a new one is begun`,
      hint: null,
    });
  }

  #drop(): void {
    this.#open?.abandon();
    this.#open = null;
    this.#findings.forget();
  }

  #succeeded(): void {
    this.#failures = 0;
    if (this.#problem === null) return;
    const missing = this.#missed === 0 ? 'nothing' : plural(this.#missed, 'sample');
    const message = `${this.#title} is recorded again; ${missing} ${this.#missed > 1 ? 'are' : 'is'} missing`;
    [this.#problem, this.#missed] = [null, 0];
    this.#tell({ kind: 'resumed', message, hint: null });
  }

  #failed(error: unknown): void {
    this.#retryAt = this.#clock.elapsed() + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    if (isDamaged(error) && this.#isReplaced() && this.#failures === 1) {
      // With the next sample; but one that is damaged each time is no better than a full disk.
      this.#retryAt = 0;
      return;
    }
    if (this.#open?.isLost(error) === true) this.#drop();
    const { reason, hint } = failureText(error, isDiskFull(this.#config.file));
    const message = `${this.#title} is not recorded: ${reason}`;
    if (message === this.#problem) return;
    this.#problem = message;
    this.#tell({ kind: 'stopped', message, hint });
  }

  /** Moves the file aside. @returns false where that cannot be done */
  #isReplaced(): boolean {
    this.#drop();
    try {
      this.#tellMoved('is damaged', moveAside(this.#config.file));
      return true;
    } catch {
      // It is found damaged again when it is opened.
      return false;
    }
  }

  #read<T>(ask: (open: OpenHistory) => T, otherwise: T): T {
    if (this.#open === null) return otherwise;
    try {
      return ask(this.#open);
    } catch (error) {
      const message = `${this.#title} could not be read: ${failureText(error, false).reason}`;
      if (message !== this.#unreadable) this.#tell({ kind: 'unreadable', message, hint: null });
      this.#unreadable = message;
      return otherwise;
    }
  }

  #tellJump({ takenAt }: Sample): void {
    const [atMs, elapsedMs, last] = [Date.parse(takenAt), this.#clock.elapsed(), this.#last];
    this.#last = { atMs, elapsedMs };
    const jumpMs = last === null ? 0 : atMs - last.atMs - (elapsedMs - last.elapsedMs);
    if (Math.abs(jumpMs) < JUMP_MS) return;
    const by = formatWait(Math.abs(jumpMs) / 1_000);
    const message =
      jumpMs > 0
        ? `the clock was set forward by ${by}, or the machine slept: nothing of the history is deleted for it`
        : `the clock was set back by ${by}: what was recorded for times to come is shown when they come, until new samples replace it`;
    this.#tell({ kind: 'clock', message, hint: null });
  }
}

import { statSync } from 'node:fs';
import type { FindingReport } from '../../diagnosis/report.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { HistoryConfig } from '../config/agent-config.ts';
import type { Sample } from '../sample.ts';
import type { Database, Driver, SqlFailure } from './database.ts';
import { isDiskFull } from './disk-room.ts';
import type { HistoryClock } from './history.ts';
import { HistoryQueries } from './history-queries.ts';
import { HistoryWriter } from './history-writer.ts';
import { openFile } from './open-file.ts';
import type { RefusalCounts } from './refusal-counts.ts';
import { PAGE_BYTES } from './schema.ts';

/** Less would hold a few minutes, and leave no room for what SQLite needs beside it. */
const LEAST_BYTES = 4_194_304;
/** Of all that the history may take, the -wal has so much, and at most this part; the -shm has the rest. */
const [MOST_WAL_BYTES, WAL_PART, SHM_BYTES] = [4_194_304, 1 / 4, 65_536];
/** How often it is looked whether the file is still where it was opened. */
const LOOK_EVERY_MS = 60_000;
/** Failures after which the same file can be written again. */
const PASSING: readonly string[] = ['SQLITE_FULL', 'SQLITE_BUSY', 'FT_HISTORY'];

/** A history that is open, to write and to read. It throws what it fails with. */
export class OpenHistory {
  readonly queries: HistoryQueries;
  readonly #file: string;
  readonly #database: Database;
  readonly #writer: HistoryWriter;
  readonly #clock: HistoryClock;
  readonly #mostWalBytes: number;
  readonly #inode: number;
  #lookAt: number;

  constructor(
    { file, mostBytes }: HistoryConfig,
    driver: Driver,
    clock: HistoryClock,
    refusals: RefusalCounts,
    movedAside: (to: string) => void,
  ) {
    const bytes = Math.max(LEAST_BYTES, mostBytes);
    const openedAt = clock.elapsed();
    this.#file = file;
    this.#clock = clock;
    this.#mostWalBytes = Math.min(MOST_WAL_BYTES, bytes * WAL_PART);
    this.#database = openFile({ file, mostWalBytes: this.#mostWalBytes }, driver, movedAside);
    this.#writer = new HistoryWriter(this.#database, refusals, {
      mostPages: Math.floor((bytes - this.#mostWalBytes - SHM_BYTES) / PAGE_BYTES),
      elapsedSeconds: () => (clock.elapsed() - openedAt) / 1_000,
      isDiskFull: () => isDiskFull(file),
    });
    this.queries = new HistoryQueries(this.#database, () => clock.now());
    this.#inode = statSync(file).ino;
    this.#lookAt = openedAt + LOOK_EVERY_MS;
  }

  append(sample: Sample): void {
    this.#boundLog();
    this.#writer.append(sample);
  }

  /** @returns false where they are not recorded yet */
  recordFindings(takenAt: string, findings: readonly FindingReport[]): boolean {
    return this.#writer.recordFindings(takenAt, findings);
  }

  /** Whether the file is still there: one that was deleted or replaced is written in vain. */
  isInPlace(): boolean {
    if (this.#clock.elapsed() < this.#lookAt) return true;
    this.#lookAt = this.#clock.elapsed() + LOOK_EVERY_MS;
    return statSync(this.#file, { throwIfNoEntry: false })?.ino === this.#inode;
  }

  /** Whether it must be opened anew after a failure. */
  isLost(error: unknown): boolean {
    const { code = '' } = error as SqlFailure;
    return !PASSING.some((one) => code.startsWith(one));
  }

  /** Leaves one file, which can be read by whoever may read it, without writing anything beside it. */
  close(): void {
    try {
      this.#database.exec('PRAGMA journal_mode = DELETE');
    } catch {
      // Another program reads it now, or the disk is full: what is in the -wal is found there.
    }
    this.#database.close();
  }

  /** Leaves everything as it is: another file may have its name now, and another -wal. */
  abandon(): void {
    this.#database.close();
  }

  /** While another program reads, what is written piles up in the -wal. */
  #boundLog(): void {
    if (this.#walBytes() <= this.#mostWalBytes) return;
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    if (this.#walBytes() <= this.#mostWalBytes) return;
    throw new FourtupleError('FT_HISTORY', 'another program reads it for too long, so that its -wal grows', {
      hint: 'End that program, an sqlite3 shell with an open transaction perhaps; it goes on by itself then.',
    });
  }

  #walBytes(): number {
    return statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}

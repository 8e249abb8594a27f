import { pathToFileURL } from 'node:url';
import type Libsql from 'libsql';
import { FourtupleError } from '../../tcp/error.ts';

export type SqlValue = number | string | Uint8Array | null;
export type SqlRow = readonly unknown[];

/** A statement that was prepared once. Its errors are {@link SqlFailure}s. */
export interface SqlStatement {
  /** @returns how many rows it changed */
  run(...values: readonly SqlValue[]): number;
  get(...values: readonly SqlValue[]): SqlRow | undefined;
  /** A few at a time; what is not read is passed over, so that nothing stays open. */
  rows(...values: readonly SqlValue[]): Iterable<SqlRow>;
}

/** What SQLite says when it fails. */
export interface SqlFailure extends Error {
  /** `SQLITE_FULL`, `SQLITE_IOERR_WRITE`; missing where a file cannot be opened. */
  readonly code?: string;
}

export type Driver = typeof Libsql;
let driver: Driver | undefined;

/**
 * Loads the library that SQLite is in: ten megabytes that only a history needs.
 *
 * @throws FourtupleError FT_UNSUPPORTED where it is not installed
 */
export async function loadDriver(): Promise<Driver> {
  try {
    driver ??= (await import('libsql')).default;
    return driver;
  } catch (cause) {
    throw new FourtupleError('FT_UNSUPPORTED', 'the history needs the package libsql, which is not installed', {
      hint: 'It is optional: npm install --include=optional gets it, for x64 and arm64.',
      cause,
    });
  }
}

/** An open SQLite file. */
export class Database {
  readonly #handle: Libsql.Database;

  /**
   * @param mode `rw`: it must be there; `ro`: and nothing is written, its -wal and -shm included
   * @throws SqlFailure
   */
  constructor(Opener: Driver, file: string, mode: 'rw' | 'ro') {
    this.#handle = new Opener(`${pathToFileURL(file).href}?mode=${mode}`);
  }

  exec(sql: string): void {
    this.#handle.exec(sql);
  }

  prepare(sql: string): SqlStatement {
    const statement = this.#handle.prepare(sql);
    const reading = statement.reader ? statement.raw() : statement;
    // The library ends the process where a single value that is an object is not in a list.
    return {
      run: (...values) => statement.run(values).changes,
      get: (...values) => reading.get(values) as SqlRow | undefined,
      *rows(...values) {
        const iterator = reading.iterate(values);
        try {
          for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield next.value as SqlRow;
        } finally {
          while (iterator.next().done !== true);
        }
      },
    };
  }

  /** The first column of the first row. */
  number(sql: string): number {
    return Number(this.prepare(sql).get()?.[0]);
  }

  /** What fails is undone. */
  transaction<T>(work: () => T): T {
    this.#handle.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#handle.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has undone it already where the disk is full.
      if (this.#handle.inTransaction) this.#handle.exec('ROLLBACK');
      throw error;
    }
  }

  /** All of it sees the same state. */
  snapshot<T>(work: () => T): T {
    this.#handle.exec('BEGIN');
    try {
      return work();
    } finally {
      if (this.#handle.inTransaction) this.#handle.exec('COMMIT');
    }
  }

  close(): void {
    this.#handle.close();
  }
}

import { closeSync, constants, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeStateDirectory } from '../../changes/state-directory.ts';
import { printable } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { Database, type Driver, type SqlFailure } from './database.ts';
import { SIDE_FILES } from './history-file.ts';
import { createTables, kindOf } from './schema.ts';

/** It names addresses and processes of every namespace: the owner's, and the group's to read. */
const MODE = 0o640;
/** The agent waits so long, in milliseconds, for another program that has the file locked. */
const PATIENCE_MS = 50;
/**
 * What SQLite may keep in memory, in kibibytes; after how many pages of the -wal they are brought to the file; and how
 * large the -wal stays then.
 */
const [CACHE_KIB, CHECKPOINT_PAGES, WAL_BYTES] = [512, 256, 1_048_576];

const ELSEWHERE = 'Name another file: fourtuple agent --history FILE.';
/** How SQLite calls what it cannot read. */
const DAMAGED = /^SQLITE_(?:NOTADB|CORRUPT)/;

export function isDamaged(error: unknown): boolean {
  return error instanceof RangeError || DAMAGED.test((error as SqlFailure).code ?? '');
}

/**
 * Opens a history to be written, and makes it where there is none. What is damaged, or no database at all, is moved aside.
 *
 * @param movedAside is told where to
 * @throws FourtupleError FT_HISTORY where it is another program's, of a newer version, or no file; else what mkdir(2),
 *   open(2) or SQLite fails with
 */
export function openFile(file: string, driver: Driver, movedAside: (to: string) => void): Database {
  makeFile(file);
  try {
    return openDatabase(file, driver);
  } catch (error) {
    if (!isDamaged(error)) throw error;
  }
  movedAside(moveAside(file));
  makeFile(file);
  return openDatabase(file, driver);
}

function makeFile(file: string): void {
  makeStateDirectory(dirname(file));
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) {
    throw new FourtupleError('FT_HISTORY', `'${printable(file)}' is no file`, { hint: ELSEWHERE });
  }
  if (found === undefined) closeSync(openSync(file, constants.O_CREAT | constants.O_WRONLY, MODE));
}

function openDatabase(file: string, driver: Driver): Database {
  const database = new Database(driver, file, 'rw');
  try {
    database.exec(
      `PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA synchronous = NORMAL`,
    );
    const kind = kindOf(database);
    if (kind === 'newer' || kind === 'foreign') throw refusal(file, kind);
    if (kind === 'empty') createTables(database);
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${WAL_BYTES}`,
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function refusal(file: string, kind: 'newer' | 'foreign'): FourtupleError {
  const name = `'${printable(file)}'`;
  return kind === 'newer'
    ? new FourtupleError('FT_HISTORY', `${name} was written by a newer fourtuple`, {
        hint: `It is left as it is. Run that version, or: ${ELSEWHERE}`,
      })
    : new FourtupleError('FT_HISTORY', `${name} is another program's database`, {
        hint: `It is left as it is. ${ELSEWHERE}`,
      });
}

/** Only the last one that was moved aside is kept, so that they never fill the disk. @returns where it is now */
export function moveAside(file: string): string {
  const prefix = `${basename(file)}.damaged-`;
  for (const name of readdirSync(dirname(file))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(file), name), { force: true });
  }
  const to = `${file}.damaged-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`;
  for (const suffix of SIDE_FILES) {
    if (statSync(file + suffix, { throwIfNoEntry: false }) !== undefined) renameSync(file + suffix, to + suffix);
  }
  renameSync(file, to);
  return to;
}

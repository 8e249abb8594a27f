import { closeSync, constants, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeStateDirectory } from '../../changes/state-directory.ts';
import { printable } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { DamagedRecord } from './byte-reader.ts';
import { Database, type Driver, type SqlFailure } from './database.ts';
import { SIDE_FILES } from './history-file.ts';
import { createTables, kindOf, PAGE_BYTES } from './schema.ts';

/** It names addresses and processes of every namespace: the owner's, and the group's to read. */
const MODE = 0o640;
/** The agent waits so long, in milliseconds, for another program that has the file locked. */
const PATIENCE_MS = 50;
/** What SQLite may keep in memory. */
const CACHE_KIB = 512;
/** When so much is in the -wal it is brought to the file; or at half of what it may take, as a transaction may be large. */
const CHECKPOINT_BYTES = 1_048_576;

const ELSEWHERE = 'Name another file: fourtuple agent --history FILE.';
/** How SQLite calls what it cannot read. */
const DAMAGED = /^SQLITE_(?:NOTADB|CORRUPT)/;

export function isDamaged(error: unknown): boolean {
  return error instanceof DamagedRecord || DAMAGED.test((error as SqlFailure).code ?? '');
}

export interface FileOptions {
  readonly file: string;
  readonly mostWalBytes: number;
}

/**
 * Opens a history to be written, and makes it where there is none. What is damaged, or no database at all, is moved aside.
 *
 * @param movedAside is told where to
 * @throws FourtupleError FT_HISTORY where it is another program's, of a newer version, or no file; else what mkdir(2),
 *   open(2) or SQLite fails with
 */
export function openFile(options: FileOptions, driver: Driver, movedAside: (to: string) => void): Database {
  const { file } = options;
  makeFile(file);
  try {
    return openDatabase(options, driver);
  } catch (error) {
    if (!isDamaged(error)) throw error;
  }
  movedAside(moveAside(file));
  makeFile(file);
  return openDatabase(options, driver);
}

function makeFile(file: string): void {
  makeStateDirectory(dirname(file));
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) {
    throw new FourtupleError('FT_HISTORY', `'${printable(file)}' is no file`, { hint: ELSEWHERE });
  }
  if (found === undefined) closeSync(openSync(file, constants.O_CREAT | constants.O_WRONLY, MODE));
}

function openDatabase({ file, mostWalBytes }: FileOptions, driver: Driver): Database {
  const database = new Database(driver, file, 'rw');
  try {
    database.exec(
      `PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA synchronous = NORMAL`,
    );
    const [kind, walBytes] = [kindOf(database), Math.min(CHECKPOINT_BYTES, mostWalBytes / 2)];
    if (kind === 'newer' || kind === 'foreign') throw refusal(file, kind);
    if (kind === 'empty') createTables(database);
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = ${walBytes}; PRAGMA wal_autocheckpoint = ${Math.floor(walBytes / PAGE_BYTES)}`,
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

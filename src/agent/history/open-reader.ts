import { accessSync, constants, statSync } from 'node:fs';
import { printable } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { Database, loadDriver, type SqlFailure } from './database.ts';
import type { HistoryReader } from './history.ts';
import { SIDE_FILES } from './history-file.ts';
import { HistoryQueries } from './history-queries.ts';
import { isDamaged } from './open-file.ts';
import { kindOf } from './schema.ts';

/** The agent holds locks for moments only, as when it begins and ends: so many milliseconds are waited for one. */
const PATIENCE_MS = 2_000;
const KIBIBYTES_KEPT = 2_048;

/**
 * Opens a history to be read, also while an agent writes it. Reading changes nothing, and hinders nobody.
 *
 * @throws FourtupleError FT_HISTORY where there is none, or it is no history; FT_PRIVILEGE where it may not be read;
 *   FT_UNSUPPORTED where the library is missing that it needs. So do its methods.
 */
export async function openHistoryReader(file: string): Promise<HistoryReader> {
  const title = `the history '${printable(file)}'`;
  checkFile(file, title);
  const driver = await loadDriver();
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw error instanceof FourtupleError ? error : readFailure(error, title);
    }
  };
  const [database, queries] = guarded(() => open(new Database(driver, file, 'ro'), title));
  return {
    span: () => guarded(() => queries.span()),
    at: (atMs) => guarded(() => queries.at(atMs)),
    series: (query) => guarded(() => queries.series(query)),
    close: () => database.close(),
  };
}

function open(database: Database, title: string): readonly [Database, HistoryQueries] {
  database.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA cache_size = -${KIBIBYTES_KEPT}`);
  const kind = kindOf(database);
  if (kind === 'empty') throw noHistory(`${title} is empty: nothing has been recorded yet`);
  if (kind === 'foreign') throw noHistory(`${title} is another program's database`);
  if (kind === 'newer') {
    throw new FourtupleError('FT_HISTORY', `${title} was written by a newer fourtuple`, {
      hint: 'Read it with that one.',
    });
  }
  return [database, new HistoryQueries(database, () => Date.now())];
}

function checkFile(file: string, title: string): void {
  try {
    if (!statSync(file).isFile()) throw noHistory(`${title} is no file`);
    accessSync(file, constants.R_OK);
    for (const suffix of SIDE_FILES) {
      if (statSync(file + suffix, { throwIfNoEntry: false }) !== undefined) accessSync(file + suffix, constants.R_OK);
    }
  } catch (error) {
    if (error instanceof FourtupleError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw noHistory(`there is ${title.replace('the', 'no')}`);
    if (code !== 'EACCES' && code !== 'EPERM')
      throw new FourtupleError('FT_HISTORY', `${title} cannot be read: ${message}`);
    throw new FourtupleError('FT_PRIVILEGE', `${title} may not be read`, {
      hint: 'Read it as the user that the agent runs as, as one of its group, or as root.',
      cause: error,
    });
  }
}

function noHistory(message: string): FourtupleError {
  return new FourtupleError('FT_HISTORY', message, {
    hint: 'fourtuple agent records one; --history FILE names one that is elsewhere.',
  });
}

function readFailure(error: unknown, title: string): FourtupleError {
  if (isDamaged(error)) return noHistory(`${title} is damaged, or no history`);
  const { code = '', message } = error as SqlFailure;
  if (code.startsWith('SQLITE_BUSY')) {
    return new FourtupleError('FT_BUSY', `${title} is locked by another program`, { hint: 'Try again.', cause: error });
  }
  return new FourtupleError('FT_HISTORY', `${title} cannot be read: ${message}`, { cause: error });
}

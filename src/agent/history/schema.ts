import type { Database } from './database.ts';

/** `4tup`: says whose file it is. */
const APPLICATION = 0x34747570;
export const PAGE_BYTES = 4_096;
/** Grows when what is kept changes its form. */
const VERSION = 1;

/**
 * A sample is one row, all its lanes in one blob (see sample-record.ts): a row for each lane would cost a machine with
 * thousands of lanes more than all the rest of the agent. Rows are in the order in which they were written. `ran` is for
 * how many seconds samples had been taken then, over all runs: what is kept how long is told by it, as a clock may jump.
 */
const TABLES = `
  CREATE TABLE second (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, ran INTEGER NOT NULL, run INTEGER NOT NULL, sample BLOB NOT NULL);
  CREATE INDEX second_at ON second (at);
  CREATE TABLE minute (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, ran INTEGER NOT NULL, run INTEGER NOT NULL, sample BLOB NOT NULL);
  CREATE INDEX minute_at ON minute (at);
  CREATE TABLE finding (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, ran INTEGER NOT NULL, run INTEGER NOT NULL, findings BLOB NOT NULL);
  CREATE INDEX finding_at ON finding (at);
  CREATE TABLE run (id INTEGER PRIMARY KEY, ran INTEGER NOT NULL, host TEXT NOT NULL);
  CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, until INTEGER NOT NULL);
  CREATE INDEX name_until ON name (until);
`;

/** The tables that hold what was recorded, each in the order of its rows' `id`. */
export const RECORDED = ['second', 'minute', 'finding'] as const;

/** What a file is, by what it says of itself. */
export type FileKind = 'empty' | 'ours' | 'newer' | 'foreign';

export function kindOf(database: Database): FileKind {
  const application = database.number('PRAGMA application_id');
  if (application === APPLICATION) return database.number('PRAGMA user_version') > VERSION ? 'newer' : 'ours';
  return application === 0 && database.number('SELECT count(*) FROM sqlite_master') === 0 ? 'empty' : 'foreign';
}

export function createTables(database: Database): void {
  // Both can be said only of a file without tables.
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL`);
  database.transaction(() => {
    database.exec(TABLES);
    database.exec(`PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${VERSION}`);
  });
}

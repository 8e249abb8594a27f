import type { Database, SqlStatement } from './database.ts';
import type { Names } from './names.ts';
import { PAGE_BYTES, RECORDED } from './schema.ts';

type Table = (typeof RECORDED)[number];

/** Seconds of sampling. */
const KEPT_SECONDS: Readonly<Record<Table, number>> = { second: 3_600, minute: 7 * 86_400, finding: 7 * 86_400 };
/** What is deleted with one sample at most, so that none takes long: more than is added. */
const ROWS_AT_ONCE = 8;
/** Where the file is full: a first sample of many lanes may need the room of many with few. */
const EVICTED_AT_ONCE = 64;
/**
 * Kept free for what a transaction writes beside the sample: new names, and pages that are split for them. Twice as much
 * where that was not enough, up to a part of all.
 */
const [FIRST_SPARE_PAGES, MOST_SPARE_PART] = [16, 1 / 4];
/** How much of what was freed is given back at a time. */
const PAGES_GIVEN_BACK = 64;

interface TableStatements {
  readonly prune: SqlStatement;
  readonly oldest: SqlStatement;
  readonly evict: SqlStatement;
}

/**
 * How long rows are kept: an hour and a week, not of the clock but of sampling. So a clock that is set forward by a year
 * deletes nothing, and what was recorded before the agent was stopped for a month is there until it has run on for so long.
 * And how many pages they take: where they would be more than may be, the oldest rows go first.
 */
export class Retention {
  readonly #database: Database;
  readonly #mostPages: number;
  readonly #tables: readonly (TableStatements & { readonly table: Table })[];
  readonly #pages: SqlStatement;
  readonly #freePages: SqlStatement;
  #sparePages: number = FIRST_SPARE_PAGES;

  constructor(database: Database, mostPages: number) {
    this.#database = database;
    this.#mostPages = mostPages;
    this.#tables = RECORDED.map((table) => ({ table, ...statementsOf(database, table) }));
    this.#pages = database.prepare('PRAGMA page_count');
    this.#freePages = database.prepare('PRAGMA freelist_count');
    // The last resort: then writing fails as it does on a full disk.
    database.exec(`PRAGMA max_page_count = ${mostPages}`);
  }

  /**
   * Makes room for so many bytes, twice: they may end a minute. Not in the transaction that writes them: where that fails
   * for want of room, what was freed stays free.
   */
  makeRoom(bytes: number, names: Names): void {
    const wanted = this.#mostPages - this.#sparePages - 2 * Math.ceil(bytes / PAGE_BYTES);
    if (this.#pagesUsed() > wanted) this.#database.transaction(() => this.#evict(wanted, names));
    if (count(this.#pages) > this.#mostPages) this.#database.exec(`PRAGMA incremental_vacuum(${PAGES_GIVEN_BACK})`);
  }

  /** Keeps more room free from now on. @returns false where that would be too much */
  spareMore(): boolean {
    if (2 * this.#sparePages > this.#mostPages * MOST_SPARE_PART) return false;
    this.#sparePages *= 2;
    return true;
  }

  /** Deletes some of what has been kept for long enough. @param ran for how many seconds samples have been taken */
  prune(ran: number, names: Names): void {
    for (const { table, prune } of this.#tables) prune.run(ran - KEPT_SECONDS[table]);
    names.prune(this.#byAge()[0]?.ran ?? ran);
  }

  #evict(wanted: number, names: Names): void {
    for (let left = EVICTED_AT_ONCE; left > 0 && this.#pagesUsed() > wanted; left -= 1) {
      const [first] = this.#byAge();
      if (first === undefined) return;
      first.evict.run();
      names.prune(first.ran);
    }
  }

  #pagesUsed(): number {
    return count(this.#pages) - count(this.#freePages);
  }

  #byAge(): { readonly ran: number; readonly evict: SqlStatement }[] {
    return this.#tables
      .flatMap(({ oldest, evict }) => {
        const ran = oldest.get()?.[0];
        return ran === undefined ? [] : [{ ran: Number(ran), evict }];
      })
      .sort((a, b) => a.ran - b.ran);
  }
}

function statementsOf(database: Database, table: Table): TableStatements {
  const oldest = `SELECT id, ran FROM ${table} ORDER BY id LIMIT ${ROWS_AT_ONCE}`;
  return {
    prune: database.prepare(`DELETE FROM ${table} WHERE id IN (SELECT id FROM (${oldest}) WHERE ran < ?)`),
    oldest: database.prepare(`SELECT ran FROM ${table} ORDER BY id LIMIT 1`),
    evict: database.prepare(`DELETE FROM ${table} WHERE id = (SELECT min(id) FROM ${table})`),
  };
}

function count(statement: SqlStatement): number {
  return Number(statement.get()?.[0]);
}

import { DamagedRecord } from './byte-reader.ts';
import type { Database, SqlStatement } from './database.ts';

/**
 * For how many seconds of sampling a name may be used before that is written down again: few where it is new, as many are
 * seen once, and more each time.
 */
const [FIRST_LEASE, LONGEST_LEASE] = [10, 600];
/** So many are deleted at a time, so that it never takes long. */
const DELETED_AT_ONCE = 500;
const MOST_REMEMBERED = 20_000;

interface Remembered {
  readonly id: number;
  until: number;
  lease: number;
}

/** Texts that stand in many samples, each kept once, with a number: lanes, facts of namespaces, owners. */
export class Names {
  readonly #remembered: Map<string, Remembered> = new Map();
  readonly #find: SqlStatement;
  readonly #insert: SqlStatement;
  readonly #extend: SqlStatement;
  readonly #delete: SqlStatement;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT id, until FROM name WHERE text = ?');
    this.#insert = database.prepare('INSERT INTO name (text, until) VALUES (?, ?) RETURNING id, until');
    this.#extend = database.prepare('UPDATE name SET until = ? WHERE id = ?');
    this.#delete = database.prepare(
      `DELETE FROM name WHERE id IN (SELECT id FROM name WHERE until < ? ORDER BY until LIMIT ${DELETED_AT_ONCE}) RETURNING text`,
    );
  }

  /**
   * The number of a text; a new one where it is new. To be called in the transaction that uses it.
   *
   * @param ran for how many seconds samples have been taken
   */
  idOf(text: string, ran: number): number {
    let known = this.#remembered.get(text);
    if (known === undefined) {
      const [id, until] = this.#find.get(text) ?? this.#insert.get(text, ran + FIRST_LEASE) ?? [];
      known = { id: Number(id), until: Number(until), lease: FIRST_LEASE };
      if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(text, known);
    }
    if (known.until < ran) {
      // Not those of a whole sample at once.
      known.lease = Math.min(LONGEST_LEASE, 2 * known.lease + (known.id % FIRST_LEASE));
      known.until = ran + known.lease;
      this.#extend.run(known.until, known.id);
    }
    return known.id;
  }

  /** Forgets which are there: after a transaction that was undone. */
  doubt(): void {
    this.#remembered.clear();
  }

  /** Deletes some of those that no row uses any more. @param ran of the oldest row */
  prune(ran: number): void {
    for (const [text] of this.#delete.rows(ran)) this.#remembered.delete(`${text}`);
  }
}

/** Reads what {@link Names} wrote. */
export class NameReader {
  readonly #find: SqlStatement;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT text FROM name WHERE id = ?');
  }

  /** @throws DamagedRecord where there is no such name */
  read(id: number): string {
    const text = this.#find.get(id)?.[0];
    if (typeof text !== 'string') throw new DamagedRecord(`the history holds no name ${id}`);
    return text;
  }
}

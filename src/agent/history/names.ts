import type { Database, SqlStatement } from './database.ts';

/** Seconds of sampling after which a name that is in use is marked as such again. */
const REFRESH_SECONDS = 600;
/** Beyond it a name is not in use any more, however its marking was put off. */
const SLACK_SECONDS = 3 * REFRESH_SECONDS;
/** Names that are looked at for being in use, at a time. */
const LOOKED_AT = 200;
const MOST_REMEMBERED = 20_000;

interface Remembered {
  readonly id: number;
  refreshAt: number;
}

/** Texts that stand in many samples, each kept once, with a number: lanes, facts of namespaces, owners. */
export class Names {
  readonly #remembered: Map<string, Remembered> = new Map();
  readonly #find: SqlStatement;
  readonly #insert: SqlStatement;
  readonly #refresh: SqlStatement;
  readonly #last: SqlStatement;
  readonly #forget: SqlStatement;
  /** Up to where they have been looked at. */
  #lookedAt = 0;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT id FROM name WHERE text = ?');
    this.#insert = database.prepare('INSERT INTO name (text, used) VALUES (?, ?) RETURNING id');
    this.#refresh = database.prepare('UPDATE name SET used = ? WHERE id = ?');
    this.#last = database.prepare('SELECT max(id) FROM name');
    this.#forget = database.prepare('DELETE FROM name WHERE id > ? AND id <= ? AND used < ? RETURNING text');
  }

  /**
   * The number of a text; a new one where it is new. To be called in the transaction that uses it.
   *
   * @param ran for how many seconds samples have been taken
   */
  idOf(text: string, ran: number): number {
    let known = this.#remembered.get(text);
    if (known === undefined) {
      const found = this.#find.get(text)?.[0];
      known = { id: Number(found ?? this.#insert.get(text, ran)?.[0]), refreshAt: found === undefined ? ran : 0 };
      if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(text, known);
    }
    if (known.refreshAt <= ran) {
      if (known.refreshAt !== ran) this.#refresh.run(ran, known.id);
      // Not those of a whole sample at once.
      known.refreshAt = ran + REFRESH_SECONDS + (known.id % REFRESH_SECONDS);
    }
    return known.id;
  }

  /** Forgets which are there: after a transaction that was undone. */
  doubt(): void {
    this.#remembered.clear();
  }

  /** Deletes, of the next few, what no row uses any more. @param ran of the oldest row */
  prune(ran: number): void {
    const next = this.#lookedAt + LOOKED_AT;
    for (const [text] of this.#forget.rows(this.#lookedAt, next, ran - SLACK_SECONDS))
      this.#remembered.delete(`${text}`);
    this.#lookedAt = next >= Number(this.#last.get()?.[0] ?? 0) ? 0 : next;
  }
}

/** Reads what {@link Names} wrote. */
export class NameReader {
  readonly #find: SqlStatement;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT text FROM name WHERE id = ?');
  }

  /** @throws RangeError where there is no such name */
  read(id: number): string {
    const text = this.#find.get(id)?.[0];
    if (typeof text !== 'string') throw new RangeError(`the history holds no name ${id}`);
    return text;
  }
}

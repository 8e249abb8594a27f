import type { Report } from '../../diagnosis/report.ts';
import type { Database, SqlStatement } from './database.ts';
import type { HistorySpan, LaneSeries, SeriesQuery } from './history.ts';
import { SeriesReader } from './lane-series.ts';
import { ReportReader } from './report-at.ts';

/** All that is read from an open file. What was recorded under a time that has yet to come is not there yet. */
export class HistoryQueries {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #reports: ReportReader;
  readonly #series: SeriesReader;
  readonly #first: SqlStatement;
  readonly #last: SqlStatement;

  /** @param now in milliseconds since 1970 */
  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
    this.#reports = new ReportReader(database);
    this.#series = new SeriesReader(database);
    const both = (aggregate: string): SqlStatement =>
      database.prepare(
        `SELECT ${aggregate}(at) FROM (SELECT ${aggregate}(at) AS at FROM second WHERE at <= ?1 UNION ALL SELECT ${aggregate}(at) FROM minute WHERE at <= ?1)`,
      );
    this.#first = both('min');
    this.#last = both('max');
  }

  span(): HistorySpan | null {
    const now = this.#now();
    const [since, until] = [this.#first.get(now)?.[0], this.#last.get(now)?.[0]];
    return typeof since !== 'number' || typeof until !== 'number' ? null : { sinceMs: since, untilMs: until };
  }

  at(atMs: number): Report | null {
    return this.#database.snapshot(() => this.#reports.at(atMs, this.#now()));
  }

  series(query: SeriesQuery): LaneSeries[] {
    const untilMs = Math.min(query.untilMs, this.#now());
    return this.#database.snapshot(() => this.#series.series({ ...query, untilMs }));
  }
}

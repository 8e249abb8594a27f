import type { LaneName } from '../sample.ts';
import { ByteReader } from './byte-reader.ts';
import type { Database, SqlStatement } from './database.ts';
import { FullestLanes, type FullestRecord } from './fullest-lanes.ts';
import type { HistorySpan, LaneSeries, SeriesQuery } from './history.ts';
import { readFigures } from './lane-record.ts';
import { MINUTE_MS } from './minute-fold.ts';
import { laneOf } from './name-texts.ts';
import { NameReader } from './names.ts';
import { visitSample } from './sample-record.ts';

const SECOND_MS = 1_000;

/** Which rows a query is answered from, and how they are put together. */
interface Way {
  /** Rows of a minute up to here, and of a second from here on: milliseconds since 1970. */
  readonly secondsFromMs: number;
  /** Between two rows where none is missing. */
  readonly stepMs: number;
  /** Whether a row is given for each step, in place of each sample. */
  readonly isThinned: boolean;
}

/** What is found out first, over all rows: which lanes are wanted, and how full they were. */
interface Survey {
  readonly span: HistorySpan;
  readonly intervalMs: number;
  /** By number, the fullest first. */
  readonly lanes: ReadonlyMap<number, LaneName>;
}

type Columns = { [Name in keyof Omit<LaneSeries, keyof LaneName | 'stepSeconds'>]: LaneSeries[Name][number][] };

/** Reads lanes over time. Throws what SQLite fails with, and DamagedRecord where the file is damaged. */
export class SeriesReader {
  readonly #seconds: SqlStatement;
  readonly #minutes: SqlStatement;
  readonly #isMinuteAlone: SqlStatement;
  readonly #lastMinute: SqlStatement;
  readonly #names: NameReader;

  constructor(database: Database) {
    const rows = (table: string): SqlStatement =>
      database.prepare(`SELECT at, sample FROM ${table} WHERE at >= ? AND at <= ? ORDER BY at`);
    this.#seconds = rows('second');
    this.#minutes = rows('minute');
    const oldestSecond = '(SELECT ran FROM second ORDER BY id LIMIT 1)';
    this.#isMinuteAlone = database.prepare(
      `SELECT 1 FROM minute WHERE at >= ? AND at <= ? AND ran < coalesce(${oldestSecond}, 9e15) LIMIT 1`,
    );
    this.#lastMinute = database.prepare('SELECT max(at) FROM minute WHERE at <= ?');
    this.#names = new NameReader(database);
  }

  /** See `HistoryReader`. */
  series(query: SeriesQuery): LaneSeries[] {
    const isOld = this.#isMinuteAlone.get(query.sinceMs, query.untilMs) !== undefined;
    const last = isOld ? Number(this.#lastMinute.get(query.untilMs)?.[0] ?? 0) + MINUTE_MS : 0;
    const secondsFromMs = isOld ? last : query.sinceMs;
    const survey = this.#survey(query, secondsFromMs);
    if (survey === null) return [];
    const stepMs = isOld ? MINUTE_MS : Math.max(1, Math.round(survey.intervalMs / SECOND_MS)) * SECOND_MS;
    const together = stepsTogether(survey.span, stepMs, query.mostRows);
    const way: Way = { secondsFromMs, stepMs: stepMs * together, isThinned: isOld || together > 1 };
    return this.#collect(query, way, survey.lanes);
  }

  *#rows(
    { sinceMs, untilMs }: HistorySpan,
    secondsFromMs: number,
  ): Iterable<readonly [atMs: number, sample: Uint8Array]> {
    const from = Math.max(sinceMs, secondsFromMs);
    if (secondsFromMs > sinceMs) {
      for (const [at, sample] of this.#minutes.rows(sinceMs, Math.min(untilMs, secondsFromMs - 1))) {
        yield [Number(at), sample as Uint8Array];
      }
    }
    for (const [at, sample] of this.#seconds.rows(from, untilMs)) yield [Number(at), sample as Uint8Array];
  }

  #survey(query: SeriesQuery, secondsFromMs: number): Survey | null {
    let [sinceMs, untilMs, intervalMs] = [Number.POSITIVE_INFINITY, 0, 0];
    const names = new Map<number, LaneName | null>();
    const peaks = new FullestLanes();
    for (const [at, sample] of this.#rows(query, secondsFromMs)) {
      [sinceMs, untilMs] = [Math.min(sinceMs, at), Math.max(untilMs, at)];
      visitSample(sample, {
        sample: (cost) => {
          intervalMs = Math.max(intervalMs, cost.intervalMs);
        },
        lane: (lane, refused, bytes, start, end) => {
          if (!names.has(lane)) names.set(lane, this.#wanted(lane, query));
          if (names.get(lane) !== null) peaks.add(lane, refused, bytes, start, end);
        },
      });
    }
    const fullest = [...peaks.records].sort(([, a], [, b]) => b.fullness - a.fullness).slice(0, query.mostLanes);
    const lanes = new Map(fullest.map(([lane]) => [lane, names.get(lane) as LaneName]));
    return lanes.size === 0 ? null : { span: { sinceMs, untilMs }, intervalMs, lanes };
  }

  #wanted(lane: number, { namespace, matches }: SeriesQuery): LaneName | null {
    const name = laneOf(this.#names.read(lane));
    return (namespace === undefined || namespace === name.namespace) && matches(name) ? name : null;
  }

  #collect(query: SeriesQuery, way: Way, lanes: Survey['lanes']): LaneSeries[] {
    const columns = new Map([...lanes.keys()].map((lane) => [lane, emptyColumns()]));
    let [step, folded] = [Number.NaN, new FullestLanes()];
    const reader = new ByteReader(new Uint8Array());
    const flush = (): void => {
      for (const [lane, record] of folded.records)
        addRow(columns.get(lane) as Columns, step / SECOND_MS, record, reader);
      folded = new FullestLanes();
    };
    for (const [at, sample] of this.#rows(query, way.secondsFromMs)) {
      const next = way.isThinned ? Math.floor(at / way.stepMs) * way.stepMs : at;
      if (next !== step) flush();
      step = next;
      visitSample(sample, {
        lane: (lane, refused, bytes, start, end) => {
          if (columns.has(lane)) folded.add(lane, refused, bytes, start, end);
        },
      });
    }
    flush();
    return [...lanes].map(([lane, name]) => ({
      ...name,
      stepSeconds: way.stepMs / SECOND_MS,
      ...(columns.get(lane) as Columns),
    }));
  }
}

/** How many steps each row stands for, so that there are no more rows than are wanted. */
function stepsTogether({ sinceMs, untilMs }: HistorySpan, stepMs: number, mostRows: number): number {
  const rows = (together: number): number =>
    Math.floor(untilMs / (stepMs * together)) - Math.floor(sinceMs / (stepMs * together)) + 1;
  let together = Math.max(1, Math.floor((untilMs - sinceMs) / stepMs / mostRows));
  // Rows begin at whole steps, and the span may begin and end within one: where only one row is wanted, for ever.
  while (rows(together) > Math.max(2, mostRows)) together += 1;
  return together;
}

function emptyColumns(): Columns {
  return {
    ...{ times: [], slots: [], used: [], live: [], timeWait: [], reclaimable: [], opensPerSecond: [] },
    ...{ secondsToCliff: [], secondsToExhaustion: [], refusedConnects: [] },
  };
}

function addRow(columns: Columns, time: number, { bytes, start, refused }: FullestRecord, reader: ByteReader): void {
  const record = readFigures(reader.moveTo(bytes, start));
  columns.times.push(time);
  columns.slots.push(record.slots);
  columns.used.push(record.used);
  columns.live.push(record.live);
  columns.timeWait.push(record.timeWait);
  columns.reclaimable.push(record.reclaimable);
  columns.opensPerSecond.push(record.opensPerSecond);
  columns.secondsToCliff.push(record.secondsToCliff);
  columns.secondsToExhaustion.push(record.secondsToExhaustion);
  columns.refusedConnects.push(refused);
}

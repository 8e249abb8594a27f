import { deflateRawSync } from 'node:zlib';
import type { FindingReport } from '../../diagnosis/report.ts';
import { namespaceLabel, type Sample } from '../sample.ts';
import { ByteWriter } from './byte-writer.ts';
import type { Database, SqlFailure, SqlStatement } from './database.ts';
import { writeLane } from './lane-record.ts';
import { MINUTE_MS, MinuteFold, minuteOf } from './minute-fold.ts';
import { factsText, laneText, type NamespaceFacts, ownerText } from './name-texts.ts';
import { NameReader, Names } from './names.ts';
import type { RefusalCounts } from './refusal-counts.ts';
import { Retention } from './retention.ts';
import { writeCost, writeNamespace } from './sample-record.ts';
import { RECORDED } from './schema.ts';

/** A longer step forward of the clock is no pause between two samples: it was set, or the machine slept. */
const LONGEST_PAUSE_MS = 600_000;

export interface WriterOptions {
  /** That the file may have. */
  readonly mostPages: number;
  /** Since the file was opened, by a clock that never jumps. */
  elapsedSeconds(): number;
  isDiskFull(): boolean;
}

/** Writes samples and findings to an open file. Each call is one transaction: it throws, and then has changed nothing. */
export class HistoryWriter {
  readonly #database: Database;
  readonly #names: Names;
  readonly #nameReader: NameReader;
  readonly #retention: Retention;
  readonly #record: ByteWriter = new ByteWriter();
  readonly #lane: ByteWriter = new ByteWriter();
  readonly #labels: Map<number, string> = new Map();
  readonly #refusals: RefusalCounts;
  readonly #statements: Record<
    'clear' | 'insert' | 'ofMinute' | 'clearMinute' | 'insertMinute' | 'insertFinding',
    SqlStatement
  >;
  /** Over all runs before this file was opened. */
  readonly #ranBefore: number;
  readonly #elapsedSeconds: () => number;
  readonly #isDiskFull: () => boolean;
  #run: number | null = null;
  #lastAt: number | null = null;
  /** null where there is none; undefined where it is to be made of what is recorded. */
  #fold: MinuteFold | null | undefined;

  /** @param refusals what was counted before, which outlives a file that fails */
  constructor(database: Database, refusals: RefusalCounts, options: WriterOptions) {
    this.#database = database;
    this.#names = new Names(database);
    this.#nameReader = new NameReader(database);
    this.#retention = new Retention(database, options.mostPages);
    this.#elapsedSeconds = options.elapsedSeconds;
    this.#isDiskFull = options.isDiskFull;
    this.#refusals = refusals;
    this.#ranBefore = Math.max(0, ...RECORDED.map((table) => lastRan(database, table)));
    const insertInto = (table: string, column: string): SqlStatement =>
      database.prepare(`INSERT INTO ${table} (at, ran, run, ${column}) VALUES (?, ?, ?, ?)`);
    this.#statements = {
      clear: database.prepare('DELETE FROM second WHERE at > ? AND at <= ?'),
      insert: insertInto('second', 'sample'),
      ofMinute: database.prepare('SELECT sample FROM second WHERE at >= ? AND at < ? ORDER BY at'),
      clearMinute: database.prepare('DELETE FROM minute WHERE at = ?'),
      insertMinute: insertInto('minute', 'sample'),
      insertFinding: insertInto('finding', 'findings'),
    };
  }

  append(sample: Sample): void {
    for (;;) {
      try {
        this.#retention.makeRoom(this.#record.length, this.#names);
        this.#write(sample);
        return;
      } catch (error) {
        const isAtLimit = (error as SqlFailure).code === 'SQLITE_FULL' && !this.#isDiskFull();
        if (!isAtLimit || !this.#retention.spareMore()) throw error;
      }
    }
  }

  #write(sample: Sample): void {
    const [at, ran, runBefore] = [Date.parse(sample.takenAt), this.#ran(), this.#run];
    this.#refusals.begin();
    try {
      this.#database.transaction(() => {
        this.#run ??= this.#begin(sample, ran);
        const bytes = this.#encode(sample, ran);
        // What was recorded under a time that had yet to come, before the clock was set back, makes way for what is so.
        this.#statements.clear.run(this.#clearFrom(at), at);
        this.#addToMinute(at, ran, bytes);
        this.#statements.insert.run(at, ran, this.#run, bytes);
        this.#retention.prune(ran, this.#names);
      });
    } catch (error) {
      this.#run = runBefore;
      this.#fold = undefined;
      this.#names.doubt();
      throw error;
    }
    this.#refusals.settle();
    this.#lastAt = at;
  }

  /** @returns false before the first sample: there is nothing that they could belong to */
  recordFindings(takenAt: string, findings: readonly FindingReport[]): boolean {
    const run = this.#run;
    if (run === null) return false;
    const bytes = deflateRawSync(JSON.stringify(findings));
    this.#retention.makeRoom(bytes.length, this.#names);
    this.#database.transaction(() => {
      this.#statements.insertFinding.run(Date.parse(takenAt), this.#ran(), run, bytes);
    });
    return true;
  }

  #ran(): number {
    return this.#ranBefore + Math.floor(this.#elapsedSeconds());
  }

  #begin({ host }: Sample, ran: number): number {
    const oldest = RECORDED.map((table) => `coalesce((SELECT run FROM ${table} ORDER BY id LIMIT 1), 9e15)`);
    // Of one run at least rows are there, or none at all.
    this.#database.prepare(`DELETE FROM run WHERE id < min(${oldest.join(', ')})`).run();
    const insert = this.#database.prepare('INSERT INTO run (ran, host) VALUES (?, ?) RETURNING id');
    return Number(insert.get(ran, JSON.stringify(host))?.[0]);
  }

  #clearFrom(at: number): number {
    const before = this.#lastAt;
    return before === null || before >= at || at - before > LONGEST_PAUSE_MS ? at - 1 : before;
  }

  #encode(sample: Sample, ran: number): Uint8Array {
    const record = this.#record;
    record.clear();
    const { intervalSeconds, durationSeconds } = sample.cost;
    writeCost(record, { intervalMs: intervalSeconds * 1_000, durationMicros: durationSeconds * 1e6 });
    record.count(sample.namespaces.length);
    for (const namespace of sample.namespaces) {
      const facts = this.#names.idOf(factsText(namespace), ran);
      this.#labels.set(facts, namespaceLabel(namespace));
      writeNamespace(record, facts, namespace);
      record.count(namespace.lanes.length);
      for (const lane of namespace.lanes) {
        const [name, owner] = [laneText(namespace, lane), ownerText(lane)];
        this.#lane.clear();
        writeLane(this.#lane, lane, owner === null ? 0 : this.#names.idOf(owner, ran));
        record.count(this.#names.idOf(name, ran));
        record.countOrNull(this.#refusals.since(name, lane.refusedConnects));
        record.count(this.#lane.length);
        record.bytes(this.#lane.written);
      }
    }
    return record.written.slice();
  }

  #addToMinute(at: number, ran: number, bytes: Uint8Array): void {
    const minute = minuteOf(at);
    let fold = this.#fold === undefined ? this.#foldOfLast() : this.#fold;
    if (fold?.startMs !== minute) {
      if (fold !== null) this.#writeMinute(fold, ran);
      fold = this.#foldOf(minute, at);
    }
    fold.add(bytes);
    this.#fold = fold;
  }

  #writeMinute(fold: MinuteFold, ran: number): void {
    this.#statements.clearMinute.run(fold.startMs);
    this.#statements.insertMinute.run(fold.startMs, ran, this.#run, fold.bytes());
    this.#labels.clear();
  }

  /** With what is there of it already: the agent was started within it, or the clock was set back to it. */
  #foldOf(minute: number, before: number = minute + MINUTE_MS): MinuteFold {
    const fold = new MinuteFold(minute, (facts) => this.#labelOf(facts));
    for (const [bytes] of this.#statements.ofMinute.rows(minute, before)) fold.add(bytes as Uint8Array);
    return fold;
  }

  /** The minute in which the run before ended. */
  #foldOfLast(): MinuteFold | null {
    const last = this.#database.prepare('SELECT at FROM second ORDER BY id DESC LIMIT 1').get()?.[0];
    return last === undefined ? null : this.#foldOf(minuteOf(Number(last)));
  }

  #labelOf(facts: number): string {
    const known = this.#labels.get(facts) ?? this.#labelRead(facts);
    this.#labels.set(facts, known);
    return known;
  }

  #labelRead(facts: number): string {
    return namespaceLabel(JSON.parse(this.#nameReader.read(facts)) as NamespaceFacts);
  }
}

function lastRan(database: Database, table: string): number {
  return Number(database.prepare(`SELECT ran FROM ${table} ORDER BY id DESC LIMIT 1`).get()?.[0] ?? 0);
}

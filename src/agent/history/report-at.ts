import { inflateRawSync } from 'node:zlib';
import type { FindingReport, HostReport, LaneReport, NamespaceReport, Report } from '../../diagnosis/report.ts';
import { freeSlots, utilization } from '../../tcp/capacity.ts';
import { ByteReader } from './byte-reader.ts';
import type { Database, SqlRow, SqlStatement } from './database.ts';
import { fullnessOf } from './fullest-lanes.ts';
import { type LaneRecord, readLane } from './lane-record.ts';
import { laneOf, type NamespaceFacts, type OwnerNames } from './name-texts.ts';
import { NameReader } from './names.ts';
import { readNamespace, visitSample } from './sample-record.ts';

/** For so long a sample stands for what came after it. */
const LONGEST_GAP_MS = 120_000;
const RATIO_DIGITS = 6;
const NOBODY: OwnerNames = [null, null, null];

const OF_SECOND =
  'From the history: of each lane the process with most sockets is kept; not who blocks ports, what a spread counts, what the network was like, and the lanes that are not listed.';
const OF_MINUTE =
  'From the history, which keeps one row a minute after an hour: each lane as it was when it was fullest in this minute.';

/** Rebuilds reports of what was recorded. Throws what SQLite fails with, and DamagedRecord where the file is damaged. */
export class ReportReader {
  readonly #second: SqlStatement;
  readonly #minute: SqlStatement;
  readonly #host: SqlStatement;
  readonly #findings: SqlStatement;
  readonly #names: NameReader;

  constructor(database: Database) {
    const last = (table: string): SqlStatement =>
      database.prepare(`SELECT at, run, sample FROM ${table} WHERE at <= ? AND at > ? ORDER BY at DESC LIMIT 1`);
    this.#second = last('second');
    this.#minute = last('minute');
    this.#host = database.prepare('SELECT host FROM run WHERE id = ?');
    this.#findings = database.prepare(
      'SELECT run, findings FROM finding WHERE at <= ? ORDER BY at DESC, id DESC LIMIT 1',
    );
    this.#names = new NameReader(database);
  }

  /** See `HistoryReader`. @param nowMs what is later is not there yet */
  at(atMs: number, nowMs: number): Report | null {
    const [last, first] = [Math.min(atMs, nowMs), atMs - LONGEST_GAP_MS];
    const second = this.#second.get(last, first);
    const row = second ?? this.#minute.get(last, first);
    return row === undefined ? null : this.#report(row, last, second === undefined ? OF_MINUTE : OF_SECOND);
  }

  #report([at, run, sample]: SqlRow, atMs: number, note: string): Report {
    const host = this.#host.get(Number(run))?.[0];
    return {
      schema: 1,
      takenAt: new Date(Number(at)).toISOString(),
      durationSeconds: durationOf(sample as Uint8Array),
      host: typeof host === 'string' ? (JSON.parse(host) as HostReport) : { name: null, kernel: null },
      namespaces: this.#namespaces(sample as Uint8Array, note),
      findings: this.#findingsAt(atMs, Number(run)),
    };
  }

  /** Those of another run were examined before the agent was started. */
  #findingsAt(atMs: number, run: number): readonly FindingReport[] {
    const row = this.#findings.get(atMs);
    if (row === undefined || Number(row[0]) !== run) return [];
    return JSON.parse(inflateRawSync(row[1] as Uint8Array).toString('utf8')) as FindingReport[];
  }

  #namespaces(sample: Uint8Array, note: string): NamespaceReport[] {
    const namespaces: (NamespaceReport & { readonly lanes: LaneReport[] })[] = [];
    visitSample(sample, {
      namespace: (bytes, start) => {
        const { facts: id, ports, lanesOmitted, totals } = readNamespace(bytes, start);
        const facts = JSON.parse(this.#names.read(id)) as NamespaceFacts;
        namespaces.push({ ...facts, ports, lanes: [], counted: null, lanesOmitted, totals, notes: [note] });
      },
      lane: (name, _refused, bytes, start) => {
        namespaces.at(-1)?.lanes.push(this.#lane(name, readLane(new ByteReader(bytes, start))));
      },
    });
    for (const { lanes } of namespaces) lanes.sort(byFullness);
    return namespaces;
  }

  #lane(name: number, { owner, ...record }: LaneRecord): LaneReport {
    const { source, destination, port, device } = laneOf(this.#names.read(name));
    const { slots, used, reclaimable } = record;
    const free = freeSlots(slots, used, reclaimable);
    const [process, unit, laneUnit] =
      owner === null ? NOBODY : (JSON.parse(this.#names.read(owner.name)) as OwnerNames);
    return {
      ...{ source, destination, port, device, ...record, free },
      utilization: free === null ? null : Number(utilization(slots, free).toFixed(RATIO_DIGITS)),
      rates: { second: null, tenSeconds: null, minute: null },
      network: null,
      processes:
        owner === null || process === null ? [] : [{ pid: owner.pid, name: process, unit, sockets: owner.sockets }],
      ...{ unit: laneUnit, attempts: null, refusals: null },
    };
  }
}

function durationOf(sample: Uint8Array): number {
  let micros = 0;
  visitSample(sample, {
    sample: ({ durationMicros }) => {
      micros = durationMicros;
    },
  });
  return micros / 1e6;
}

function byFullness(a: LaneReport, b: LaneReport): number {
  return fullness(b) - fullness(a) || b.used - a.used;
}

function fullness({ slots, used, reclaimable }: LaneReport): number {
  return fullnessOf(slots, used, reclaimable);
}

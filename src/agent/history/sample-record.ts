import type { PortsReport } from '../../diagnosis/report.ts';
import type { NamespaceSample } from '../sample.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** What the history keeps of a namespace at one instant, beside its lanes and what seldom changes. */
export interface NamespaceRecord {
  /** The number under which the facts are kept: name, inode, settings. */
  readonly facts: number;
  readonly ports: PortsReport;
  readonly lanesOmitted: number;
  readonly totals: NamespaceSample['totals'];
}

/** What it took. */
export interface CostRecord {
  /** Until the next sample. */
  readonly intervalMs: number;
  readonly durationMicros: number;
}

/**
 * Is led through a stored sample: its bytes hold its cost, and for each namespace its record and its lanes. What it is
 * given are places in the bytes, to be read where they are wanted.
 */
export interface SampleVisitor {
  sample?(cost: CostRecord): void;
  /** The next lanes are this namespace's; its record is from `start` to `end`. */
  namespace?(bytes: Uint8Array, start: number, end: number): void;
  /** @param refused connects that found no port since the sample before; null where they were not counted */
  lane?(lane: number, refused: number | null, bytes: Uint8Array, start: number, end: number): void;
}

/** Numbers of a namespace's record: facts, ports, lanes omitted, totals. */
const NAMESPACE_NUMBERS = 12;

export function writeCost(writer: ByteWriter, { intervalMs, durationMicros }: CostRecord): void {
  writer.count(intervalMs);
  writer.count(durationMicros);
}

export function writeNamespace(
  writer: ByteWriter,
  facts: number,
  { ports, lanesOmitted, totals }: NamespaceSample,
): void {
  writer.count(facts);
  for (const count of [ports.low, ports.high, ports.reserved, ports.blocked, lanesOmitted]) writer.count(count);
  for (const count of [totals.lanes, totals.used, totals.live, totals.timeWait]) writer.count(count);
  writer.countOrNull(totals.outsideLanes);
  writer.countOrNull(totals.timeWaitOutsideLanes);
}

/** @throws DamagedRecord where the bytes are no record */
export function readNamespace(bytes: Uint8Array, start: number): NamespaceRecord {
  const reader = new ByteReader(bytes, start);
  const facts = reader.count();
  const [low, high, reserved, blocked] = [reader.count(), reader.count(), reader.count(), reader.count()];
  const size = high - low + 1;
  return {
    facts,
    ports: { low, high, size, reserved, blocked, usable: size - reserved - blocked, blockers: [] },
    lanesOmitted: reader.count(),
    totals: {
      lanes: reader.count(),
      used: reader.count(),
      live: reader.count(),
      timeWait: reader.count(),
      outsideLanes: reader.countOrNull(),
      timeWaitOutsideLanes: reader.countOrNull(),
    },
  };
}

/** @throws DamagedRecord where the bytes are no sample */
export function visitSample(bytes: Uint8Array, visitor: SampleVisitor): void {
  const reader = new ByteReader(bytes);
  const cost: CostRecord = { intervalMs: reader.count(), durationMicros: reader.count() };
  visitor.sample?.(cost);
  const namespaces = reader.count();
  for (let index = 0; index < namespaces; index += 1) {
    const start = reader.position;
    reader.skip(NAMESPACE_NUMBERS);
    visitor.namespace?.(bytes, start, reader.position);
    const lanes = reader.count();
    for (let lane = 0; lane < lanes; lane += 1) {
      const name = reader.count();
      const refused = reader.countOrNull();
      const length = reader.count();
      const at = reader.position;
      reader.position = at + length;
      visitor.lane?.(name, refused, bytes, at, at + length);
    }
  }
}

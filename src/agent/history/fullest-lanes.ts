import { utilization } from '../../tcp/capacity.ts';
import { ByteReader } from './byte-reader.ts';

/** The record of a lane at the instant when it was fullest, and its refusals over the whole time. */
export interface FullestRecord {
  fullness: number;
  /** null where they were not counted at any time. */
  refused: number | null;
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** Of each lane, by its number, the record with which it stands for a time. */
export class FullestLanes {
  readonly records: Map<number, FullestRecord> = new Map();
  readonly #reader: ByteReader = new ByteReader(new Uint8Array());

  /** @throws DamagedRecord where the bytes are no record */
  add(lane: number, refused: number | null, bytes: Uint8Array, start: number, end: number): void {
    const fullness = fullnessAt(this.#reader.moveTo(bytes, start));
    const before = this.records.get(lane);
    if (before === undefined) {
      this.records.set(lane, { fullness, refused, bytes, start, end });
      return;
    }
    before.refused = sumOf(before.refused, refused);
    // Of equals the later: it is nearer to what came next.
    if (fullness < before.fullness) return;
    before.fullness = fullness;
    before.bytes = bytes;
    before.start = start;
    before.end = end;
  }
}

function sumOf(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : a + b;
}

function fullnessAt(reader: ByteReader): number {
  const slots = reader.count();
  return fullnessOf(slots, reader.count(), reader.countOrNull());
}

/** How full a lane is at most, 0 to 1: what is not known to be reclaimable counts as held. */
export function fullnessOf(slots: number, used: number, reclaimable: number | null): number {
  return utilization(slots, Math.max(0, slots - used + (reclaimable ?? 0)));
}

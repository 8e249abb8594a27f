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

  /** @throws RangeError where the bytes are no record */
  add(lane: number, refused: number | null, bytes: Uint8Array, start: number, end: number): void {
    const fullness = fullnessAt(new ByteReader(bytes, start));
    const before = this.records.get(lane);
    if (before === undefined) {
      this.records.set(lane, { fullness, refused, bytes, start, end });
      return;
    }
    before.refused = sumOf(before.refused, refused);
    // Of equals the later: it is nearer to what came next.
    if (fullness >= before.fullness) Object.assign(before, { fullness, bytes, start, end });
  }
}

function sumOf(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : a + b;
}

/** How full a record's lane was, 0 to 1: what is not known to be reclaimable counts as held. */
function fullnessAt(reader: ByteReader): number {
  const [slots, used] = [reader.count(), reader.count()];
  return fullnessOf({ slots, used, reclaimable: reader.countOrNull() });
}

export function fullnessOf(lane: { slots: number; used: number; reclaimable: number | null }): number {
  const { slots, used, reclaimable } = lane;
  return slots === 0 ? 1 : Math.min(1, Math.max(0, (used - (reclaimable ?? 0)) / slots));
}

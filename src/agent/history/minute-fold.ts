import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { FullestLanes } from './fullest-lanes.ts';
import { type CostRecord, visitSample, writeCost } from './sample-record.ts';

export const MINUTE_MS = 60_000;

/** The start of the minute that an instant is in, both in milliseconds since 1970. */
export function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

interface FoldedNamespace {
  /** Its last record. */
  record: Uint8Array;
  readonly lanes: FullestLanes;
}

/** Samples of one minute as one: each lane as it was when it was fullest, so that no peak is lost; its refusals summed. */
export class MinuteFold {
  /** Its start, in milliseconds since 1970. */
  readonly startMs: number;
  readonly #namespaces: Map<string, FoldedNamespace> = new Map();
  readonly #labelOf: (facts: number) => string;
  #cost: CostRecord = { intervalMs: 0, durationMicros: 0 };

  /** @param labelOf the namespace that facts are of: it stays the same where its settings change */
  constructor(startMs: number, labelOf: (facts: number) => string) {
    this.startMs = startMs;
    this.#labelOf = labelOf;
  }

  /** @param sample its bytes, which are kept and must not change. @throws DamagedRecord where they are no sample */
  add(sample: Uint8Array): void {
    let current: FoldedNamespace | undefined;
    visitSample(sample, {
      sample: ({ intervalMs, durationMicros }) => {
        this.#cost = {
          intervalMs: Math.max(this.#cost.intervalMs, intervalMs),
          durationMicros: Math.max(this.#cost.durationMicros, durationMicros),
        };
      },
      namespace: (bytes, start, end) => {
        const label = this.#labelOf(new ByteReader(bytes, start).count());
        current = this.#namespaces.get(label);
        if (current === undefined) {
          current = { record: bytes, lanes: new FullestLanes() };
          this.#namespaces.set(label, current);
        }
        current.record = bytes.subarray(start, end);
      },
      lane: (lane, refused, bytes, start, end) => current?.lanes.add(lane, refused, bytes, start, end),
    });
  }

  /** As one sample. */
  bytes(): Uint8Array {
    const writer = new ByteWriter();
    writeCost(writer, this.#cost);
    writer.count(this.#namespaces.size);
    for (const { record, lanes } of this.#namespaces.values()) {
      writer.bytes(record);
      writer.count(lanes.records.size);
      for (const [lane, { refused, bytes, start, end }] of lanes.records) {
        writer.count(lane);
        writer.countOrNull(refused);
        writer.count(end - start);
        writer.bytes(bytes, start, end);
      }
    }
    return writer.written;
  }
}

import { describe, expect, it } from 'vitest';
import { laneSample, namespaceSample } from '../../../test/kit/samples.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readLane, writeLane } from './lane-record.ts';
import { MinuteFold, minuteOf } from './minute-fold.ts';
import { readNamespace, visitSample, writeCost, writeNamespace } from './sample-record.ts';

interface Held {
  readonly lane: number;
  readonly timeWait: number;
  readonly refused: number | null;
}

/** A sample of one namespace, whose facts have this number. */
function sampleOf(facts: number, lanes: readonly Held[], lanesOmitted = 0): Uint8Array {
  const [writer, record] = [new ByteWriter(), new ByteWriter()];
  writeCost(writer, { intervalMs: 1_000, durationMicros: 500 });
  writer.count(1);
  writeNamespace(writer, facts, namespaceSample([], { lanesOmitted }));
  writer.count(lanes.length);
  for (const { lane, timeWait, refused } of lanes) {
    record.clear();
    writeLane(record, laneSample(['10.0.0.5', '10.0.1.9', lane], { TIME_WAIT: timeWait }), 0);
    writer.count(lane);
    writer.countOrNull(refused);
    writer.count(record.length);
    writer.bytes(record.written);
  }
  return writer.written.slice();
}

function read(sample: Uint8Array): { omitted: number[]; lanes: Held[] } {
  const found: { omitted: number[]; lanes: Held[] } = { omitted: [], lanes: [] };
  visitSample(sample, {
    namespace: (bytes, start) => found.omitted.push(readNamespace(bytes, start).lanesOmitted),
    lane: (lane, refused, bytes, start) => {
      found.lanes.push({ lane, refused, timeWait: readLane(new ByteReader(bytes, start)).states.TIME_WAIT ?? 0 });
    },
  });
  return found;
}

describe('a minute', () => {
  it('keeps each lane as it was when it was fullest, and all of its refusals', () => {
    const fold = new MinuteFold(0, () => 'host');
    fold.add(
      sampleOf(
        1,
        [
          { lane: 1, timeWait: 10, refused: 3 },
          { lane: 2, timeWait: 9, refused: null },
        ],
        5,
      ),
    );
    fold.add(sampleOf(1, [{ lane: 1, timeWait: 50, refused: 4 }], 6));
    fold.add(
      sampleOf(
        1,
        [
          { lane: 1, timeWait: 20, refused: null },
          { lane: 3, timeWait: 1, refused: 0 },
        ],
        7,
      ),
    );
    expect(read(fold.bytes())).toEqual({
      omitted: [7],
      lanes: [
        { lane: 1, timeWait: 50, refused: 7 },
        { lane: 2, timeWait: 9, refused: null },
        { lane: 3, timeWait: 1, refused: 0 },
      ],
    });
  });

  it('holds a namespace once, though its settings change in it', () => {
    const fold = new MinuteFold(0, (facts) => (facts < 10 ? 'host' : 'web'));
    for (const facts of [1, 2, 11]) fold.add(sampleOf(facts, [{ lane: facts, timeWait: 1, refused: 0 }], facts));
    expect(read(fold.bytes())).toMatchObject({ omitted: [2, 11], lanes: [{ lane: 1 }, { lane: 2 }, { lane: 11 }] });
  });

  it('begins with its first millisecond', () => {
    const start = Date.parse('2026-11-20T12:00:00Z');
    expect([start, start + 59_999, start + 60_000, start - 1].map(minuteOf)).toEqual([
      start,
      start,
      start + 60_000,
      start - 60_000,
    ]);
  });
});

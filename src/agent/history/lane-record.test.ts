import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { processReport } from '../../../test/kit/reports.ts';
import { laneSample } from '../../../test/kit/samples.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readLane, writeLane } from './lane-record.ts';

const ENDS = ['10.0.0.5', '10.0.1.9', 8080] as const;
const count = fc.nat(1_000_000);
const amount = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }));

const lane = fc
  .record({
    states: fc.dictionary(fc.constantFrom('ESTABLISHED', 'TIME_WAIT', 'CLOSE_WAIT', 'FIN_WAIT2', 'CLOSING'), count),
    orphans: fc.nat(5),
    slots: count,
    reclaimable: fc.option(count),
    pool: fc.constantFrom('lane' as const, 'source' as const),
    reuse: fc.option(fc.boolean()),
    ...{ opensPerSecond: amount, holdSeconds: amount, cliffAt: fc.option(count) },
    ...{
      secondsToCliff: amount,
      secondsToExhaustion: amount,
      settlesAt: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    },
  })
  .map(({ states, orphans, ...more }) => {
    const made = laneSample(ENDS, states, more);
    return { ...made, live: made.live - orphans };
  });

function written(sample: Parameters<typeof writeLane>[1], owner = 0): ReturnType<typeof readLane> {
  const writer = new ByteWriter();
  writeLane(writer, sample, owner);
  const reader = new ByteReader(writer.written.slice());
  const record = readLane(reader);
  expect(reader.position).toBe(writer.length);
  return record;
}

describe('the record of a lane', () => {
  it('holds its counts exactly, and rates, times and shares as finely as is said', () => {
    fc.assert(
      fc.property(lane, (sample) => {
        const record = written(sample);
        const { slots, used, live, reclaimable, states, pool, reuse, cliffAt } = sample;
        const present = Object.fromEntries(Object.entries(states).filter(([, sockets]) => sockets > 0));
        expect(record).toMatchObject({ slots, used, live, reclaimable, pool, reuse, cliffAt, owner: null });
        expect(record.states).toEqual(present);
        for (const [field, step] of [
          ['opensPerSecond', 0.01],
          ['holdSeconds', 0.001],
          ['secondsToCliff', 0.1],
          ['secondsToExhaustion', 0.1],
          ['settlesAt', 0.0001],
        ] as const) {
          const [value, kept] = [sample[field], record[field]];
          expect(kept === null, field).toBe(value === null);
          expect(Math.abs((kept ?? 0) - (value ?? 0)), field).toBeLessThanOrEqual(step * 1.001);
        }
      }),
    );
  });

  it('never says that it is exhausted now where it will be in a moment', () => {
    const sample = laneSample(ENDS, { TIME_WAIT: 5 }, { secondsToExhaustion: 0.01, secondsToCliff: 0 });
    expect(written(sample)).toMatchObject({ secondsToExhaustion: 0.1, secondsToCliff: 0 });
  });

  it('names who holds most of its sockets', () => {
    const sample = laneSample(ENDS, { ESTABLISHED: 120 }, { processes: [processReport(811, 'haproxy', 120)] });
    expect(written(sample, 7).owner).toEqual({ name: 7, pid: 811, sockets: 120 });
  });
});

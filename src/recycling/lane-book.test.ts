import { describe, expect, it } from 'vitest';
import { LaneBook } from './lane-book.ts';

/** The key of a lane to a port. */
const keyOf = (port: number): Uint32Array => Uint32Array.of(0, 0, 0xffff, 1, 0, 0, 0xffff, 2, port, 0);

function bookOf(lanes: number): LaneBook {
  const book = new LaneBook();
  for (let port = 0; port < lanes; port += 1) book.numberOf(keyOf(port));
  return book;
}

describe('a book of lanes', () => {
  it('gives each lane a number, and what room it has', () => {
    const book = new LaneBook();
    book.room = { slots: 28_232, firstPassPorts: 14_116 };
    expect([80, 81, 80, 82].map((port) => book.numberOf(keyOf(port)))).toEqual([0, 1, 0, 2]);
    expect(book.lanes.map((lane) => lane.toRecycled())).toMatchObject([
      { source: '0.0.0.1', destination: '0.0.0.2', port: 80, slots: 28_232 },
      { port: 81 },
      { port: 82 },
    ]);
  });

  it('forgets lanes that are idle where they are many, and of which nothing was released', () => {
    const book = bookOf(20_000);
    const [busy, released] = [book.lanes[7_000], book.lanes[15_000]];
    if (busy === undefined || released === undefined) throw new Error('no such lane');
    busy.counted = 1;
    released.released = 1;
    book.forgetIdle();
    expect(book.lanes).toEqual([busy, released]);
    expect([15_000, 7_000, 3].map((port) => book.numberOf(keyOf(port)))).toEqual([1, 0, 2]);
  });

  it('keeps some idle ones: they may come back', () => {
    const book = bookOf(10_000);
    book.forgetIdle();
    expect(book.lanes).toHaveLength(10_000);
  });
});

import { describe, expect, it } from 'vitest';
import { laneLike } from './lane-like.ts';
import { explainLife, firstToClose, type LifeCounts } from './life.ts';
import { sumLife } from './life-counts.ts';

function life(states: Readonly<Record<string, number>>, more: Partial<LifeCounts> = {}): LifeCounts {
  const used = Object.values(states).reduce((sum, count) => sum + count, 0);
  return {
    slots: 28_232,
    used,
    free: 28_232 - used,
    states,
    opensPerSecond: null,
    reclaimable: 0,
    timeWaitSeconds: 60,
    ...more,
  };
}

describe('which end closes first', () => {
  it.each([
    ['this', life({ ESTABLISHED: 20, TIME_WAIT: 27_000, CLOSE_WAIT: 3 })],
    ['other', life({ ESTABLISHED: 20, CLOSE_WAIT: 9 })],
    ['other', life({ ESTABLISHED: 20 }, { opensPerSecond: 300 })],
    ['both', life({ TIME_WAIT: 60, LAST_ACK: 30 })],
    ['unknown', life({ ESTABLISHED: 20 })],
    ['unknown', life({ ESTABLISHED: 20 }, { opensPerSecond: 0 })],
  ] as const)('is told by the states: %s', (first, counts) => {
    expect(firstToClose(counts)).toBe(first);
  });
});

describe('the sentence of the picture', () => {
  it.each([
    ['No connection holds a slot now.', life({})],
    [
      'This end closes first: each connection holds its port for 60 s after it ends. 97%',
      life({ ESTABLISHED: 30, TIME_WAIT: 970 }),
    ],
    ['connect() may take over 900 of them at once', life({ ESTABLISHED: 30, TIME_WAIT: 970 }, { reclaimable: 900 })],
    ['about a minute', life({ TIME_WAIT: 970 }, { timeWaitSeconds: null })],
    [
      '420 connections were closed by the other end and never by the program here',
      life({ ESTABLISHED: 10, CLOSE_WAIT: 420 }),
    ],
    ['90 connections wait for an answer', life({ SYN_SENT: 90 })],
    ['300 connections open per second, and none is left behind', life({ ESTABLISHED: 20 }, { opensPerSecond: 300 })],
    ['20 connections open, and none has ended in the last minute', life({ ESTABLISHED: 20 })],
  ])('%s', (words, counts) => {
    expect(explainLife(counts)).toContain(words);
  });
});

describe('lanes together', () => {
  const namespace = { settings: { tcpTwReuse: 2, timeWaitSeconds: 61 } } as Parameters<
    typeof sumLife
  >[0][number]['namespace'];
  const sum = (...lanes: ReturnType<typeof laneLike>[]) => sumLife(lanes.map((lane) => ({ lane, namespace })));

  it('are summed, and unknown where one of them is', () => {
    const counts = sum(laneLike({ used: 10, opensPerSecond: 5 }), laneLike({ used: 20, opensPerSecond: null }));
    expect(counts).toMatchObject({ used: 30, states: { ESTABLISHED: 30 }, opensPerSecond: null, free: 56_434 });
  });

  it('share their free slots where they are of one pool: these are then not summed', () => {
    expect(sum(laneLike({ pool: 'source' })).free).toBe(28_232);
    expect(sum(laneLike({ pool: 'source' }), laneLike({ pool: 'source' })).free).toBeNull();
  });
});

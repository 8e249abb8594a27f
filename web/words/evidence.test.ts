import { describe, expect, it } from 'vitest';
import { evidenceLines } from './evidence.ts';

describe('evidence as lines', () => {
  it('names what a person reads, and tells what is nested by its path', () => {
    const lines = evidenceLines({
      opensPerSecond: 446.8123,
      states: { TIME_WAIT: 27_791 },
      settlesAt: null,
      isLocal: false,
      settings: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
      none: [],
      blockers: [{ port: 33_060, name: 'mysqld' }],
    });
    expect(lines).toEqual([
      ['opens per second', '446.8'],
      ['states, TIME_WAIT', '27,791'],
      ['settles at', 'unknown'],
      ['is local', 'no'],
      ['settings', 'a, b, c, d, e, f, and 2 more'],
      ['none', 'none'],
      ['blockers', '33,060 mysqld'],
    ]);
  });
});

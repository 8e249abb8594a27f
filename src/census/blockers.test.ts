import { describe, expect, it } from 'vitest';
import { censusOf, idle, lane, listener, ports } from '../../test/kit/scans.ts';
import { listBlockers } from './blockers.ts';

const [SOURCE, BACKEND] = ['10.0.0.5', '10.0.1.9'];

describe('who blocks ports', () => {
  it('is nobody where nothing is bound in the range', () => {
    const sockets = [listener('0.0.0.0', 80), ...lane(SOURCE, BACKEND, 80, [40_000, 40_002])];
    expect(listBlockers(censusOf({ sockets }))).toEqual([]);
  });

  it('is told by kind and address, those with most ports first, ports ascending and once', () => {
    const sockets = [
      listener('0.0.0.0', 40_050, { inode: 1 }),
      // SO_REUSEPORT: two listeners on one port.
      listener('10.0.0.5', 40_031, { inode: 2 }),
      listener('10.0.0.5', 40_031, { inode: 3 }),
      listener('10.0.0.5', 40_030, { inode: 4 }),
    ];
    const bound = [
      idle('10.0.0.5', 40_010, { inode: 5 }),
      idle('10.0.0.5', 40_012),
      idle('10.0.0.5', 40_011, { inode: 7 }),
    ];
    expect(listBlockers(censusOf({ sockets, bound }))).toEqual([
      { kind: 'bound-idle', address: '10.0.0.5', ports: [40_010, 40_011, 40_012], inodes: [5, 7] },
      { kind: 'listener', address: '10.0.0.5', ports: [40_030, 40_031], inodes: [2, 3, 4] },
      { kind: 'listener', address: '0.0.0.0', ports: [40_050], inodes: [1] },
    ]);
  });

  it('leaves out ports outside of the range and reserved ones: they are excluded anyway', () => {
    const sockets = [listener('0.0.0.0', 80), listener('0.0.0.0', 40_010), listener('0.0.0.0', 40_011)];
    expect(listBlockers(censusOf({ sockets, reserved: [40_010] }))).toMatchObject([{ ports: [40_011] }]);
  });

  it('has the sockets that were bound before they connected among them, each once', () => {
    const pool = lane(SOURCE, BACKEND, 80, ports(40_001, 40_029, 2)).map((socket, index) => ({
      ...socket,
      inode: 100 + index,
    }));
    const explicit = lane(SOURCE, BACKEND, 80, [40_080], { inode: 7 });
    const census = censusOf({ sockets: [...pool, ...explicit], bound: explicit });
    expect(listBlockers(census)).toEqual([
      {
        kind: 'bound-before-connect',
        address: SOURCE,
        ports: [...ports(40_001, 40_029, 2), 40_080],
        inodes: expect.arrayContaining([7, ...ports(100, 114)]),
      },
    ]);
    expect(listBlockers(census)[0]?.inodes).toHaveLength(16);
  });
});

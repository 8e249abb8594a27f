import { describe, expect, it } from 'vitest';
import { censusOf, lane } from '../../test/kit/scans.ts';
import type { NamespaceCensus } from '../census/namespace-census.ts';
import type { FoundOwners } from '../census/owners.ts';
import type { ProcessRef } from '../linux/socket-source.ts';
import { PortSet } from '../tcp/port-set.ts';
import { findLaneOwners } from './lane-owners.ts';

const client = { pid: 811, name: 'client' };
const census = censusOf({
  sockets: [1, 2, 3, 4].flatMap((inode) => lane('10.0.0.5', '10.0.1.1', 80, [40_000 + 2 * inode], { inode })),
});

function takenWith(relist: NamespaceCensus['relist']): NamespaceCensus {
  const settings = {
    portRange: { low: 40_000, high: 40_099 },
    reservedPorts: new PortSet(),
    tcpTwReuse: 0,
    tcpTwReuseDelaySeconds: 1,
    tcpTimestamps: 1,
    tcpMaxTwBuckets: null,
    tcpFinTimeoutSeconds: null,
    unprivilegedPortStart: null,
  };
  return { census, source: 'test', settings, counts: null, durationSeconds: 0, kernelSeconds: 0, relist, notes: [] };
}

/** The kernel's answer: which process holds which inode by the time it is asked. */
function owning(byInode: ReadonlyMap<number, readonly ProcessRef[]>, stopped: string | null = null): FoundOwners {
  return { of: (inode) => byInode.get(inode) ?? [], stopped, refused: null };
}

describe('the owners of lanes', () => {
  const lanes = census.lanes();

  it('are found by the sockets of the census where those are still there', () => {
    const asked: number[][] = [];
    const { byLane } = findLaneOwners(takenWith(undefined), lanes, [9], (inodes) => {
      asked.push([...inodes]);
      return owning(new Map([1, 2, 3, 4].map((inode) => [inode, [client]])));
    });
    expect(asked).toEqual([[9, 1, 2, 3, 4]]);
    expect(byLane.get(0)).toEqual([{ ...client, sockets: 4 }]);
  });

  it('are looked for among the sockets that came after those that have closed', () => {
    let inode = 100;
    const relist = (wanted: ReadonlySet<number>): Map<number, number[]> => {
      inode += 4;
      return new Map([...wanted].map((each) => [each, [inode, inode + 1, inode + 2, inode + 3]]));
    };
    // The first two searches come too late for all but one of them.
    const found = owning(new Map([104, 108, 109, 110].map((each) => [each, [client]])));
    const { byLane } = findLaneOwners(takenWith(relist), lanes, [], () => found);
    expect(byLane.get(0)).toEqual([{ ...client, sockets: 3 }]);
  });

  it('are given up after a few searches', () => {
    let searches = 0;
    const { byLane } = findLaneOwners(
      takenWith(() => new Map([[0, [7]]])),
      lanes,
      [],
      () => {
        searches += 1;
        return owning(new Map());
      },
    );
    expect(searches).toBe(4);
    expect(byLane.get(0)).toEqual([]);
  });

  it('are not looked for again once the time allowed was spent', () => {
    let searches = 0;
    findLaneOwners(
      takenWith(() => new Map([[0, [7]]])),
      lanes,
      [],
      () => {
        searches += 1;
        return owning(new Map(), 'The search stopped.');
      },
    );
    expect(searches).toBe(1);
  });
});

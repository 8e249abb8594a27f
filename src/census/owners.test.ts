import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeSockets } from '../../test/kit/fake-sockets.ts';
import { censusOf, lane } from '../../test/kit/scans.ts';
import type { ProcessRef } from '../linux/socket-source.ts';
import { countOwners, type FoundOwners, inodesByLane, relistInodes } from './owners.ts';

const owners = (byInode: Readonly<Record<number, readonly ProcessRef[]>>): FoundOwners => ({
  of: (inode) => byInode[inode] ?? [],
  stopped: null,
  refused: null,
});
const nginx = { pid: 811, name: 'nginx' };
const worker = { pid: 812, name: 'nginx' };
const curl = { pid: 90, name: 'curl' };

const census = censusOf({
  sockets: [
    ...lane('10.0.0.5', '10.0.1.1', 80, [40_000], { inode: 1 }),
    ...lane('10.0.0.5', '10.0.1.1', 80, [40_002], { inode: 2 }),
    ...lane('10.0.0.5', '10.0.1.1', 80, [40_004], { inode: 3 }),
    ...lane('10.0.0.5', '10.0.1.1', 80, [40_006, 40_008], { leftMs: 100 }),
    ...lane('10.0.0.5', '10.0.1.2', 80, [40_000], { inode: 4 }),
    ...lane('10.0.0.5', '10.0.1.3', 80, [40_000], { leftMs: 100 }),
  ],
});

describe('the owners of sockets', () => {
  it('are counted by process, those with most sockets first, then by their number', () => {
    const found = owners({ 1: [nginx], 2: [nginx, worker], 3: [worker], 4: [curl] });
    expect(countOwners([1, 2, 3, 4, 5], found)).toEqual([
      { ...nginx, sockets: 2 },
      { ...worker, sockets: 2 },
      { ...curl, sockets: 1 },
    ]);
    expect(countOwners([], found)).toEqual([]);
  });

  it('are asked for by the inodes of the lanes, TIME_WAIT having none', () => {
    expect(inodesByLane(census, new Set([0, 1, 2]))).toEqual(
      new Map([
        [0, [1, 2, 3]],
        [1, [4]],
      ]),
    );
    expect(inodesByLane(census, new Set([1]))).toEqual(new Map([[1, [4]]]));
    expect(inodesByLane(census, new Set())).toEqual(new Map());
  });

  it('are asked for anew by the sockets that are there by then, of the lanes that are wanted', () => {
    const now = new FakeSockets([
      ...lane('10.0.0.5', '10.0.1.1', 80, [40_010], { inode: 11 }),
      ...lane('10.0.0.5', '10.0.1.1', 80, [40_012], { leftMs: 100 }),
      ...lane('10.0.0.5', '10.0.1.2', 80, [40_010], { inode: 12 }),
      ...lane('10.0.0.5', '10.0.1.9', 80, [40_010], { inode: 13 }),
    ]);
    expect(relistInodes(census, now, new Set([0, 2]))).toEqual(new Map([[0, [11]]]));
  });

  it('hold together as many sockets as are held', () => {
    const process = fc.integer({ min: 1, max: 5 }).map((pid): ProcessRef => ({ pid, name: `p${pid}` }));
    const held = fc.array(fc.uniqueArray(process, { selector: ({ pid }) => pid }), { maxLength: 20 });
    fc.assert(
      fc.property(held, (processes) => {
        const counted = countOwners(processes.keys(), owners(processes));
        for (const { pid, sockets } of counted) {
          expect(sockets).toBe(processes.filter((each) => each.some((one) => one.pid === pid)).length);
        }
        expect(new Set(counted.map(({ pid }) => pid))).toEqual(new Set(processes.flat().map(({ pid }) => pid)));
        const ranks = counted.map(({ sockets, pid }) => -sockets * 1_000 + pid);
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      }),
    );
  });
});

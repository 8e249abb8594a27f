import { describe, expect, it } from 'vitest';
import { planned } from '../../../test/kit/planned-topologies.ts';
import { layOut } from './topology-layout.ts';

type End = readonly [string, number];

function cells(...ends: readonly (readonly [End, End])[]): string[] {
  const { topology } = planned(...ends.map(([from, to]) => ({ from, to, rate: null })));
  return layOut(topology).map(({ name, column, row }) => `${name} ${column} ${row}`);
}

const [CLIENT, PROXY, BACKEND, CACHE] = [
  ['client', 4],
  ['proxy', 1],
  ['backend', 2],
  ['cache', 3],
] as const;

describe('the layout of a topology', () => {
  it('puts tiers that follow each other into columns', () => {
    expect(cells([CLIENT, PROXY], [PROXY, BACKEND])).toEqual(['client 0 0', 'proxy 1 0', 'backend 2 0']);
  });

  it('puts what is opened to by the same hosts under each other', () => {
    expect(cells([PROXY, BACKEND], [PROXY, CACHE])).toEqual(['proxy 0 0', 'backend 1 0', 'cache 1 1']);
  });

  it('draws hosts once where several tiers open connections to them', () => {
    expect(cells([PROXY, BACKEND], [CACHE, BACKEND])).toEqual(['proxy 0 0', 'backend 1 0', 'cache 0 1']);
  });

  it('draws hosts once more where connections would go back', () => {
    expect(cells([PROXY, BACKEND], [BACKEND, PROXY], [CACHE, CACHE])).toEqual([
      'proxy 0 0',
      'backend 1 0',
      'proxy 2 0',
      'cache 0 1',
      'cache 1 1',
    ]);
  });

  it('keeps hosts of one name and another number apart', () => {
    expect(cells([CLIENT, PROXY], [['proxy', 7], BACKEND])).toEqual([
      'client 0 0',
      'proxy 1 0',
      'proxy 0 1',
      'backend 1 1',
    ]);
  });
});

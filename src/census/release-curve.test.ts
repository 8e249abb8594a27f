import { describe, expect, it } from 'vitest';
import { TcpState } from '../tcp/state.ts';
import { releaseCurves, reuseCurve } from './release-curve.ts';
import { SocketTable } from './socket-table.ts';

function tableOf(rows: readonly { lane: number; state?: TcpState; leftMs: number }[]): SocketTable {
  const sockets = new SocketTable();
  for (const [index, { lane, state = TcpState.TIME_WAIT, leftMs }] of rows.entries()) {
    sockets.append(lane, 40_000 + index, state, leftMs >= 0, false, leftMs, 0);
  }
  return sockets;
}

describe('the release curve', () => {
  it('counts each TIME_WAIT socket in the second in which it goes', () => {
    const sockets = tableOf([0, 999, 1_000, 59_999, 60_000].map((leftMs) => ({ lane: 3, leftMs })));
    const curve = releaseCurves({ sockets }, new Set([3])).get(3);
    expect(curve).toHaveLength(61);
    expect(curve?.[0]).toBe(2);
    expect(curve?.[1]).toBe(1);
    expect(curve?.[59]).toBe(1);
    expect(curve?.[60]).toBe(1);
  });

  it('leaves out other lanes, live sockets and orphans in FIN_WAIT2', () => {
    const sockets = tableOf([
      { lane: 1, leftMs: 5_000 },
      { lane: 2, leftMs: 5_000 },
      { lane: 2, state: TcpState.FIN_WAIT2, leftMs: 5_000 },
      { lane: 2, state: TcpState.ESTABLISHED, leftMs: -1 },
    ]);
    const curves = releaseCurves({ sockets }, new Set([2, 7]));
    expect([...curves.keys()]).toEqual([2]);
    expect(curves.get(2)?.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('is not known where the source tells no time of any of them', () => {
    const sockets = tableOf([
      { lane: 0, leftMs: 5_000 },
      { lane: 0, leftMs: -1 },
      { lane: 0, leftMs: 6_000 },
    ]);
    sockets.append(0, 50_000, TcpState.TIME_WAIT, true, false, -1, 0);
    expect(releaseCurves({ sockets }, new Set([0])).get(0)).toBeNull();
  });
});

describe('the release curve where reuse applies', () => {
  /** So many sockets begin their TIME_WAIT in each second. */
  const steady = new Array<number>(61).fill(100).fill(0, 60);
  const rounded = (curve: Float64Array): number[] => Array.from(curve, (count) => Number(count.toFixed(6)));

  it('counts each socket in the second in which it comes to be older than the delay', () => {
    expect(rounded(reuseCurve(steady, 1, 100))).toEqual([100, 0]);
    expect(rounded(reuseCurve(steady, 3, 300))).toEqual([100, 100, 100, 0]);
    const growing = Array.from({ length: 61 }, (_, second) => (second === 60 ? 0 : second));
    expect(rounded(reuseCurve(growing, 3, 57 + 58 + 59))).toEqual([57, 58, 59, 0]);
  });

  it('counts what is younger than the delay, and nothing else, also where the delay is no whole number of seconds', () => {
    expect(rounded(reuseCurve(steady, 2.5, 250))).toEqual([100, 100, 50, 0]);
    expect(rounded(reuseCurve(steady, 0.2, 17))).toEqual([17, 0]);
    expect(rounded(reuseCurve(new Array<number>(61).fill(0), 1, 0))).toEqual([0, 0]);
  });

  it('is the curve itself where the delay is as long as TIME_WAIT', () => {
    expect(rounded(reuseCurve(steady, 60, 6_000))).toEqual(steady);
  });
});

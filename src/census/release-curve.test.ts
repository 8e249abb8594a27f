import { describe, expect, it } from 'vitest';
import { TcpState } from '../tcp/state.ts';
import { releaseCurves } from './release-curve.ts';
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

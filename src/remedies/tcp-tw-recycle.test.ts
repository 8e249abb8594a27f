import { describe, expect, it } from 'vitest';
import { machineLike, situationLike } from '../../test/kit/machines.ts';
import { tcpTwRecycle } from './tcp-tw-recycle.ts';

describe('tcp-tw-recycle', () => {
  it('is gone from kernels since 4.12', () => {
    const on = (major: number, minor: number) => tcpTwRecycle.missing(machineLike({ kernel: { major, minor } }));
    expect(on(6, 18)).toEqual([{ kind: 'kernel', text: 'Linux 4.12 removed tcp_tw_recycle, and this is 6.18' }]);
    expect(on(4, 12)).toHaveLength(1);
    expect(on(4, 11)).toEqual([]);
    expect(on(3, 10)).toEqual([]);
  });

  it('is nowhere safe, and never something to type', () => {
    const machine = machineLike({ kernel: { major: 3, minor: 10 } });
    expect(tcpTwRecycle.safety(situationLike({ machine }))).toMatchObject({
      safe: false,
      reason: expect.stringContaining('NAT'),
    });
    expect(tcpTwRecycle.byHand(situationLike({ machine }))).toEqual([]);
    expect(tcpTwRecycle.changes).toBeUndefined();
  });
});

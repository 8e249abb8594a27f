import { describe, expect, it } from 'vitest';
import { machineLike, situationLike } from '../../test/kit/machines.ts';
import { localPortRange } from './local-port-range.ts';

describe('local-port-range', () => {
  it('needs Linux 6.8: the option of 6.3 does not end the cliff', () => {
    const on = (major: number, minor: number) => localPortRange.missing(machineLike({ kernel: { major, minor } }));
    expect(on(6, 3)).toMatchObject([{ kind: 'kernel' }]);
    expect(on(6, 8)).toEqual([]);
  });

  it('gives no slot, and is done in the program', () => {
    const { model } = situationLike().lane;
    expect(localPortRange.predict(model, machineLike())).toEqual(model);
    expect(localPortRange.byHand(situationLike())).toMatchObject([{ where: 'c' }]);
    expect(localPortRange.effort).toBe('code');
  });
});

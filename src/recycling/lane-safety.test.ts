import { describe, expect, it } from 'vitest';
import { situationLike } from '../../test/kit/machines.ts';
import { recycleTimeWait } from '../remedies/recycle-time-wait.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import { LaneSafety } from './lane-safety.ts';

const CLEAN: NetworkQuality = { ...(situationLike().network as NetworkQuality), retransmitTimeoutSeconds: 0.5 };
const BAD: NetworkQuality = { ...CLEAN, retransmittedShare: 0.1 };
const FEW: NetworkQuality = { ...CLEAN, samples: 2, retransmitTimeoutSeconds: 0.75 };
const NONE: NetworkQuality = {
  ...{ samples: 0, isPrivate: true, roundTripSeconds: null, roundTripVarianceSeconds: null, segmentsSent: null },
  ...{ retransmitTimeoutSeconds: null, retransmittedShare: null, reorderedShare: null, timestampsShare: null },
  bytesPerConnection: null,
};

type Known = Pick<LaneSafety, 'safety' | 'isKnown' | 'ageSeconds'>;

/** What is known after these measurements, so many seconds after the start. */
function judged(isLocal: boolean, ...measured: readonly (readonly [seconds: number, NetworkQuality])[]): Known {
  const lane = new LaneSafety(isLocal);
  for (const [seconds, network] of measured) lane.judge(network, 1_000 * seconds);
  const { safety, isKnown, ageSeconds } = lane;
  return { safety, isKnown, ageSeconds };
}

describe('the safety of a lane', () => {
  it('is not known before it was judged, and the age that of a timeout that was never measured', () => {
    expect(judged(false)).toMatchObject({ safety: null, isKnown: false, ageSeconds: 3.5 });
  });

  it('is what the remedy says of the network, and of loopback', () => {
    for (const network of [CLEAN, BAD, FEW, NONE]) {
      for (const isLocal of [false, true]) {
        const situation = situationLike();
        const expected = recycleTimeWait.safety({ ...situation, lane: { ...situation.lane, isLocal }, network });
        expect(judged(isLocal, [0, network]).safety).toEqual(expected);
      }
    }
  });

  it('is that of all that was sent from here, where nobody lives on a private network', () => {
    const lane = new LaneSafety(false);
    lane.judge(NONE, 0, { sent: 999, retransmitted: 0 });
    expect(lane.safety?.safe).toBeNull();
    lane.judge(NONE, 1, { sent: 100_000, retransmitted: 9_000 });
    expect(lane.safety?.safe).toBeNull();
    lane.judge(NONE, 2, { sent: 100_000, retransmitted: 100 });
    expect(lane).toMatchObject({ safety: { safe: true }, isKnown: false, ageSeconds: 3.5 });
    expect(lane.safety?.reason).toContain('of all 100,000 segments sent from here 0.1% were sent again');
    lane.judge({ ...NONE, isPrivate: false }, 3, { sent: 100_000, retransmitted: 100 });
    expect(lane.safety?.safe).not.toBe(true);
  });

  it('goes with the timeout that was measured', () => {
    expect(judged(false, [0, CLEAN])).toMatchObject({ isKnown: true, ageSeconds: 1.75 });
    expect(judged(false, [0, FEW])).toMatchObject({ isKnown: false, ageSeconds: 2.625 });
    expect(judged(false, [0, NONE])).toMatchObject({ isKnown: false, ageSeconds: 3.5 });
    expect(judged(true, [0, NONE])).toMatchObject({ isKnown: false, ageSeconds: 3.5 });
  });

  it('turns when the network does', () => {
    expect(judged(false, [0, CLEAN], [10, BAD]).safety?.safe).toBe(false);
    expect(judged(false, [0, BAD], [10, CLEAN]).safety?.safe).toBe(true);
  });

  it('stands for a minute where too few live to measure it again', () => {
    expect(judged(false, [0, CLEAN], [10, NONE], [59, NONE])).toMatchObject({
      ...{ safety: { safe: true }, isKnown: true, ageSeconds: 1.75 },
    });
    expect(judged(false, [0, CLEAN], [30, NONE], [61, NONE])).toMatchObject({
      ...{ safety: { safe: null }, isKnown: false, ageSeconds: 3.5 },
    });
    expect(judged(false, [0, BAD], [59, NONE]).safety?.safe).toBe(false);
    expect(judged(true, [0, CLEAN], [59, NONE])).toMatchObject({ isKnown: true, ageSeconds: 1.75 });
  });

  it('has the newest timeout, also where it is of too few to judge by', () => {
    expect(judged(false, [0, CLEAN], [10, FEW])).toMatchObject({ safety: { safe: true }, ageSeconds: 2.625 });
    expect(judged(false, [0, FEW], [10, NONE])).toMatchObject({ safety: { safe: null }, ageSeconds: 2.625 });
  });
});

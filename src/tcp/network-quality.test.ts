import { describe, expect, it } from 'vitest';
import { situationLike } from '../../test/kit/machines.ts';
import { judgeNetwork, judgeRecycling, judgeReuse, type NetworkQuality } from './network-quality.ts';

function quality(more: Partial<NetworkQuality> = {}): NetworkQuality {
  return { ...(situationLike().network as NetworkQuality), ...more };
}

/** What is judged of a network in each way: as such, for reuse, for recycling. */
function judgements(network: NetworkQuality | null): unknown[] {
  return [judgeNetwork(network).isGood, judgeReuse(network, null).safe, judgeRecycling(network).safe];
}

const UNMEASURED = {
  ...{ samples: 0, roundTripSeconds: null, roundTripVarianceSeconds: null, retransmittedShare: null },
  ...{ reorderedShare: null, timestampsShare: null, bytesPerConnection: null },
};

describe('a network', () => {
  it('is good where it is private and nothing is wrong with it, and its figures say so', () => {
    expect(judgements(quality())).toEqual([true, true, true]);
    expect(judgeNetwork(quality()).reason).toBe(
      'private network, round trip 0.2 ms ± 0.1 ms, 0% retransmitted, no reordering, timestamps (20 connections)',
    );
  });

  it.each([
    ['segments are lost', { retransmittedShare: 0.023 }, '2.3% retransmitted, more than 1.0%'],
    ['segments overtake each other', { reorderedShare: 0.25 }, 'reordering seen by 25.0% of the connections'],
    ['its round trip varies', { roundTripVarianceSeconds: 0.12 }, 'the round trip varies by 120 ms, more than 50 ms'],
  ])('is bad where %s, private or not, whatever would be done', (_, figures, reason) => {
    for (const isPrivate of [true, false]) {
      const bad = quality({ ...figures, isPrivate });
      expect(judgements(bad)).toEqual([false, false, false]);
      for (const judge of [judgeNetwork, judgeReuse, judgeRecycling]) expect(judge(bad).reason).toContain(reason);
    }
  });

  it.each([
    ['reorderedShare', 0.05],
    ['roundTripVarianceSeconds', 0.05],
  ] as const)('is good up to the limit of %s, and not beyond', (figure, limit) => {
    expect(judgeNetwork(quality({ [figure]: limit })).isGood).toBe(true);
    expect(judgeNetwork(quality({ [figure]: limit * 1.001 })).isGood).toBe(false);
  });

  it('is bad where more segments are sent again than chance explains, of few as of many', () => {
    const judged = (again: number, segmentsSent: number): boolean | null =>
      judgeNetwork(quality({ segmentsSent, retransmittedShare: again / segmentsSent })).isGood;
    expect([judged(1, 80), judged(3, 80), judged(4, 80)]).toEqual([true, true, false]);
    expect([judged(1_000, 100_000), judged(1_200, 100_000)]).toEqual([true, false]);
  });

  it('that is public is good for reuse, which timestamps protect, and not for recycling', () => {
    const network = quality({ isPrivate: false });
    expect(judgements(network)).toEqual([false, true, false]);
    expect(judgeReuse(network, null).reason).toMatch(/^public network, round trip 0\.2 ms/);
    expect(judgeRecycling(network).reason).toContain('a segment can arrive later there than figures show');
  });

  it('is not judged by few connections, however they fare', () => {
    for (const retransmittedShare of [0, 0.5]) {
      const network = quality({ samples: 2, retransmittedShare });
      expect(judgements(network)).toEqual([null, null, null]);
      expect(judgeReuse(network, null).reason).toBe(
        'private network, but only 2 live connections to judge by, 5 are needed',
      );
    }
    expect(judgeNetwork(quality({ samples: 1 })).reason).toContain('only 1 live connection to');
    expect(judgements(quality({ samples: 5 }))).toEqual([true, true, true]);
  });

  it('that is private is judged for reuse by all that the machine has sent, where no connection lives', () => {
    const judged = (retransmitted: number, sent = 100_000, isPrivate = true): unknown =>
      judgeReuse(quality({ ...UNMEASURED, isPrivate }), { sent, retransmitted });
    expect(judged(3)).toEqual({
      safe: true,
      reason:
        'private network, but no live connection to judge by; of all 100,000 segments sent from here <0.1% were sent again',
    });
    expect([judged(5_000), judged(0, 900), judged(3, 100_000, false)]).toMatchObject([
      { safe: null },
      { safe: null },
      { safe: null },
    ]);
  });

  it('is not judged where no connection lives, but whether it is private is said', () => {
    expect(judgements(null)).toEqual([null, null, null]);
    expect(judgeReuse(null).reason).toBe('no live connection to judge by');
    expect(judgements(quality(UNMEASURED))).toEqual([null, null, null]);
    expect(judgeReuse(quality(UNMEASURED), null).reason).toBe('private network, but no live connection to judge by');
    expect(judgements(quality({ ...UNMEASURED, isPrivate: false }))).toEqual([false, null, false]);
  });

  it('without timestamps is no use for reuse, however few connections show it; recycling goes without', () => {
    const network = quality({ timestampsShare: 0 });
    expect(judgements(network)).toEqual([true, false, true]);
    expect(judgeReuse(network, null).reason).toBe(
      'useless: no timestamps were negotiated (20 connections), and no slot can be reused',
    );
    expect(judgeReuse(quality({ timestampsShare: 0, samples: 1 }), null).safe).toBe(false);
    expect(judgeRecycling(network).reason).toContain('no timestamps');
  });

  it('with timestamps on some connections says on how many', () => {
    expect(judgeReuse(quality({ timestampsShare: 0.5 }), null)).toEqual({
      safe: true,
      reason: expect.stringContaining('timestamps on 50.0% (20 connections)'),
    });
  });

  it('is not judged by figures that an old kernel does not tell', () => {
    expect(judgements(quality({ retransmittedShare: null }))).toEqual([null, null, null]);
    expect(judgeNetwork(quality({ retransmittedShare: null })).reason).toContain('retransmissions unknown');
    expect(judgements(quality({ roundTripVarianceSeconds: null }))).toEqual([null, null, null]);
    expect(judgements(quality({ timestampsShare: null }))).toEqual([true, null, true]);
  });

  it('may keep its reordering to itself, which only kernels from 4.19 on tell', () => {
    const { isGood, reason } = judgeNetwork(quality({ reorderedShare: null }));
    expect(isGood).toBe(true);
    expect(reason).toContain('reordering unknown');
  });

  it('has round trips of two digits, however short or long', () => {
    const reason = (seconds: number): string =>
      judgeNetwork(quality({ roundTripSeconds: seconds, roundTripVarianceSeconds: seconds / 10 })).reason;
    expect(reason(0.000_021_7)).toContain('round trip 0.022 ms ± 0.0022 ms');
    expect(reason(0.034_4)).toContain('round trip 34 ms ± 3.4 ms');
    expect(reason(0.2)).toContain('round trip 200 ms ± 20 ms');
  });
});

import { describe, expect, it } from 'vitest';
import { effectLike, NEW_LANE } from '../../test/kit/fix-reports.ts';
import { doubtsOf, refusalOf } from './fix-safety.ts';

const safe = effectLike();
const unsafe = effectLike({ port: 8081, safe: false, reason: '2% retransmitted' });
const useless = effectLike({ port: 8082, safe: false, reason: 'useless: no timestamps were negotiated' });

describe('whether a remedy is applied without force', () => {
  it('is not refused where nothing speaks against it, or nothing is known', () => {
    expect(refusalOf('tcp-tw-reuse', [safe, NEW_LANE])).toBeNull();
    expect(refusalOf('tcp-tw-reuse', [])).toBeNull();
  });

  it('is refused where it is not safe for one lane, however many it helps', () => {
    expect(refusalOf('tcp-tw-reuse', [safe, useless, unsafe])).toBe(
      'tcp-tw-reuse is not safe for 10.0.0.5>10.0.1.9:8081: 2% retransmitted',
    );
  });

  it('is refused where it is of no use for any lane, and not where it is for one', () => {
    expect(refusalOf('tcp-tw-reuse', [useless, useless])).toBe(
      'tcp-tw-reuse does not apply to 10.0.0.5>10.0.1.9:8082: no timestamps were negotiated',
    );
    expect(refusalOf('tcp-tw-reuse', [useless, safe])).toBeNull();
    expect(refusalOf('tcp-tw-reuse', [useless, NEW_LANE])).toBeNull();
  });
});

describe('what is not known about its safety', () => {
  it('is told once for each reason, with its lanes', () => {
    const unknown = effectLike({ safe: null, reason: 'nobody tells' });
    expect(doubtsOf('wider-range', [safe, unsafe, unknown, { ...unknown, port: 9 }, NEW_LANE])).toEqual([
      'whether wider-range is safe for 10.0.0.5>10.0.1.9:8080, 10.0.0.5>10.0.1.9:9 is not known: nobody tells',
      'whether wider-range is safe for any new lane is not known: no live connection tells what the network is like',
    ]);
  });
});

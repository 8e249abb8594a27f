import { describe, expect, it } from 'vitest';
import { censusOf, lane, ports } from '../../test/kit/scans.ts';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import { noSuchLane } from './no-such-lane.ts';

const FOUR = [3, 9, 5, 1].flatMap((count, index) =>
  lane('10.0.0.5', `10.0.1.${index}`, 80, ports(40_000, 39_999 + count)),
);

describe('where no lane matches', () => {
  it('the error names the pattern, and the fullest lanes', () => {
    const error = noSuchLane(parseLanePattern('*>10.0.9.9:8080'), censusOf({ sockets: FOUR }));
    expect(error).toMatchObject({ code: 'FT_ARGUMENT', hint: expect.stringContaining('`fourtuple`') });
    expect(error.message).toBe(
      'no lane matches *>10.0.9.9:8080: there are 10.0.0.5>10.0.1.1:80, 10.0.0.5>10.0.1.2:80, 10.0.0.5>10.0.1.0:80 and 1 more',
    );
  });

  it('the error says so where there is none at all', () => {
    const error = noSuchLane(parseLanePattern('10.0.0.0/8>[2001:db8::/32]:*'), censusOf({ sockets: [] }));
    expect(error.message).toBe('no lane matches 10.0.0.0/8>[2001:db8::/32]:*: there is none');
  });
});

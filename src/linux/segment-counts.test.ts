import { describe, expect, it } from 'vitest';
import { timeWait } from '../../test/kit/closings.ts';
import { serve } from '../../test/kit/connections.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { parseSegmentCounts, readSegmentCounts } from './segment-counts.ts';

describe('the counts of segments', () => {
  it('are found by their names, the ones sent again beside the new ones', () => {
    expect(parseSegmentCounts('Tcp: InSegs OutSegs RetransSegs\nTcp: 5 7 2\nUdp: OutSegs\nUdp: 9\n')).toEqual({
      sent: 9,
      retransmitted: 2,
    });
  });

  it.each([
    ['nothing', ''],
    ['names alone', 'Tcp: OutSegs RetransSegs\n'],
    ['a kernel that lacks one', 'Tcp: OutSegs\nTcp: 7\n'],
    ['no number', 'Tcp: OutSegs RetransSegs\nTcp: x 2\n'],
  ])('are not known from %s', (_, text) => expect(parseSegmentCounts(text)).toBeNull());

  describe('of a namespace', () => {
    usesPrivateNamespace();

    it('are its own', () => {
      expect(readSegmentCounts()).toEqual({ sent: 0, retransmitted: 0 });
      timeWait(10, serve('127.0.0.1', 9000));
      expect(readSegmentCounts()?.sent).toBeGreaterThanOrEqual(60);
    });
  });
});

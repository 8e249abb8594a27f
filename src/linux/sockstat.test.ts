import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeWait } from '../../test/kit/closings.ts';
import { hold, serve } from '../../test/kit/connections.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { parseSocketCounts, readSocketCounts } from './sockstat.ts';

/** /proc/net/sockstat of Linux 6.18. */
function sockstat(inUse: number, timeWait: number, more: { orphan?: number; allocated?: number } = {}): string {
  return [
    'sockets: used 277',
    `TCP: inuse ${inUse} orphan ${more.orphan ?? 0} tw ${timeWait} alloc ${more.allocated ?? 40} mem 3`,
    'UDP: inuse 5 mem 512',
    'UDPLITE: inuse 0',
    'RAW: inuse 1',
    'FRAG: inuse 0 memory 0',
    '',
  ].join('\n');
}

function sockstat6(inUse: number): string {
  return `TCP6: inuse ${inUse}\nUDP6: inuse 2\nUDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n`;
}

describe('the socket counts of the kernel', () => {
  it('are those of TCP, of both families', () => {
    const number = fc.nat();
    fc.assert(
      fc.property(number, number, number, number, number, (four, six, timeWait, orphan, allocated) => {
        const counts = parseSocketCounts(sockstat(four, timeWait, { orphan, allocated }), sockstat6(six));
        expect(counts).toEqual({ inUse: four + six, timeWait, allocated });
      }),
    );
  });

  it('are those of IPv4 where the kernel has no IPv6', () => {
    expect(parseSocketCounts(sockstat(7, 3), '')).toEqual({ inUse: 7, timeWait: 3, allocated: 40 });
  });

  it.each([
    ['nothing', ''],
    ['another file', 'sockets: used 277\nUDP: inuse 5 mem 512\n'],
    ['a line that is cut', 'TCP: inuse 27 orphan 0'],
    ['what is no number', sockstat(1, 1).replace('inuse 1', 'inuse -')],
  ])('are not known from %s', (_, text) => expect(parseSocketCounts(text, sockstat6(1))).toBeNull());

  describe('of a namespace', () => {
    usesPrivateNamespace();

    it('are those of the namespace that the thread is in, TIME_WAIT apart', () => {
      expect(readSocketCounts()).toMatchObject({ inUse: 0, timeWait: 0 });
      hold(3, serve('127.0.0.1', 9001));
      hold(2, serve('::1', 9002));
      timeWait(4, serve('127.0.0.1', 9003));
      // Three listeners, and the two ends of five connections.
      expect(readSocketCounts()).toMatchObject({ inUse: 13, timeWait: 4 });
    });
  });
});

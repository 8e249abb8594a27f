import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { errorMessage } from '../../test/kit/fake-netlink.ts';
import { FakeKernel } from '../../test/kit/fake-sockets.ts';
import { type DiagSocket, tcpInfo } from '../../test/kit/inet-diag-encoder.ts';
import { lane, ports, scanOf } from '../../test/kit/scans.ts';
import { TcpState } from '../tcp/state.ts';
import { measurePeerTimestamps } from './peer-timestamps.ts';

const SOURCE = '10.0.0.5';
const timestamps = (negotiated: boolean) => ({ attributes: [tcpInfo(negotiated)] });

/** What is found for each lane, in the order of first sight, and how many connections were looked up. */
function measure(
  sockets: readonly DiagSocket[],
  kernel = new FakeKernel(sockets),
): { found: unknown[]; lookups: number } {
  const scan = scanOf({ sockets });
  const of = measurePeerTimestamps(kernel.sockDiag(), scan);
  return { found: ports(0, scan.lanes.size - 1).map(of), lookups: kernel.requests.length };
}

describe('the timestamps of the far ends', () => {
  it('are those of a live connection to the same host, whichever lane it is in', () => {
    const sockets = [
      ...lane(SOURCE, '10.0.1.1', 80, [40_000], { leftMs: 100 }),
      ...lane(SOURCE, '10.0.1.1', 81, [40_000, 40_002], timestamps(true)),
      ...lane('10.0.0.6', '10.0.1.2', 80, [40_000, 40_002], timestamps(false)),
      ...lane('2001:db8::5', '2001:db8::1', 80, [40_000], timestamps(true)),
    ];
    expect(measure(sockets)).toEqual({ found: [true, true, false, true], lookups: 3 });
  });

  it('are not known where no connection to the host lives', () => {
    const sockets = [
      ...lane(SOURCE, '10.0.1.1', 80, [40_000], { leftMs: 100 }),
      ...lane(SOURCE, '10.0.1.2', 80, [40_000], { state: TcpState.SYN_SENT, ...timestamps(false) }),
    ];
    expect(measure(sockets)).toEqual({ found: [null, null], lookups: 0 });
  });

  it('are not known where the connection has gone meanwhile, its message holds none, or the kernel refuses', () => {
    const sockets = lane(SOURCE, '10.0.1.1', 80, [40_000], timestamps(true));
    expect(measure(sockets, new FakeKernel([])).found).toEqual([null]);
    expect(measure(lane(SOURCE, '10.0.1.1', 80, [40_000])).found).toEqual([null]);
    const distort = (_: unknown, request: Parameters<typeof errorMessage>[0]) => [
      errorMessage(request, { errno: constants.errno.EPERM }),
    ];
    expect(measure(sockets, new FakeKernel(sockets, { distort })).found).toEqual([null]);
  });

  it('are looked up for 256 hosts at most', () => {
    const sockets = ports(0, 299).flatMap((index) =>
      lane(SOURCE, `10.1.${index >> 8}.${index & 255}`, 80, [40_000, 40_002], timestamps(true)),
    );
    const { found, lookups } = measure(sockets);
    expect(lookups).toBe(256);
    expect(found).toEqual(ports(0, 299).map((index) => (index < 256 ? true : null)));
  });
});

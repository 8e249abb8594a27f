import { beforeEach, describe, expect, it } from 'vitest';
import { type Destroyed, SockDestroy } from '../../src/linux/sock-destroy.ts';
import { SockDiag } from '../../src/linux/sock-diag.ts';
import { SocketIds } from '../../src/linux/socket-ids.ts';
import { stateMask, TcpState } from '../../src/tcp/state.ts';
import { timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { type ClientOptions, type Connection, connection, hold, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused, fillWithTimeWait } from '../kit/fill.ts';
import { needsKernel, needsSysctl } from '../kit/kernel-version.ts';
import { joinTo } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { type StatisticsRow, settled, socketStatistics } from '../kit/socket-statistics.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { withoutCapabilities } from '../kit/without-capabilities.ts';

usesPrivateNamespace();
needsKernel(6, 0);
needsPrograms('ss', 'ip');
beforeEach(() => {
  setPortRange(40_000, 40_009);
  writeSysctl('ipv4.tcp_tw_reuse', 0);
});

/** The kernel's names of the sockets in a state, in the current namespace; only those at some local ports. */
function namesOf(state: TcpState, localPorts = { low: 1, high: 65_535 }): SocketIds {
  const ids = new SocketIds();
  const source = SockDiag.open();
  try {
    source.forEachSocket({ states: stateMask(state), localPorts }, (socket) => void ids.append(socket));
  } finally {
    source.close();
  }
  return ids;
}

const allRows = (ids: SocketIds): Uint32Array => Uint32Array.from({ length: ids.size }, (_, row) => row);

function destroy(ids: SocketIds, rows = allRows(ids)): Destroyed {
  const destroyer = SockDestroy.open();
  try {
    return destroyer.destroy(ids, rows, rows.length);
  } finally {
    destroyer.close();
  }
}

const isInTimeWait = ({ state }: StatisticsRow): boolean => state === 'TIME_WAIT';
const timeWaits = (): number => socketStatistics().filter(isInTimeWait).length;
const liveAt = (port: number): string[] =>
  socketStatistics().flatMap((row) => (row.sourcePort === port && row.state !== 'LISTEN' ? [row.state] : []));

describe('a TIME_WAIT socket that is destroyed', () => {
  const linkLocal = (): string => {
    const address = 'fe80::1/64';
    joinTo(createNamespace(), { link: 'near', addresses: [address] }, { link: 'far', addresses: ['fe80::2/64'] });
    return 'fe80::1%near';
  };
  const ways: readonly (readonly [name: string, address: () => string, options: ClientOptions])[] = [
    ['of IPv4', () => '127.0.0.1', {}],
    ['of IPv6', () => '::1', {}],
    ['of IPv6 with IPv4-mapped addresses', () => '127.0.0.1', { mapped: true }],
    ['bound to a device', () => '127.0.0.1', { device: 'lo' }],
    ['bound to a device, of IPv6', () => '::1', { device: 'lo' }],
    ['between link-local addresses', linkLocal, {}],
  ];

  it.each(ways)('gives its port back at once: %s', (_, address, options) => {
    const to = serve(address(), 9000);
    expect(fillWithTimeWait(to, options)).toBe(10);
    expect(tryConnection(to, options)).toBe('EADDRNOTAVAIL');
    expect(destroy(namesOf(TcpState.TIME_WAIT))).toEqual({ destroyed: 10, gone: 0 });
    expect(timeWaits()).toBe(0);
    expect(fillUntilRefused(to, options)).toHaveLength(10);
  });

  it('is one of those that were named, and no other goes with it', () => {
    timeWait(10, serve('127.0.0.1', 9000));
    const ids = namesOf(TcpState.TIME_WAIT);
    expect(destroy(ids, allRows(ids).subarray(2, 5))).toEqual({ destroyed: 3, gone: 0 });
    expect(timeWaits()).toBe(7);
    expect(destroy(ids)).toEqual({ destroyed: 7, gone: 3 });
  });

  it('leaves every live socket as it was, to the same destination too', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(3, to);
    hold(2, serve('::1', 9001));
    timeWait(4, to);
    timeWaitAtServer(1, to);
    await settled();
    const before = socketStatistics();
    expect(destroy(namesOf(TcpState.TIME_WAIT))).toEqual({ destroyed: 5, gone: 0 });
    expect(before.filter(isInTimeWait)).toHaveLength(5);
    expect(socketStatistics().sort(byText)).toEqual(before.filter((row) => !isInTimeWait(row)).sort(byText));
  });

  it('is of the namespace that the conversation was opened in, whichever the caller is in', () => {
    timeWait(3, serve('127.0.0.1', 9000));
    const other = createNamespace();
    const destroyer = SockDestroy.open();
    const ids = namesOf(TcpState.TIME_WAIT);
    expect(inside(other, () => destroy(ids))).toEqual({ destroyed: 0, gone: 3 });
    expect(inside(other, () => destroyer.destroy(ids, allRows(ids), 3))).toEqual({ destroyed: 3, gone: 0 });
    destroyer.close();
  });
});

const byText = (one: StatisticsRow, other: StatisticsRow): number =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

describe('a socket that has taken the 4-tuple of one that is to be destroyed', () => {
  const port = 40_005;

  /** The old name destroys nothing, and the new name does: it is the same 4-tuple. */
  function expectSpared(old: SocketIds): void {
    expect(old.size).toBe(1);
    expect(destroy(old)).toEqual({ destroyed: 0, gone: 1 });
    expect(liveAt(port)).toEqual(['ESTABLISHED']);
    const young = namesOf(TcpState.ESTABLISHED, { low: port, high: port });
    expect(destroy(young)).toEqual({ destroyed: 1, gone: 0 });
    expect(liveAt(port)).toEqual([]);
  }

  it('is spared where it was bound to the port', () => {
    const to = serve('127.0.0.1', 9000);
    const options = { port, reuseAddress: true };
    timeWait(1, to, options);
    const old = namesOf(TcpState.TIME_WAIT);
    connection(to, options);
    expectSpared(old);
  });

  describe('by tcp_tw_reuse', () => {
    needsSysctl('ipv4.tcp_tw_reuse_delay');

    it('is spared', () => {
      setPortRange(port, port);
      writeSysctl('ipv4.tcp_tw_reuse', 1);
      writeSysctl('ipv4.tcp_tw_reuse_delay', 1);
      const to = serve('127.0.0.1', 9000);
      timeWait(1, to);
      const old = namesOf(TcpState.TIME_WAIT);
      let taken: Connection | string;
      do taken = tryConnection(to);
      while (taken === 'EADDRNOTAVAIL');
      expect(taken).toBeTypeOf('object');
      expectSpared(old);
    });
  });

  it('is spared where it is in TIME_WAIT itself', () => {
    const to = serve('127.0.0.1', 9000);
    const options = { port, reuseAddress: true };
    timeWait(1, to, options);
    const old = namesOf(TcpState.TIME_WAIT);
    timeWait(1, to, options);
    expect(destroy(old)).toEqual({ destroyed: 0, gone: 1 });
    expect(timeWaits()).toBe(1);
    expect(destroy(namesOf(TcpState.TIME_WAIT))).toEqual({ destroyed: 1, gone: 0 });
  });

  it('is spared where it listens: that is what the kernel finds where the connection has gone', () => {
    const to = serve('127.0.0.1', 9000);
    timeWaitAtServer(1, to);
    const old = namesOf(TcpState.TIME_WAIT);
    expect(destroy(old)).toEqual({ destroyed: 1, gone: 0 });
    expect(destroy(old)).toEqual({ destroyed: 0, gone: 1 });
    expect(() => connection(to)).not.toThrow();
  });
});

it('the answers to 30,000 that have gone are all read', () => {
  timeWait(1, serve('127.0.0.1', 9000));
  expect(destroy(namesOf(TcpState.TIME_WAIT), new Uint32Array(30_000))).toEqual({ destroyed: 1, gone: 29_999 });
});

it('without CAP_NET_ADMIN none is destroyed, and it is named', () => {
  timeWait(10, serve('127.0.0.1', 9000));
  const ids = namesOf(TcpState.TIME_WAIT);
  expect(() => withoutCapabilities(() => destroy(ids))).toThrow(
    expect.objectContaining({ code: 'FT_PRIVILEGE', message: expect.stringContaining('CAP_NET_ADMIN') }),
  );
  expect(timeWaits()).toBe(10);
  expect(destroy(ids)).toEqual({ destroyed: 10, gone: 0 });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeSockets } from '../../test/kit/fake-sockets.ts';
import { connection, type DiagSocket, ipv6Only } from '../../test/kit/inet-diag-encoder.ts';
import { at, lane, listener, ports, scanOf } from '../../test/kit/scans.ts';
import type { SocketFilter, SocketView } from '../linux/socket-source.ts';
import { TcpState } from '../tcp/state.ts';
import { countInbound, type InboundEndpoint } from './inbound.ts';

const HERE = '10.0.0.5';

/** Connections of one client to a port here. */
function from(client: string, clientPorts: Iterable<number>, to: readonly [address: string, port: number], more = {}) {
  return Array.from(clientPorts, (port) => connection([at(to[0]), to[1]], [at(client), port], more));
}

function inbound(sockets: readonly DiagSocket[]): InboundEndpoint[] {
  return countInbound(new FakeSockets(sockets), scanOf({ sockets }).listeners);
}

describe('inbound connections', () => {
  it('are counted by the address and port that they go to, with those in TIME_WAIT and the different clients', () => {
    const sockets = [
      listener('0.0.0.0', 443, { inode: 7 }),
      ...from('10.0.9.1', ports(50_000, 50_029), [HERE, 443]),
      ...from('10.0.9.1', ports(50_030, 50_039), [HERE, 443], { leftMs: 9_000 }),
      ...from('10.0.9.2', ports(50_000, 50_001), [HERE, 443], { state: TcpState.FIN_WAIT2, timer: 3 }),
    ];
    expect(inbound(sockets)).toEqual([
      { address: HERE, port: 443, connections: 42, timeWait: 10, clients: 2, inodes: [7] },
    ]);
  });

  it('come in the order of their clients, then of their connections', () => {
    const sockets = [
      ...[80, 81, 82].map((port) => listener('0.0.0.0', port, { inode: port })),
      ...from('10.0.9.1', ports(50_000, 50_009), [HERE, 80]),
      ...from('10.0.9.1', ports(50_000, 50_019), [HERE, 81]),
      ...from('10.0.9.1', [50_000], [HERE, 82]),
      ...from('10.0.9.2', [50_000], [HERE, 82]),
    ];
    expect(inbound(sockets).map(({ port }) => port)).toEqual([82, 81, 80]);
  });

  it('are those to a listener at their very address, and none beside', () => {
    const sockets = [
      listener(HERE, 8_080, { inode: 7 }),
      ...from('10.0.9.1', [50_000], [HERE, 8_080]),
      ...from('10.0.9.1', [50_001], ['10.0.0.6', 8_080]),
      ...lane(HERE, '10.0.1.9', 8_080, [40_001, 40_002]),
    ];
    expect(inbound(sockets)).toMatchObject([{ address: HERE, connections: 1, clients: 1 }]);
  });

  it('from loopback count like others', () => {
    const sockets = [
      listener('127.0.0.1', 9_000),
      ...from('127.0.0.1', [40_000, 40_001], ['127.0.0.1', 9_000]),
      ...lane('127.0.0.1', '127.0.0.1', 9_000, [40_000, 40_001]),
    ];
    expect(inbound(sockets)).toEqual([
      { address: '127.0.0.1', port: 9_000, connections: 2, timeWait: 0, clients: 1, inodes: [] },
    ]);
  });

  it('go to a dual-stack listener in both families, and to one of IPv6 only in that', () => {
    const connections = [
      ...from('10.0.9.1', [50_000], [HERE, 80], { family: 'ipv6' }),
      ...from('2001:db8::9', [50_000, 50_001], ['2001:db8::5', 80]),
    ];
    const both = inbound([listener('::', 80), ...connections]).map(({ address, connections }) => [
      address,
      connections,
    ]);
    expect(both).toEqual([
      ['2001:db8::5', 2],
      [HERE, 1],
    ]);
    const only = inbound([listener('::', 80, { attributes: [ipv6Only(true)] }), ...connections]);
    expect(only.map(({ address }) => address)).toEqual(['2001:db8::5']);
  });

  it('to a listener that is bound to a device are those of that device', () => {
    const sockets = [
      listener('0.0.0.0', 80, { interfaceIndex: 2 }),
      ...from('10.0.9.1', [50_000], [HERE, 80], { interfaceIndex: 2 }),
      ...from('10.0.9.1', [50_001], [HERE, 80], { interfaceIndex: 3 }),
      ...from('10.0.9.1', [50_002], [HERE, 80]),
    ];
    expect(inbound(sockets)).toMatchObject([{ connections: 1 }]);
  });

  it('of several devices to one address are one endpoint', () => {
    const sockets = [
      listener('0.0.0.0', 80, { inode: 7 }),
      ...from('10.0.9.1', [50_000], [HERE, 80], { interfaceIndex: 2 }),
      ...from('10.0.9.1', [50_001], [HERE, 80], { interfaceIndex: 3 }),
      ...from('10.0.9.1', [50_002], [HERE, 80]),
    ];
    expect(inbound(sockets)).toEqual([
      { address: HERE, port: 80, connections: 3, timeWait: 0, clients: 1, inodes: [7] },
    ]);
  });

  it('are taken by the listener at their address where another is at all addresses', () => {
    const sockets = [
      listener('0.0.0.0', 80, { inode: 7 }),
      listener(HERE, 80, { inode: 8 }),
      ...from('10.0.9.1', [50_000], [HERE, 80]),
      ...from('10.0.9.1', [50_000], ['10.0.0.6', 80]),
    ];
    expect(inbound(sockets).map(({ address, inodes }) => [address, inodes])).toEqual([
      [HERE, [8]],
      ['10.0.0.6', [7]],
    ]);
  });

  it('have every listener of a shared port, as SO_REUSEPORT makes them', () => {
    const listeners = [7, 8, 9].map((inode) => listener('0.0.0.0', 80, { inode }));
    expect(inbound([...listeners, ...from('10.0.9.1', [50_000], [HERE, 80])])).toMatchObject([{ inodes: [7, 8, 9] }]);
  });

  it('are as many as a count of every socket by its own object gives', () => {
    const address = fc.constantFrom(HERE, '10.0.0.6', '2001:db8::5');
    const socket = fc.record({
      local: address,
      localPort: fc.constantFrom(80, 81, 443),
      remote: fc.constantFrom('10.0.9.1', '10.0.9.2', '10.1.9.2', '10.2.9.2'),
      remotePort: fc.integer({ min: 40_000, max: 40_100 }),
      isTimeWait: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(socket, { maxLength: 60 }), (described) => {
        const sockets = described.map(({ local, localPort, remote, remotePort, isTimeWait }) =>
          connection([at(local), localPort], [at(remote), remotePort], isTimeWait ? { leftMs: 5_000 } : {}),
        );
        const model = new Map<string, { connections: number; timeWait: number; remotes: Set<string> }>();
        for (const { local, localPort, remote, isTimeWait } of described) {
          if (localPort === 81) continue;
          const key = `${local} ${localPort}`;
          const entry = model.get(key) ?? { connections: 0, timeWait: 0, remotes: new Set() };
          model.set(key, entry);
          entry.connections += 1;
          entry.timeWait += isTimeWait ? 1 : 0;
          entry.remotes.add(remote);
        }
        const found = inbound([listener('::', 80), listener('::', 443), ...sockets]);
        const expected = [...model].map(
          ([key, { connections, timeWait, remotes }]) => [key, connections, timeWait, remotes.size] as const,
        );
        expect(new Map(found.map((e) => [`${e.address} ${e.port}`, [e.connections, e.timeWait, e.clients]]))).toEqual(
          new Map(expected.map(([key, ...counts]) => [key, counts])),
        );
      }),
    );
  });

  it('are asked for by the ports of the listeners only, and not at all where none listens', () => {
    const asked: SocketFilter[] = [];
    const source = {
      name: 'fake',
      forEachSocket(wanted: SocketFilter, _visit: (socket: SocketView) => void): void {
        asked.push(wanted);
      },
    };
    expect(countInbound(source, [])).toEqual([]);
    expect(asked).toEqual([]);
    countInbound(source, scanOf({ sockets: [443, 22, 80].map((port) => listener('0.0.0.0', port)) }).listeners);
    expect(asked.map(({ localPorts }) => localPorts)).toEqual([{ low: 22, high: 443 }]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeSockets } from '../../test/kit/fake-sockets.ts';
import { connection } from '../../test/kit/inet-diag-encoder.ts';
import { parseAddress } from '../tcp/address.ts';
import type { Lane } from '../tcp/lane.ts';
import { PortSet } from '../tcp/port-set.ts';
import { TcpState } from '../tcp/state.ts';
import { findOldTimeWaits } from './old-time-waits.ts';

const RANGE = { low: 40_000, high: 40_019 };
const DEVICES = new Map([
  [3, 'eth0'],
  [4, 'eth1'],
]);
const LANES: readonly Lane[] = ['10.0.0.5', 'fe80::5%eth0'].flatMap((source) =>
  [80, 81].flatMap((port) =>
    (source.includes('%') ? ['eth0'] : [null, 'eth0', '7']).map((device) => ({
      ...{ source, port, device },
      destination: source.includes('%') ? 'fe80::9%eth0' : '10.0.1.9',
    })),
  ),
);

const anySocket = fc.record({
  ends: fc.constantFrom(['10.0.0.5', '10.0.1.9'], ['10.0.0.6', '10.0.1.9'], ['fe80::5', 'fe80::9']),
  port: fc.constantFrom(80, 81, 82),
  localPort: fc.integer({ min: RANGE.low - 2, max: RANGE.high + 2 }),
  interfaceIndex: fc.constantFrom(0, 0, 3, 4, 7),
  state: fc.constantFrom(TcpState.TIME_WAIT, TcpState.TIME_WAIT, TcpState.FIN_WAIT2),
  // Distinct, so that the youngest are known.
  leftMs: fc.integer({ min: 0, max: 60_000 }),
});
const someSockets = fc.uniqueArray(anySocket, { maxLength: 60, selector: ({ leftMs }) => leftMs });

const nameOf = (index: number): string | null => DEVICES.get(index) ?? null;

describe('the old TIME_WAIT sockets of lanes', () => {
  it('are the three youngest of each that are older than what is asked for, youngest first', () => {
    fc.assert(
      fc.property(someSockets, fc.constantFrom(0, 1, 30, 60), (sockets, olderThanSeconds) => {
        const source = new FakeSockets(
          sockets.map(({ ends: [from = '', to = ''], localPort, port, ...more }) =>
            connection([parseAddress(from), localPort], [parseAddress(to), port], more),
          ),
        );
        const wanted = { range: RANGE, reserved: PortSet.of([40_005]), olderThanSeconds };
        const found = findOldTimeWaits(source, LANES, wanted, nameOf);
        for (const [index, lane] of LANES.entries()) {
          const own = sockets.filter(
            ({ ends, port, interfaceIndex }) =>
              lane.source.replace('%eth0', '') === ends[0] &&
              lane.port === port &&
              lane.device === (interfaceIndex === 0 ? null : (nameOf(interfaceIndex) ?? `${interfaceIndex}`)),
          );
          const old = own.filter(
            ({ state, localPort, leftMs }) =>
              state === TcpState.TIME_WAIT &&
              localPort >= RANGE.low &&
              localPort <= RANGE.high &&
              localPort !== 40_005 &&
              60_000 - leftMs >= olderThanSeconds * 1_000 + 10,
          );
          const youngest = old.sort((a, b) => b.leftMs - a.leftMs).slice(0, 3);
          expect(found[index]).toEqual(
            youngest.map(({ ends: [from = '', to = ''], localPort, port, interfaceIndex }) => ({
              ...{ source: parseAddress(from), sourcePort: localPort, interfaceIndex },
              ...{ destination: parseAddress(to), destinationPort: port },
            })),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiagSocket } from '../../test/kit/inet-diag-encoder.ts';
import { at, censusOf, idle, lane, listener, SCENE_RANGE, type Scene } from '../../test/kit/scans.ts';
import { inRange } from '../tcp/port-range.ts';
import { isBoundTo } from './bound-sockets.ts';
import type { Census } from './census.ts';

const SOURCES = ['10.0.0.5', '10.0.0.6'];
const DESTINATIONS = ['10.0.1.1', '10.0.1.2', '10.0.1.3'];
/** Ports of the range, and some beside it. */
const anyPort = fc.integer({ min: SCENE_RANGE.low - 3, max: SCENE_RANGE.high + 3 });
const somePorts = (maxLength: number) => fc.uniqueArray(anyPort, { maxLength });

/** Any connections at all, each with a slot of its own, and any blockers: more mixed than a kernel would have them. */
const anyScene = fc
  .record({
    lanes: fc.array(
      fc.record({
        source: fc.constantFrom(...SOURCES),
        destination: fc.constantFrom(...DESTINATIONS),
        device: fc.constantFrom(0, 0, 0, 2),
        port: fc.constantFrom(80, 81),
        /** Of the ports: all, or those that only connect() or only bind() would choose. */
        parity: fc.constantFrom('any', 'first', 'other'),
        ports: somePorts(60),
        leftMs: fc.option(fc.nat(60_000), { nil: undefined }),
      }),
      { maxLength: 6 },
    ),
    listeners: somePorts(4),
    idle: somePorts(4),
    reserved: somePorts(6),
  })
  .map(({ lanes, listeners, idle: idlePorts, reserved }): Scene => {
    const connections = new Map<string, DiagSocket>();
    for (const { source, destination, device, port, parity, ports, leftMs } of lanes) {
      const chosen = ports.filter((each) => parity === 'any' || (each % 2 === 0) === (parity === 'first'));
      const more = { interfaceIndex: device, ...(leftMs === undefined ? {} : { leftMs }) };
      for (const socket of lane(source, destination, port, chosen, more)) {
        const key = `${source} ${destination} ${device} ${port} ${socket.localPort}`;
        if (!connections.has(key)) connections.set(key, socket);
      }
    }
    return {
      sockets: [...connections.values(), ...listeners.map((port) => listener('10.0.0.9', port))],
      bound: idlePorts.map((port) => idle('10.0.0.8', port)),
      reserved,
    };
  });

interface Counted {
  readonly index: number;
  readonly source: string;
  readonly ports: Set<number>;
}

/** The ports that each lane holds. */
function portsByLane({ scan }: Census): Counted[] {
  const counted = Array.from({ length: scan.lanes.size }, (_, index) => ({
    index,
    source: scan.lanes.source(index).join(),
    ports: new Set<number>(),
  }));
  for (let row = 0; row < scan.sockets.size; row += 1)
    counted[scan.sockets.lane(row)]?.ports.add(scan.sockets.port(row));
  return counted;
}

function rangeWithout(...excluded: readonly Iterable<number>[]): number {
  const gone = new Set(excluded.flatMap((ports) => [...ports]).filter((port) => inRange(SCENE_RANGE, port)));
  return SCENE_RANGE.high - SCENE_RANGE.low + 1 - gone.size;
}

describe('the slots of a lane', () => {
  it('are the range without what is reserved, and without what is blocked and not its own', () => {
    fc.assert(
      fc.property(anyScene, ({ sockets, ...scene }) => {
        const census = censusOf({ ...scene, sockets: sockets.filter(({ interfaceIndex }) => !interfaceIndex) });
        for (const { index, ports } of portsByLane(census)) {
          if (census.lane(index).pool === 'source') continue;
          const othersBlocked = [...census.blocked.ports].filter((port) => !ports.has(port));
          expect(census.slots(index)).toBe(rangeWithout(scene.reserved ?? [], othersBlocked));
        }
      }),
    );
  });

  it('of a source that binds before it connects are the range without what any socket of it holds, but its own', () => {
    fc.assert(
      fc.property(anyScene, ({ sockets, ...scene }) => {
        const census = censusOf({ ...scene, sockets: sockets.filter(({ interfaceIndex }) => !interfaceIndex) });
        const lanes = portsByLane(census);
        for (const { index, source, ports } of lanes) {
          if (census.lane(index).pool === 'lane') continue;
          const address = census.scan.lanes.source(index);
          const blockers = census.blocked.sockets
            .filter((socket) => isBoundTo(socket, address, socket.interfaceIndex))
            .map(({ port }) => port);
          const ofSource = lanes.filter((other) => other.source === source).flatMap((other) => [...other.ports]);
          const taken = [...ofSource, ...blockers].filter((port) => !ports.has(port));
          expect(census.slots(index)).toBe(rangeWithout(scene.reserved ?? [], taken));
        }
      }),
    );
  });

  it('are never fewer than are used, and free ones are what is left and what can be reclaimed', () => {
    const anySettings = fc.record({
      tcpTwReuse: fc.constantFrom(0, 1, 2, null),
      tcpTwReuseDelaySeconds: fc.constantFrom(null, 0.001, 1, 30),
      tcpTimestamps: fc.constantFrom(0, 1, null),
    });
    const anyAnswer = fc.constantFrom(
      undefined,
      () => null,
      () => true,
      () => false,
      (port: number) => port % 3 === 0,
    );
    const anyContext = fc.record({ settings: anySettings, timestamps: fc.constantFrom(true, false, null), anyAnswer });
    fc.assert(
      fc.property(anyScene, anyContext, (scene, { settings, timestamps, anyAnswer: isPortBlocked }) => {
        const census = censusOf(scene, { settings, peerTimestamps: () => timestamps, isPortBlocked });
        for (const { slots, used, live, free, reclaimable, utilization, states } of census.lanes()) {
          expect(used).toBeLessThanOrEqual(slots);
          expect(live).toBeLessThanOrEqual(used);
          expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(used);
          if (reclaimable === null) expect([free, utilization]).toEqual([null, null]);
          else {
            expect(reclaimable).toBeLessThanOrEqual(used - live);
            expect(free).toBe(slots - used + reclaimable);
            expect(utilization).toBeCloseTo(1 - (slots - used + reclaimable) / slots, 12);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of a lane bound to a device are fewer by the ports that the same lane without one holds alone', () => {
    fc.assert(
      fc.property(somePorts(60), somePorts(60), somePorts(20), (without, withDevice, idlePorts) => {
        const sockets = [
          ...lane(
            '10.0.0.5',
            '10.0.1.1',
            80,
            without.filter((port) => port % 2 === 0),
          ),
          ...lane('10.0.0.5', '10.0.1.1', 80, withDevice, { interfaceIndex: 2 }),
        ];
        const census = censusOf({ sockets, bound: idlePorts.map((port) => idle('10.0.0.8', port)) });
        const own = new Set(withDevice);
        const taken = [...without.filter((port) => port % 2 === 0), ...idlePorts].filter((port) => !own.has(port));
        const bound = census.lanes().find(({ device }) => device !== null);
        if (bound !== undefined) expect(bound.slots).toBe(rangeWithout(taken));
      }),
    );
  });

  it('are blocked for all by what is bound in the range, on a port that is not reserved', () => {
    fc.assert(
      fc.property(anyScene, (scene) => {
        const census = censusOf(scene);
        const reserved = new Set(scene.reserved);
        const bound = [...scene.sockets.filter(({ local }) => local === at('10.0.0.9')), ...(scene.bound ?? [])];
        const explicit = bound.map(({ localPort }) => localPort).filter((port) => inRange(SCENE_RANGE, port));
        for (const port of explicit) expect(census.blocked.ports.has(port)).toBe(!reserved.has(port));
        expect(census.usable).toBe(rangeWithout(reserved, census.blocked.ports));
        if (!census.hasSharedPools) {
          expect(new Set(census.blocked.ports)).toEqual(new Set(explicit.filter((port) => !reserved.has(port))));
        }
      }),
    );
  });
});

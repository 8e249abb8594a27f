import { describe, expect, it } from 'vitest';
import { countBytes, countKinds, countPasses, decodePorts, PortKind, releaseCurve } from './port-map.ts';

describe('a port map', () => {
  it('is decoded, byte for byte, and refused where it is none', () => {
    const ports = Uint8Array.from({ length: 65_536 }, (_, port) => port % 251);
    const base64 = Buffer.from(ports).toString('base64');
    expect(decodePorts(base64)).toEqual(ports);
    expect(decodePorts(Buffer.from(ports.subarray(1)).toString('base64'))).toBeNull();
    expect(decodePorts('no map')).toBeNull();
    expect(decodePorts('')).toBeNull();
  });

  it('is counted by what holds each port; all together are 65,536', () => {
    const ports = new Uint8Array(65_536);
    ports.fill(PortKind.free, 40_000, 40_100);
    ports.fill(PortKind.timeWaitLeft + 60, 40_010, 40_020);
    ports[40_030] = PortKind.timeWait;
    ports[40_031] = PortKind.finWait2;
    const counts = countKinds(countBytes(ports));
    expect(counts).toMatchObject({ timeWait: 11, finWait2: 1, free: 88, outside: 65_436, live: 0, blocked: 0 });
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(65_536);
  });

  it('tells the free ports of each pass of connect(), from the parity of the low end', () => {
    const ports = new Uint8Array(65_536);
    ports.fill(PortKind.free, 40_001, 40_011);
    ports[40_001] = PortKind.live;
    ports[40_003] = PortKind.blocked;
    ports[40_002] = PortKind.timeWait;
    expect(countPasses(ports, 40_001, 40_010)).toEqual([
      { usable: 4, free: 3 },
      { usable: 5, free: 4 },
    ]);
  });

  it('tells how many leave TIME_WAIT in each second; of which that is not known, none is told', () => {
    const ports = new Uint8Array(65_536);
    ports.fill(PortKind.timeWaitLeft + 5, 100, 103);
    ports[200] = PortKind.timeWaitLeft;
    ports[201] = PortKind.timeWait;
    const curve = releaseCurve(countBytes(ports));
    expect([curve[0], curve[5], curve.reduce((sum, count) => sum + count)]).toEqual([1, 3, 4]);
  });
});

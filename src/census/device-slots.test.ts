import { describe, expect, it } from 'vitest';
import { lane, ports, type Scene, scanOf } from '../../test/kit/scans.ts';
import { formatAddress } from '../tcp/address.ts';
import { PortSet } from '../tcp/port-set.ts';
import { slotsTakenByTwins } from './device-slots.ts';

const [SOURCE, BACKEND] = ['10.0.0.5', '10.0.1.9'];
const by = (interfaceIndex: number) => ({ interfaceIndex });

/** By how many slots each lane is narrower: `10.0.1.9 by 2`. */
function taken(scene: Scene, blocked: readonly number[] = []): Record<string, number> {
  const scan = scanOf(scene);
  const name = (number: number): string =>
    `${formatAddress(scan.lanes.destination(number))} by ${scan.lanes.interfaceIndex(number)}`;
  return Object.fromEntries(
    [...slotsTakenByTwins(scan, PortSet.of(blocked))].map(([number, count]) => [name(number), count]),
  );
}

describe('a lane that is bound to a device', () => {
  it('is narrower by the ports that the same lane without a device holds alone', () => {
    const sockets = [
      ...lane(SOURCE, BACKEND, 80, ports(40_000, 40_009)),
      ...lane(SOURCE, BACKEND, 80, ports(40_006, 40_014), by(2)),
      ...lane(SOURCE, BACKEND, 80, [40_050], by(3)),
    ];
    expect(taken({ sockets })).toEqual({ '10.0.1.9 by 2': 6, '10.0.1.9 by 3': 10 });
    // Blocked ports are nobody's anyway.
    expect(taken({ sockets }, [40_000, 40_008, 40_090])).toEqual({ '10.0.1.9 by 2': 5, '10.0.1.9 by 3': 8 });
  });

  it('is as wide as any other where nothing else goes the same way without a device', () => {
    const sockets = [
      ...lane(SOURCE, BACKEND, 80, [40_000], by(2)),
      ...lane(SOURCE, BACKEND, 80, [40_001], by(3)),
      ...lane(SOURCE, BACKEND, 81, [40_002]),
      ...lane('10.0.0.6', BACKEND, 80, [40_002]),
      ...lane(SOURCE, '10.0.1.8', 80, [40_002]),
    ];
    expect(taken({ sockets })).toEqual({});
  });
});

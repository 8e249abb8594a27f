import { describe, expect, it } from 'vitest';
import { machineLike, situationLike } from '../../test/kit/machines.ts';
import { PortSet } from '../tcp/port-set.ts';
import { describePorts, reserveListeners } from './reserve-listeners.ts';

const BUSY = machineLike({
  range: { low: 32_768, high: 60_999 },
  listening: [22, 40_000, 50_000, 50_001, 61_000],
  reserved: PortSet.of([1_234, 40_000]),
});

describe('reserve-listeners', () => {
  it('reserves the listeners inside the range, beside what is reserved', () => {
    const change = { kind: 'sysctl', setting: 'ip_local_reserved_ports', value: '1234,40000,50000-50001' };
    expect(reserveListeners.missing(BUSY)).toEqual([]);
    expect(reserveListeners.changes?.(BUSY)).toEqual([change]);
    const [instruction] = reserveListeners.byHand(situationLike({ machine: BUSY }));
    expect(instruction?.text).toBe(`sysctl -w net.ipv4.${change.setting}=${change.value}`);
  });

  it('names the ports', () => {
    expect(reserveListeners.safety(situationLike({ machine: BUSY }))).toMatchObject({
      safe: true,
      reason: expect.stringContaining('ports 50000-50001'),
    });
  });

  it('has nothing to do where all of them are reserved, or outside the range', () => {
    const done = machineLike({ listening: [22, 40_000], reserved: PortSet.of([40_000]) });
    expect(reserveListeners.missing(done)).toMatchObject([{ kind: 'setting' }]);
    expect(reserveListeners.changes?.(done)).toEqual([]);
  });

  it('gives no slot: these ports were blocked before', () => {
    const { model } = situationLike().lane;
    expect(reserveListeners.predict(model, BUSY)).toEqual(model);
  });
});

describe('ports in a sentence', () => {
  it.each([
    [[80], 'port 80'],
    [[80, 443], 'ports 80 and 443'],
    [[80, 443, 9_000, 9_001], 'ports 80, 443 and 9000-9001'],
    [[1, 3, 5, 7, 9, 11], '6 ports'],
  ])('%j are %s', (ports, text) => {
    expect(describePorts(ports)).toBe(text);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPort, anyRange } from '../../test/kit/arbitraries.ts';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { type PortPool, usablePorts } from '../tcp/capacity.ts';
import { parsePortList } from '../tcp/port-list.ts';
import { parsePortRange } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { Machine } from './machine.ts';
import { widerRange, widestRange } from './wider-range.ts';

const { model } = laneFactsLike();

describe('wider-range', () => {
  it('goes from 1024 to 65535 on a machine as it comes', () => {
    const machine = machineLike();
    expect(widerRange.missing(machine)).toEqual([]);
    expect(widerRange.changes?.(machine)).toEqual([
      { kind: 'sysctl', setting: 'ip_local_port_range', value: '1024 65535' },
    ]);
    expect(widerRange.predict(model, machine).slotsPerLane).toBe(64_512);
  });

  it('reserves the listeners that it would swallow first, beside what is reserved', () => {
    const machine = machineLike({ listening: [22, 3_306, 8_080, 40_000], reserved: parsePortList('50000') });
    expect(widerRange.changes?.(machine)).toEqual([
      { kind: 'sysctl', setting: 'ip_local_reserved_ports', value: '3306,8080,40000,50000' },
      { kind: 'sysctl', setting: 'ip_local_port_range', value: '1024 65535' },
    ]);
    expect(widerRange.byHand(situationLike({ machine }))[0]?.text).toBe(
      "sysctl -w net.ipv4.ip_local_reserved_ports=3306,8080,40000,50000\nsysctl -w net.ipv4.ip_local_port_range='1024 65535'",
    );
    const { safe, reason } = widerRange.safety(situationLike({ machine }));
    expect(safe).toBe(true);
    expect(reason).toContain("the listeners' ports 3306, 8080 and 40000 are reserved first");
    expect(reason).toContain('30000-32767');
  });

  it.each([
    ['1024-65535', 1_024],
    ['1-65535', 0],
    ['2-65535', 0],
  ])('has nothing to give where the range is %s already', (text, unprivilegedPortStart) => {
    const machine = machineLike({ range: parsePortRange(text), unprivilegedPortStart });
    expect(widerRange.missing(machine)).toEqual([{ kind: 'setting', text: `the range is already ${text}` }]);
    expect(widerRange.changes?.(machine)).toEqual([]);
    expect(widerRange.byHand(situationLike({ machine }))).toEqual([]);
    expect(widerRange.predict(model, machine)).toEqual(model);
  });

  it.each([
    [1_024, 1_024],
    [0, 1_024],
    [null, 1_024],
    [2_000, 2_000],
    [2_001, 2_002],
  ])('begins where unprivileged ports do, at an even port (%j: %i)', (unprivilegedPortStart, low) => {
    expect(widestRange(machineLike({ unprivilegedPortStart }))).toEqual({ low, high: 65_535 });
  });

  it('predicts what the namespace then has: the usable ports of its new range, for any machine', () => {
    const ports = fc.uniqueArray(anyPort, { maxLength: 12 });
    fc.assert(
      fc.property(anyRange, ports, ports, fc.nat(1_100), (range, listening, reserved, start) => {
        const unprivilegedPortStart = Math.min(start, range.low);
        const machine = machineLike({ range, listening, reserved: PortSet.of(reserved), unprivilegedPortStart });
        const after = applied(machine);
        const predicted = widerRange.predict({ ...model, slotsPerLane: usableOf(machine) }, machine).slotsPerLane;
        expect(predicted).toBe(usableOf(after));
        expect(predicted).toBeGreaterThanOrEqual(usableOf(machine));
        expect(widerRange.missing(after)).toMatchObject([{ kind: 'setting' }]);
        if (widerRange.missing(machine).length === 0) expect(after.range.low % 2).toBe(0);
      }),
    );
  });
});

/** The machine after the changes: as the kernel takes them. */
function applied(machine: Machine): Machine {
  let after = machine;
  for (const { setting, value } of widerRange.changes?.(machine) ?? []) {
    if (setting === 'ip_local_port_range') after = { ...after, range: parsePortRange(value) };
    else after = { ...after, reserved: parsePortList(value) };
  }
  return after;
}

function usableOf({ range, reserved, listening }: Machine): number {
  const blocked = PortSet.of(listening.filter((port) => !reserved.has(port)));
  return usablePorts({ range, reserved, blocked } satisfies PortPool);
}

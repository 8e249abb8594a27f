import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPort, anyRange } from '../../test/kit/arbitraries.ts';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { type PortPool, usablePorts } from '../tcp/capacity.ts';
import { parsePortList } from '../tcp/port-list.ts';
import { parsePortRange } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { Machine } from './machine.ts';
import type { Remedy } from './remedy.ts';
import { widerRange, widerRangeTo, widestRange } from './wider-range.ts';

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
        const after = applied(widerRange, machine);
        const predicted = widerRange.predict({ ...model, slotsPerLane: usableOf(machine) }, machine).slotsPerLane;
        expect(predicted).toBe(usableOf(after));
        expect(predicted).toBeGreaterThanOrEqual(usableOf(machine));
        expect(widerRange.missing(after)).toMatchObject([{ kind: 'setting' }]);
        if (widerRange.missing(machine).length === 0) expect(after.range.low % 2).toBe(0);
      }),
    );
  });
});

describe('wider-range to a range that a person chooses', () => {
  const to = (text: string): Remedy => widerRangeTo(parsePortRange(text));

  it('is the same remedy, with that range', () => {
    const machine = machineLike({ listening: [22, 3_306, 31_000, 40_000], commandPrefix: 'ip netns exec web' });
    const remedy = to('30000-60999');
    expect(remedy).toMatchObject({ id: widerRange.id, title: widerRange.title, effort: widerRange.effort });
    expect(remedy.missing(machine)).toEqual([]);
    expect(remedy.changes?.(machine)).toEqual([
      { kind: 'sysctl', setting: 'ip_local_reserved_ports', value: '31000,40000' },
      { kind: 'sysctl', setting: 'ip_local_port_range', value: '30000 60999' },
    ]);
    expect(remedy.byHand(situationLike({ machine }))[0]?.text).toBe(
      "ip netns exec web sysctl -w net.ipv4.ip_local_reserved_ports=31000,40000\nip netns exec web sysctl -w net.ipv4.ip_local_port_range='30000 60999'",
    );
    // 40000 is blocked already, and gives no slot then either.
    expect(remedy.predict(model, machine).slotsPerLane).toBe(model.slotsPerLane + 2_767);
    const { safe, reason } = remedy.safety(situationLike({ machine }));
    expect(safe).toBe(true);
    expect(reason).toContain("the listeners' ports 31000 and 40000 are reserved first");
    expect(reason).toContain('NodePorts (30000-32767)');
  });

  it('needs CAP_NET_ADMIN', () => {
    const machine = machineLike({ capabilities: new Set() });
    expect(to('1024-65535').missing(machine)).toMatchObject([{ kind: 'privilege' }]);
  });

  it('tells of the fixed ports that may lie in it, and of no others', () => {
    const machine = machineLike({ unprivilegedPortStart: 0 });
    const reasonOf = (text: string) => to(text).safety(situationLike({ machine })).reason;
    expect(reasonOf('512-65535')).toContain('services of the system (below 1024) and NodePorts (30000-32767)');
    expect(reasonOf('1024-65535')).not.toContain('below 1024');
    expect(reasonOf('32768-65535')).toMatch(/of programs that do not run now, must be reserved too$/);
  });

  it.each([
    ['40000-41001', '40000-41001 has 1,002 usable ports, 32768-60999 has 28,232 now: it is not wider'],
    ['40000-40001', '40000-40001 has 2 usable ports, 32768-60999 has 28,232 now: it is not wider'],
    ['1024-29255', '1024-29255 has 28,232 usable ports, 32768-60999 has 28,232 now: it is not wider'],
    ['32768-60999', 'the range is already 32768-60999'],
    ['40000-65534', '40000-65534 begins and ends at an even port'],
    ['40000-40000', '40000-40000 is a single port'],
    ['1023-65534', '1023-65534 begins below port 1024'],
  ])('changes nothing where %s cannot be had or gives nothing', (text, reason) => {
    const machine = machineLike({ listening: [] });
    const remedy = to(text);
    expect(remedy.missing(machine)).toEqual([{ kind: 'setting', text: expect.stringContaining(reason) }]);
    expect(remedy.changes?.(machine)).toEqual([]);
    expect(remedy.byHand(situationLike({ machine }))).toEqual([]);
    expect(remedy.predict(model, machine)).toEqual(model);
  });

  it('predicts what the namespace then has, for any machine and any range', () => {
    const ports = fc.uniqueArray(anyPort, { maxLength: 12 });
    fc.assert(
      fc.property(anyRange, anyRange, ports, ports, fc.nat(1_100), (chosen, range, listening, reserved, start) => {
        const unprivilegedPortStart = Math.min(start, range.low);
        const machine = machineLike({ range, listening, reserved: PortSet.of(reserved), unprivilegedPortStart });
        const remedy = widerRangeTo(chosen);
        const after = applied(remedy, machine);
        const predicted = remedy.predict({ ...model, slotsPerLane: usableOf(machine) }, machine).slotsPerLane;
        expect(predicted).toBe(usableOf(after));
        const isWider = predicted > usableOf(machine);
        expect(remedy.missing(machine).length).toBe(isWider ? 0 : 1);
        expect(after.range).toEqual(isWider ? chosen : range);
        expect(remedy.missing(after)).toHaveLength(1);
      }),
    );
  });
});

/** The machine after the changes: as the kernel takes them. */
function applied(remedy: Remedy, machine: Machine): Machine {
  let after = machine;
  for (const { setting, value } of remedy.changes?.(machine) ?? []) {
    if (setting === 'ip_local_port_range') after = { ...after, range: parsePortRange(value) };
    else after = { ...after, reserved: parsePortList(value) };
  }
  return after;
}

function usableOf({ range, reserved, listening }: Machine): number {
  const blocked = PortSet.of(listening.filter((port) => !reserved.has(port)));
  return usablePorts({ range, reserved, blocked } satisfies PortPool);
}

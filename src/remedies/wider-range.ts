import type { LaneModel } from '../tcp/lane-model.ts';
import { formatRange, MAX_PORT, type PortRange, rangeSize } from '../tcp/port-range.ts';
import type { Change } from './change.ts';
import type { Machine } from './machine.ts';
import { missingNetAdmin } from './missing.ts';
import type { Missing, Remedy, Safety, Situation } from './remedy.ts';
import { describePorts, reserveWithin, unreservedListeners } from './reserve-listeners.ts';
import { sysctlCommand } from './sysctl-command.ts';

/** Below are the ports of the system's services (RFC 6335, 6), whatever a namespace lets its users bind to. */
const LOWEST_PORT = 1024;

/** Lets `connect()` choose from every port there is, but for those that programs listen on. */
export const widerRange: Remedy = {
  id: 'wider-range',
  title: 'Widen the ephemeral range (ip_local_port_range)',
  effort: 'command',
  missing,
  safety,
  predict: (model, machine): LaneModel => ({
    ...model,
    slotsPerLane: model.slotsPerLane + Math.max(0, portsGained(machine)),
  }),
  byHand: ({ machine }) => (isWidest(machine) ? [] : [sysctlCommand(changes(machine), machine)]),
  changes,
};

/**
 * The widest range that a machine can have: from 1024, or where unprivileged ports begin (the kernel refuses less,
 * `ipv4_local_port_range()`), to 65535. Its low end is even and its high end odd: ends of one parity would leave out a
 * port (`__inet_hash_connect()` looks at an even number of them), and the kernel warns of them.
 */
export function widestRange({ range, unprivilegedPortStart }: Machine): PortRange {
  const low = Math.max(Math.min(range.low, LOWEST_PORT), unprivilegedPortStart ?? 0);
  return { low: low + (low % 2), high: MAX_PORT };
}

/** Ports that `connect()` can choose from then and not now; not positive where the range is as wide already. */
function portsGained(machine: Machine): number {
  return usableWithin(machine, widestRange(machine)) - usableWithin(machine, machine.range);
}

/** Listeners' ports are blocked, or will be reserved. */
function usableWithin(machine: Machine, range: PortRange): number {
  return rangeSize(range) - machine.reserved.countWithin(range) - unreservedListeners(machine, range).length;
}

function isWidest(machine: Machine): boolean {
  return portsGained(machine) <= 0;
}

/** The ports to be reserved. */
function listenersOf(machine: Machine): number[] {
  return unreservedListeners(machine, widestRange(machine));
}

function missing(machine: Machine): readonly Missing[] {
  return isWidest(machine)
    ? [{ kind: 'setting', text: alreadyWide(machine) }]
    : missingNetAdmin(machine, 'changing the range');
}

function alreadyWide({ range }: Machine): string {
  return `the range is already ${formatRange(range)}`;
}

function safety({ machine }: Situation): Safety {
  if (isWidest(machine)) return { safe: true, reason: alreadyWide(machine) };
  const listeners = listenersOf(machine);
  const reserving =
    listeners.length === 0
      ? 'no listener is inside the wider range'
      : `the listeners' ${describePorts(listeners)} ${listeners.length === 1 ? 'is' : 'are'} reserved first`;
  return {
    safe: true,
    reason: `${reserving}; other fixed ports, of programs that do not run now and NodePorts (30000-32767), must be reserved too`,
  };
}

/** Reserves first: between the two changes no connection takes the port of a listener. */
function changes(machine: Machine): readonly Change[] {
  if (isWidest(machine)) return [];
  const widest = widestRange(machine);
  const widening: Change = {
    kind: 'sysctl',
    setting: 'ip_local_port_range',
    value: `${widest.low} ${widest.high}`,
  };
  return [...reserveWithin(machine, widest), widening];
}

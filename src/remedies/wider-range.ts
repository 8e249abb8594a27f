import { formatCount, plural } from '../tcp/number-text.ts';
import { formatRange, MAX_PORT, type PortRange, rangeSize } from '../tcp/port-range.ts';
import type { Change } from './change.ts';
import type { Machine } from './machine.ts';
import { missingNetAdmin } from './missing.ts';
import { checkRange } from './range-choice.ts';
import type { Remedy } from './remedy.ts';
import { describePorts, reserveWithin, unreservedListeners } from './reserve-listeners.ts';
import { sysctlCommand } from './sysctl-command.ts';

/** Below are the ports of the system's services (RFC 6335, 6), whatever a namespace lets its users bind to. */
const LOWEST_PORT = 1024;
/** What a Kubernetes cluster gives to services of type NodePort unless told otherwise. */
const NODE_PORTS: PortRange = { low: 30_000, high: 32_767 };

/** Lets `connect()` choose from every port there is, but for those that programs listen on. */
export const widerRange: Remedy = widerRangeTo(null);

/**
 * Lets `connect()` choose from more ports than now, but for those that programs listen on.
 *
 * @param chosen the range, two ports from 1 to 65535 of which the lower is the first; null for the widest that a machine
 *   can have, see {@link widestRange}
 */
export function widerRangeTo(chosen: PortRange | null): Remedy {
  const rangeFor = (machine: Machine): PortRange => chosen ?? widestRange(machine);
  const obstacle = (machine: Machine): string | null =>
    chosen === null ? alreadyWidest(machine) : describeObstacle(chosen, machine);
  const changes = (machine: Machine): readonly Change[] =>
    obstacle(machine) === null ? widening(rangeFor(machine), machine) : [];
  return {
    id: 'wider-range',
    title: 'Widen the ephemeral range (ip_local_port_range)',
    effort: 'command',
    missing: (machine) => {
      const text = obstacle(machine);
      return text === null ? missingNetAdmin(machine, 'changing the range') : [{ kind: 'setting', text }];
    },
    safety: ({ machine }) => ({ safe: true, reason: obstacle(machine) ?? describeSafety(rangeFor(machine), machine) }),
    predict: (model, machine) => {
      const gained = obstacle(machine) === null ? portsGained(rangeFor(machine), machine) : 0;
      return { ...model, slotsPerLane: model.slotsPerLane + gained };
    },
    byHand: ({ machine }) => (obstacle(machine) === null ? [sysctlCommand(changes(machine), machine)] : []),
    changes,
  };
}

/**
 * The widest range that a machine can have: from 1024, or where unprivileged ports begin (the kernel refuses less,
 * `ipv4_local_port_range()`), to 65535. Its low end is even and its high end odd: see {@link checkRange}.
 */
export function widestRange({ range, unprivilegedPortStart }: Machine): PortRange {
  const low = Math.max(Math.min(range.low, LOWEST_PORT), unprivilegedPortStart ?? 0);
  return { low: low + (low % 2), high: MAX_PORT };
}

/** Ports that `connect()` can choose from in a range and not now; not positive where it is no wider. */
function portsGained(wanted: PortRange, machine: Machine): number {
  return usableWithin(machine, wanted) - usableWithin(machine, machine.range);
}

/** Listeners' ports are blocked, or will be reserved. */
function usableWithin(machine: Machine, range: PortRange): number {
  return rangeSize(range) - machine.reserved.countWithin(range) - unreservedListeners(machine, range).length;
}

function alreadyWidest(machine: Machine): string | null {
  return portsGained(widestRange(machine), machine) > 0 ? null : alreadyHas(machine.range);
}

function alreadyHas(range: PortRange): string {
  return `the range is already ${formatRange(range)}`;
}

/** Why a range that was chosen cannot be had or gives nothing. */
function describeObstacle(wanted: PortRange, machine: Machine): string | null {
  const { range } = machine;
  if (wanted.low === range.low && wanted.high === range.high) return alreadyHas(range);
  const refusal = checkRange(wanted, machine);
  if (refusal !== null) return refusal.text;
  if (portsGained(wanted, machine) > 0) return null;
  const [then, now] = [usableWithin(machine, wanted), usableWithin(machine, range)];
  return `${formatRange(wanted)} has ${plural(then, 'usable port')}, ${formatRange(range)} has ${formatCount(now)} now: it is not wider`;
}

function describeSafety(wanted: PortRange, machine: Machine): string {
  const listeners = unreservedListeners(machine, wanted);
  const reserving =
    listeners.length === 0
      ? 'no listener is inside the wider range'
      : `the listeners' ${describePorts(listeners)} ${listeners.length === 1 ? 'is' : 'are'} reserved first`;
  return `${reserving}; other fixed ports, of ${othersWithin(wanted)}, must be reserved too`;
}

/** Whose ports a census does not show. */
function othersWithin({ low, high }: PortRange): string {
  return [
    'programs that do not run now',
    ...(low < LOWEST_PORT ? [`services of the system (below ${LOWEST_PORT})`] : []),
    ...(low <= NODE_PORTS.high && high >= NODE_PORTS.low ? [`NodePorts (${formatRange(NODE_PORTS)})`] : []),
  ].join(' and ');
}

/** Reserves first: between the two changes no connection takes the port of a listener. */
function widening(wanted: PortRange, machine: Machine): Change[] {
  const value = `${wanted.low} ${wanted.high}`;
  return [...reserveWithin(machine, wanted), { kind: 'sysctl', setting: 'ip_local_port_range', value }];
}

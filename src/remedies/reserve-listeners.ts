import { formatCount } from '../tcp/number-text.ts';
import { formatPortList } from '../tcp/port-list.ts';
import { formatRange, inRange, type PortRange } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { Change } from './change.ts';
import type { Machine } from './machine.ts';
import { missingNetAdmin } from './missing.ts';
import type { Remedy } from './remedy.ts';
import { sysctlCommand } from './sysctl-command.ts';

const PORTS_NAMED = 5;

/**
 * Keeps connections off the ports that programs listen on: a listener that is restarted while a connection has its port
 * cannot bind to it (`inet_csk_get_port()`). Ports that are listened on give no slot, reserved or not.
 */
export const reserveListeners: Remedy = {
  id: 'reserve-listeners',
  title: "Reserve the listeners' ports (ip_local_reserved_ports)",
  effort: 'command',
  missing: (machine) =>
    unreservedListeners(machine, machine.range).length === 0
      ? [{ kind: 'setting', text: `no listener without a reserved port is inside ${formatRange(machine.range)}` }]
      : missingNetAdmin(machine, 'reserving ports'),
  safety: ({ machine }) => ({
    safe: true,
    reason: `no connection of this machine begins at ${describePorts(unreservedListeners(machine, machine.range))} any more, and programs that bind to a port themselves are not affected`,
  }),
  predict: (model) => model,
  byHand: ({ machine }) => [sysctlCommand(reserveWithin(machine, machine.range), machine)],
  changes: (machine) => reserveWithin(machine, machine.range),
};

/** The ports of a range that are listened on and not reserved. */
export function unreservedListeners({ listening, reserved }: Machine, range: PortRange): number[] {
  return listening.filter((port) => inRange(range, port) && !reserved.has(port));
}

/** Reserves the listeners' ports of a range, beside those that are reserved already; nothing where all are. */
export function reserveWithin(machine: Machine, range: PortRange): Change[] {
  const ports = unreservedListeners(machine, range);
  if (ports.length === 0) return [];
  const all = PortSet.of([...machine.reserved, ...ports]);
  return [{ kind: 'sysctl', setting: 'ip_local_reserved_ports', value: formatPortList(all) }];
}

/** `port 8080`, `ports 8080 and 9000-9003`, `12 ports`. */
export function describePorts(ports: readonly number[]): string {
  const items = formatPortList(ports).split(',');
  if (items.length > PORTS_NAMED) return `${formatCount(ports.length)} ports`;
  const last = items.pop() ?? '';
  const listed = items.length === 0 ? last : `${items.join(', ')} and ${last}`;
  return `${ports.length === 1 ? 'port' : 'ports'} ${listed}`;
}

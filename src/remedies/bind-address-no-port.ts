import { rangeSize } from '../tcp/port-range.ts';
import * as envoy from './configuration/envoy.ts';
import * as haproxy from './configuration/haproxy.ts';
import * as nginx from './configuration/nginx.ts';
import * as node from './configuration/node.ts';
import { forProgram } from './for-program.ts';
import type { Instruction } from './instruction.ts';
import type { Machine } from './machine.ts';
import { missingKernel } from './missing.ts';
import type { Remedy } from './remedy.ts';

/**
 * Leaving the choice of the port to connect(): a port that bind() chooses belongs to one connection, and is skipped for
 * every other lane of the namespace. Afterwards the lane shares its slots with none.
 */
export const bindAddressNoPort: Remedy = {
  id: 'bind-address-no-port',
  title: 'Let connect() choose the port (IP_BIND_ADDRESS_NO_PORT)',
  effort: 'code',
  missing: (machine) => missingKernel(machine, 4, 2, 'IP_BIND_ADDRESS_NO_PORT'),
  safety: () => ({
    safe: true,
    reason: 'connect() checks each connection against all others, as it does without bind()',
  }),
  predict: (model, machine) => ({ ...model, slotsPerLane: Math.max(model.slotsPerLane, portsOfOwn(machine)) }),
  byHand: ({ lane }) =>
    forProgram(lane, [
      C,
      nginx.bindWithoutPort(lane),
      haproxy.bindWithoutPort(lane),
      node.connectWithoutBind(lane),
      envoy.bindWithoutPort(lane),
    ]),
};

/** What connect() chooses from, but for ports that sockets other than listeners are bound to. */
function portsOfOwn({ range, reserved, listening }: Machine): number {
  const blocked = listening.filter((port) => port >= range.low && port <= range.high && !reserved.has(port));
  return rangeSize(range) - reserved.countWithin(range) - blocked.length;
}

const C: Instruction = {
  where: 'c',
  text: [
    'int on = 1;',
    'setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);',
    'bind(fd, (struct sockaddr *)&source, sizeof source);',
    'connect(fd, (struct sockaddr *)&destination, sizeof destination);',
  ].join('\n'),
  note: 'Linux 4.2 and later: option 24 of <netinet/in.h>, before bind(), whose port is 0.',
};

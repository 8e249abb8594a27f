import type { Instruction } from './instruction.ts';
import { missingKernel } from './missing.ts';
import type { Remedy } from './remedy.ts';

/**
 * Ends the cliff for sockets that set it: with a range of its own, a socket's search takes every port in turn, instead of
 * all with one parity first (`inet_sk_get_local_port_range()`, Linux 6.8; the option is there since 6.3). It gives no
 * slot: it saves the CPU that `connect()` burns in a lane that is more than half full.
 */
export const localPortRange: Remedy = {
  id: 'local-port-range',
  title: 'Search all ports in one pass, against the cliff (IP_LOCAL_PORT_RANGE)',
  effort: 'code',
  missing: (machine) => missingKernel(machine, 6, 8, 'an IP_LOCAL_PORT_RANGE that ends the cliff'),
  safety: () => ({ safe: true, reason: 'it changes in which order ports are tried, for the sockets that set it only' }),
  predict: (model) => model,
  byHand: () => [SNIPPET],
};

/** A high end above the namespace's and a low end of 0 leave both ends to ip_local_port_range. */
const SNIPPET: Instruction = {
  where: 'c',
  text: [
    '#ifndef IP_LOCAL_PORT_RANGE',
    '#define IP_LOCAL_PORT_RANGE 51',
    '#endif',
    'uint32_t range = 65535u << 16; /* high << 16 | low */',
    'setsockopt(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof range); /* before connect() */',
  ].join('\n'),
  note: 'Linux 6.8 and later: these ends leave the range to ip_local_port_range and only change how it is searched; IPv6 sockets take it too.',
};

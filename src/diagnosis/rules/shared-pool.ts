import { bindAddressNoPort } from '../../remedies/bind-address-no-port.ts';
import { moreSourceAddresses } from '../../remedies/more-source-addresses.ts';
import { widerRange } from '../../remedies/wider-range.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import type { NamespaceReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeOwner } from '../text.ts';
import { type Blocking, takeTogether } from './blocking.ts';

/** From this share of the range on, or this many ports, but never for a handful. */
const SHARE_THAT_MATTERS = 0.05;
const PORTS_THAT_MATTER = 100;
const FEWEST_PORTS = 10;
/** From here on it is a warning: every lane of the namespace has lost a quarter of its slots. */
const SHARE_THAT_HURTS = 0.25;

/**
 * Sockets of one source address are bound before they connect, without IP_BIND_ADDRESS_NO_PORT. Information where they
 * hold little; that nothing is left for them says `lane-exhausted`.
 */
export const sharedPool: Rule = {
  code: 'shared-pool',
  *examine({ namespace }) {
    const { blockers, size } = namespace.ports;
    const sources = new Set(blockers.filter(({ kind }) => kind === 'bound-before-connect').map((one) => one.address));
    const enough = Math.max(FEWEST_PORTS, Math.min(PORTS_THAT_MATTER, SHARE_THAT_MATTERS * size));
    for (const source of sources) {
      const blocking = takeTogether(blockers, ['bound-before-connect'], source);
      if (blocking.ports.size >= enough) yield finding(source, blocking, namespace);
    }
  },
};

function finding(source: string, { ports, processes }: Blocking, { ports: { size }, lanes }: NamespaceReport): Finding {
  const pool = lanes.filter((lane) => lane.pool === 'source' && lane.source === source);
  const owner = describeOwner(processes);
  const share = ports.size / size;
  const sockets = owner === null ? 'Sockets that are bound' : `Sockets of ${owner} that are bound`;
  const nobody =
    owner === null && pool.length > 0 && pool.every(({ live }) => live === 0)
      ? ' (all in TIME_WAIT, so that no process owns them)'
      : '';
  return {
    severity: share >= SHARE_THAT_HURTS ? 'warning' : 'info',
    lane: pool[0] ?? null,
    summary: `${sockets} to ${source} before they connect, without IP_BIND_ADDRESS_NO_PORT, hold ${formatCount(ports.size)} of ${plural(size, 'port')}${nobody}: all destinations of ${source} share these, and connect() skips them for every other lane.`,
    explanation: `bind() must choose a port before it knows the destination, so it takes one that no other socket of ${source} holds, in TIME_WAIT neither, and the kernel keeps it from the automatic choice of all other sockets of the namespace. With IP_BIND_ADDRESS_NO_PORT (Linux 4.2) the address is bound and the port is left to connect(): each destination then has all ports of the range for itself.`,
    evidence: {
      ...{ source, ports: ports.size, shareOfRange: Number(share.toFixed(6)), rangeSize: size },
      ...{ lanes: pool.length, processes },
    },
    remedies: [bindAddressNoPort, widerRange, moreSourceAddresses],
    unhelpful: [],
  };
}

import { formatEndpoint } from '../../tcp/lane.ts';
import { formatCount } from '../../tcp/number-text.ts';
import { FOLKLORE } from '../folklore.ts';
import type { NamespaceReport } from '../report.ts';
import type { Rule } from '../rule.ts';
import type { InboundUse } from '../scene.ts';
import { describeOwner } from '../text.ts';

const MANY_SOCKETS = 2_000;
const MANY_OF_FEW_PORTS = 0.1;

/** TIME_WAIT that frightens people and costs them nothing: it is on ports of listeners, which connect() never takes. */
export const inboundTimeWait: Rule = {
  code: 'inbound-time-wait',
  *examine({ namespace, inbound }) {
    const harmless = namespace.totals.timeWaitOutsideLanes ?? 0;
    if (harmless < manyIn(namespace)) return;
    const busiest = busiestOf(inbound ?? []);
    yield {
      severity: 'info',
      lane: null,
      summary: `${formatCount(harmless)} sockets in TIME_WAIT use no ephemeral port${whereTheyAre(busiest, harmless)}: do nothing about them.`,
      explanation:
        'A connection that a client opened has the port of its listener on this side, and thousands share that one port. ' +
        'Where this side closes first, TIME_WAIT stays here: 256 bytes each, for a minute. It stands in the way of no new ' +
        'connection, and settings against it only take away the protection that it gives.',
      evidence: {
        timeWaitOutsideLanes: harmless,
        endpoint: busiest === null ? null : formatEndpoint(busiest.address, busiest.port),
        endpointTimeWait: busiest?.timeWait ?? null,
      },
      remedies: [],
      unhelpful: [FOLKLORE.finTimeout, FOLKLORE.maxTwBuckets, FOLKLORE.twRecycle],
    };
  },
};

function manyIn({ ports: { usable } }: NamespaceReport): number {
  return Math.max(1, Math.min(MANY_SOCKETS, MANY_OF_FEW_PORTS * usable));
}

function busiestOf(inbound: readonly InboundUse[]): InboundUse | null {
  const [first, ...others] = inbound.filter(({ timeWait }) => timeWait > 0);
  if (first === undefined) return null;
  return others.reduce((most, endpoint) => (endpoint.timeWait > most.timeWait ? endpoint : most), first);
}

/** The endpoint's sockets were counted a moment after the others. */
function whereTheyAre(busiest: InboundUse | null, all: number): string {
  if (busiest === null) return ', for they are on ports of listeners or others that connect() does not choose from';
  const { address, port, processes, timeWait } = busiest;
  const owner = describeOwner(processes);
  const where = `${formatEndpoint(address, port)}${owner === null ? '' : ` (${owner})`}`;
  return timeWait >= all
    ? `, for they are on the port of the listener ${where}`
    : `, ${formatCount(timeWait)} of them on the port of the listener ${where}`;
}

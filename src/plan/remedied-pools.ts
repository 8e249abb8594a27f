import { bindAddressNoPort } from '../remedies/bind-address-no-port.ts';
import { REMEDIES } from '../remedies/catalog.ts';
import { keepConnections } from '../remedies/keep-connections.ts';
import type { Machine } from '../remedies/machine.ts';
import { moreDestinationAddresses } from '../remedies/more-destination-addresses.ts';
import { moreDestinationPorts } from '../remedies/more-destination-ports.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { shorterReuseDelay } from '../remedies/shorter-reuse-delay.ts';
import { tcpTwReuse } from '../remedies/tcp-tw-reuse.ts';
import type { Pool } from './pools.ts';

/** What a gateway's slots are spread over, and how often one is taken, is up to the hosts; nothing else of it is. */
const REACH_A_GATEWAY: ReadonlySet<Remedy> = new Set([moreDestinationAddresses, moreDestinationPorts, keepConnections]);

/** bind() gives out the same ports whatever the destination, and takes over no TIME_WAIT slot. */
const NOTHING_TO_BIND: ReadonlySet<Remedy> = new Set([
  moreDestinationAddresses,
  moreDestinationPorts,
  tcpTwReuse,
  shorterReuseDelay,
]);

/** The remedies of the catalog that can be had on a machine, in its order. */
export function possibleRemedies(machine: Machine): readonly Remedy[] {
  return REMEDIES.filter((remedy) => remedy.missing(machine).every(({ kind }) => kind === 'privilege'));
}

/** The pools of a tier after a remedy: of each what it predicts, where it reaches it. */
export function remediedPools(pools: readonly Pool[], remedy: Remedy, machine: Machine): readonly Pool[] {
  return pools
    .filter((pool) => pool.of !== 'source' || remedy !== bindAddressNoPort)
    .map((pool) => (reaches(remedy, pool) ? { ...pool, model: predicted(pool, remedy, machine) } : pool));
}

function reaches(remedy: Remedy, pool: Pool): boolean {
  if (pool.of === 'gateway') return REACH_A_GATEWAY.has(remedy);
  return pool.of === 'lane' || !NOTHING_TO_BIND.has(remedy);
}

/** Connections of a plan are answered, and closed in time: no remedy changes how long they live. */
function predicted({ model }: Pool, remedy: Remedy, machine: Machine): Pool['model'] {
  return { ...remedy.predict(model, machine), holdSeconds: model.holdSeconds };
}

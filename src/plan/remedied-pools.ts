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
import type { Tier } from './topology.ts';

/** What a gateway's slots are spread over, and how often one is taken, is up to the hosts; nothing else of it is. */
const REACH_A_GATEWAY: ReadonlySet<Remedy> = new Set([moreDestinationAddresses, moreDestinationPorts, keepConnections]);

/** bind() gives out the same ports whatever the destination, and takes over no TIME_WAIT slot. */
const NOTHING_TO_BIND: ReadonlySet<Remedy> = new Set([
  moreDestinationAddresses,
  moreDestinationPorts,
  tcpTwReuse,
  shorterReuseDelay,
]);

/** A host keeps as many connections to each of them. */
const MORE_DESTINATIONS: ReadonlySet<Remedy> = new Set([moreDestinationAddresses, moreDestinationPorts]);

/**
 * The remedies of the catalog that can be had on a machine of a tier, in its order. Where connections are kept, keeping some
 * is none: it is requests that it would count, and those that overflow are counted here. What spreads connections without
 * touching their program is none either: a topology has no programs, and more addresses or ports are counted here already.
 */
export function possibleRemedies({ traffic }: Tier, machine: Machine): readonly Remedy[] {
  const isKeeping = traffic !== null && traffic.keptPerLane > 0;
  return REMEDIES.filter(
    (remedy) =>
      remedy.spreads === undefined &&
      !(isKeeping && remedy === keepConnections) &&
      remedy.missing(machine).every(({ kind }) => kind === 'privilege'),
  );
}

/** The pools of a tier after a remedy: of each what it predicts, where it reaches it. */
export function remediedPools(pools: readonly Pool[], remedy: Remedy, machine: Machine): readonly Pool[] {
  return pools
    .filter((pool) => pool.of !== 'source' || remedy !== bindAddressNoPort)
    .map((pool) => ({
      ...pool,
      model: reaches(remedy, pool) ? predicted(pool, remedy, machine) : pool.model,
      kept: MORE_DESTINATIONS.has(remedy) ? 2 * pool.kept : pool.kept,
    }));
}

function reaches(remedy: Remedy, pool: Pool): boolean {
  if (pool.of === 'gateway') return REACH_A_GATEWAY.has(remedy);
  return pool.of === 'lane' || !NOTHING_TO_BIND.has(remedy);
}

/** Connections of a plan are answered, and closed in time: no remedy changes how long they live. */
function predicted({ model }: Pool, remedy: Remedy, machine: Machine): Pool['model'] {
  return { ...remedy.predict(model, machine), holdSeconds: model.holdSeconds };
}

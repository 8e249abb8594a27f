import { FourtupleError } from '../../tcp/error.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import { LINUX_TIME_WAIT_MS } from '../../tcp/time-wait.ts';
import type { Gateway, GatewayFacts, GatewayKind, GatewayUse } from '../gateway.ts';

/** What a share of ports is worked out from: counts that are right by themselves. */
export interface ShareQuestion {
  readonly hosts: number;
  readonly addresses: number;
  /** The ports of all addresses. */
  readonly ports: number;
  /** As it is set for the gateway; null where it is not. */
  readonly portsPerHost: number | null;
}

/** A kind of gateway whose hosts share all ports of its addresses: a lane belongs to an address. */
export function withSharedPorts(facts: GatewayFacts): GatewayKind {
  return {
    ...facts,
    resolve: (use: GatewayUse): Gateway => {
      checkedCount(facts, 'hosts', use.hosts);
      const addresses = checkedAddresses(facts, use);
      if (use.portsPerHost !== undefined) {
        throw new FourtupleError('FT_ARGUMENT', `${facts.title} gives no host ports of its own`, {
          hint: 'Leave out the ports per host: all hosts share the ports of its addresses.',
        });
      }
      return {
        ...commonFields(facts, use),
        slotsPerLane: facts.portsPerAddress,
        lanePer: 'address',
        addresses,
        mostAddresses: facts.mostAddresses,
      };
    },
  };
}

/**
 * A kind of gateway that gives each host ports of its own: a lane belongs to a host, and more addresses make room for wider
 * lanes, not for more of them.
 *
 * @param share the ports of one host; the sum of all hosts' must not exceed those of the addresses
 */
export function withPortsPerHost(facts: GatewayFacts, share: (question: ShareQuestion) => number): GatewayKind {
  return {
    ...facts,
    resolve: (use: GatewayUse): Gateway => {
      const hosts = checkedCount(facts, 'hosts', use.hosts);
      const addresses = checkedAddresses(facts, use);
      const portsPerHost =
        use.portsPerHost === undefined ? null : checkedCount(facts, 'ports per host', use.portsPerHost);
      const ports = addresses * facts.portsPerAddress;
      const slotsPerLane = share({ hosts, addresses, ports, portsPerHost });
      if (hosts * slotsPerLane > ports) throw tooFewPorts(facts, hosts, addresses, slotsPerLane);
      return { ...commonFields(facts, use), slotsPerLane, lanePer: 'host', addresses: hosts, mostAddresses: hosts };
    },
  };
}

/** Says that a gateway of this kind cannot be set up so. */
export function wrongShare(facts: GatewayFacts, portsPerHost: number, expected: string): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `${facts.title} cannot give each host ${plural(portsPerHost, 'port')}`, {
    hint: expected,
  });
}

function commonFields(
  facts: GatewayFacts,
  use: GatewayUse,
): Pick<Gateway, 'id' | 'title' | 'timeWaitSeconds' | 'tries' | 'source'> {
  const timeWaitSeconds = use.timeWaitSeconds ?? facts.timeWaitSeconds ?? LINUX_TIME_WAIT_MS / 1_000;
  if (!Number.isFinite(timeWaitSeconds) || timeWaitSeconds < 0) {
    throw new FourtupleError('FT_ARGUMENT', `${facts.title} cannot keep closed slots for ${timeWaitSeconds} s`, {
      hint: 'Give a time in seconds, 0 or more.',
    });
  }
  return { id: facts.id, title: facts.title, timeWaitSeconds, tries: facts.tries, source: facts.source };
}

function checkedCount(facts: GatewayFacts, what: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new FourtupleError('FT_ARGUMENT', `${count} is not a number of ${what} for ${facts.title}`, {
    hint: 'Give a whole number, 1 or more.',
  });
}

function checkedAddresses(facts: GatewayFacts, use: GatewayUse): number {
  const addresses = checkedCount(facts, 'addresses', use.addresses ?? 1);
  if (facts.mostAddresses !== null && addresses > facts.mostAddresses) {
    throw new FourtupleError('FT_ARGUMENT', `${facts.title} cannot have ${plural(addresses, 'address', 'addresses')}`, {
      hint: `Give ${facts.mostAddresses} at most, or plan with more than one gateway: ${facts.source}`,
    });
  }
  return addresses;
}

function tooFewPorts(facts: GatewayFacts, hosts: number, addresses: number, portsPerHost: number): FourtupleError {
  const ports = addresses * facts.portsPerAddress;
  const needed = Math.ceil((hosts * portsPerHost) / facts.portsPerAddress);
  const enough = facts.mostAddresses === null || needed <= facts.mostAddresses;
  const has = `${facts.title} with ${plural(addresses, 'address', 'addresses')} has ${formatCount(ports)} ports`;
  const first = enough ? `Give it ${plural(needed, 'address', 'addresses')}` : 'Plan with more than one gateway';
  return new FourtupleError(
    'FT_ARGUMENT',
    `${has}: too few to give ${formatCount(portsPerHost)} to each of ${plural(hosts, 'host')}`,
    { hint: `${first}, or give each host fewer ports.` },
  );
}

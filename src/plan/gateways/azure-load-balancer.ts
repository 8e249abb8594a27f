import { FourtupleError } from '../../tcp/error.ts';
import { plural } from '../../tcp/number-text.ts';
import type { GatewayFacts, GatewayKind } from '../gateway.ts';
import { withPortsPerHost, wrongShare } from './resolve.ts';

/**
 * An address has 64,000 ports. The port of a closed connection is free again after four minutes
 * (https://learn.microsoft.com/azure/api-management/troubleshoot-response-timeout-and-errors).
 */
const facts: GatewayFacts = {
  id: 'azure-load-balancer',
  title: 'Azure Load Balancer',
  portsPerAddress: 64_000,
  mostAddresses: null,
  timeWaitSeconds: 240,
  tries: null,
  source: 'https://learn.microsoft.com/azure/load-balancer/load-balancer-outbound-connections',
};

/** An outbound rule with another number is rejected (https://learn.microsoft.com/azure/load-balancer/outbound-rules). */
const PORTS_STEP = 8;

/** The default allocation: for pools of up to so many hosts, the ports that each host has of each address. */
const DEFAULT_ALLOCATION: readonly { readonly hosts: number; readonly ports: number }[] = [
  { hosts: 50, ports: 1_024 },
  { hosts: 100, ports: 512 },
  { hosts: 200, ports: 256 },
  { hosts: 400, ports: 128 },
  { hosts: 800, ports: 64 },
  { hosts: 1_000, ports: 32 },
];

/**
 * Outbound connections of Azure Load Balancer, Standard: each host of the pool has ports of its own, by the size of the
 * pool where no outbound rule says how many.
 */
export const azureLoadBalancer: GatewayKind = withPortsPerHost(facts, ({ hosts, addresses, portsPerHost }) => {
  if (portsPerHost === null) {
    const row = DEFAULT_ALLOCATION.find((candidate) => hosts <= candidate.hosts);
    if (row === undefined) throw noDefault(hosts);
    return row.ports * addresses;
  }
  if (portsPerHost % PORTS_STEP !== 0) {
    throw wrongShare(facts, portsPerHost, `Give a multiple of ${PORTS_STEP}.`);
  }
  return portsPerHost;
});

function noDefault(hosts: number): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `${facts.title} has no default allocation for ${plural(hosts, 'host')}`, {
    hint: 'Give the ports per host that its outbound rule sets.',
  });
}

import type { GatewayFacts, GatewayKind } from '../gateway.ts';
import { CLOUD_NAT_ADDRESS } from './google-cloud-nat-address.ts';
import { withPortsPerHost, wrongShare } from './resolve.ts';

const facts: GatewayFacts = {
  ...CLOUD_NAT_ADDRESS,
  id: 'google-cloud-nat-dynamic',
  title: 'Google Cloud NAT with dynamic allocation',
};

/** The least that a host is given, and the most that it can be given, where nothing else is set. */
const LEAST_PORTS_PER_HOST = 32;
const MOST_PORTS_PER_HOST = 65_536;

/**
 * Google Cloud NAT with dynamic allocation: a host that is short of ports has them doubled, up to its maximum
 * (`maxPortsPerVm`, here the ports per host) and as long as the addresses have enough. A plan spreads load evenly, so each
 * host ends at the same power of two. The fields and their limits are those of
 * https://cloud.google.com/compute/docs/reference/rest/v1/routers.
 */
export const googleCloudNatDynamic: GatewayKind = withPortsPerHost(facts, ({ hosts, ports, portsPerHost }) => {
  const most = portsPerHost ?? MOST_PORTS_PER_HOST;
  if (most <= LEAST_PORTS_PER_HOST || most > MOST_PORTS_PER_HOST || !Number.isInteger(Math.log2(most))) {
    throw wrongShare(facts, most, 'The most ports of a host are a power of two from 64 to 65,536.');
  }
  let share = LEAST_PORTS_PER_HOST;
  while (2 * share <= most && 2 * share * hosts <= ports) share *= 2;
  return share;
});

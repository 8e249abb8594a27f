import type { GatewayFacts } from '../gateway.ts';

/**
 * What Google Cloud NAT documents of an address, however its ports are allocated: 64,512 ports, 300 addresses at most
 * (https://cloud.google.com/nat/quota). TIME_WAIT is 120 s for gateways that were made before 30 June 2026, and 30 s for
 * those that were made from 30 September 2026 on (release note of 31 March 2026,
 * https://cloud.google.com/nat/docs/release-notes); it can be set (`--tcp-time-wait-timeout`). The longer one is taken
 * where it is not said, as that never promises too much.
 */
export const CLOUD_NAT_ADDRESS: Omit<GatewayFacts, 'id' | 'title'> = {
  portsPerAddress: 64_512,
  mostAddresses: 300,
  timeWaitSeconds: 120,
  tries: null,
  source: 'https://cloud.google.com/nat/docs/ports-and-addresses',
};

import type { GatewayKind } from '../gateway.ts';
import { CLOUD_NAT_ADDRESS } from './google-cloud-nat-address.ts';
import { withPortsPerHost } from './resolve.ts';

/** What a gateway that is made without saying otherwise gives each host. */
const DEFAULT_PORTS_PER_HOST = 64;

/** Google Cloud NAT with static allocation: each host has its minimum of ports (`minPortsPerVm`), and never more. */
export const googleCloudNat: GatewayKind = withPortsPerHost(
  { ...CLOUD_NAT_ADDRESS, id: 'google-cloud-nat', title: 'Google Cloud NAT' },
  ({ portsPerHost }) => portsPerHost ?? DEFAULT_PORTS_PER_HOST,
);

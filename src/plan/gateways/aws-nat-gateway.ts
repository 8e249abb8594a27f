import type { GatewayKind } from '../gateway.ts';
import { withSharedPorts } from './resolve.ts';

/**
 * A zonal NAT gateway of AWS: 55,000 connections per address and destination; 8 addresses, of which a public one has 2 until
 * the quota is raised. It drops a connection that is idle for 350 s
 * (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html). How long it keeps the port of a
 * closed one is not documented. Earlier editions named 900 connections per second to one destination as the same limit as
 * the 55,000, which is the 60 s that the plan takes.
 */
export const awsNatGateway: GatewayKind = withSharedPorts({
  id: 'aws-nat-gateway',
  title: 'AWS NAT gateway',
  portsPerAddress: 55_000,
  mostAddresses: 8,
  timeWaitSeconds: null,
  tries: null,
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html',
});

import type { GatewayKind } from '../gateway.ts';
import { withSharedPorts } from './resolve.ts';

/**
 * Azure NAT Gateway, Standard and StandardV2: an address has 64,512 ports, but carries 50,000 connections at once to one
 * destination. It has 16 IPv4 addresses at most, and gives ports on demand. A port goes to the same destination again 65 s
 * after a FIN (16 s after a reset). The 2 million connections that a whole gateway carries are not in the plan.
 */
export const azureNatGateway: GatewayKind = withSharedPorts({
  id: 'azure-nat-gateway',
  title: 'Azure NAT Gateway',
  portsPerAddress: 50_000,
  mostAddresses: 16,
  timeWaitSeconds: 65,
  tries: null,
  source: 'https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource',
});

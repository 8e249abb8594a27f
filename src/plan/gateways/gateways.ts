import { FourtupleError } from '../../tcp/error.ts';
import type { GatewayKind } from '../gateway.ts';
import { awsNatGateway } from './aws-nat-gateway.ts';
import { azureLoadBalancer } from './azure-load-balancer.ts';
import { azureNatGateway } from './azure-nat-gateway.ts';
import { ciliumMasquerading } from './cilium-masquerading.ts';
import { googleCloudNat } from './google-cloud-nat.ts';
import { googleCloudNatDynamic } from './google-cloud-nat-dynamic.ts';
import { netfilterMasquerading } from './netfilter-masquerading.ts';

/** Every kind of gateway that is known. */
export const GATEWAYS: readonly GatewayKind[] = [
  awsNatGateway,
  googleCloudNat,
  googleCloudNatDynamic,
  azureNatGateway,
  azureLoadBalancer,
  ciliumMasquerading,
  netfilterMasquerading,
];

/** @throws FourtupleError FT_ARGUMENT where no kind has this id */
export function findGateway(id: string): GatewayKind {
  const kind = GATEWAYS.find((candidate) => candidate.id === id);
  if (kind !== undefined) return kind;
  throw new FourtupleError('FT_ARGUMENT', `There is no gateway '${id}'`, {
    hint: `There are: ${GATEWAYS.map((candidate) => candidate.id).join(', ')}.`,
  });
}

import type { Address } from './address.ts';
import { blockContains, parseAddressBlock } from './address-block.ts';

/** Loopback, RFC 1918 (private), 6598 (carrier-grade NAT), 3927 and 4291 2.5.6 (link-local), 4193 (unique local). */
const PRIVATE_BLOCKS = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
].map(parseAddressBlock);

/** Whether an address is of a private network: none that the Internet carries. */
export function isPrivate(address: Address): boolean {
  return PRIVATE_BLOCKS.some((block) => blockContains(block, address));
}

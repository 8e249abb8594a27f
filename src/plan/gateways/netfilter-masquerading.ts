import type { GatewayKind } from '../gateway.ts';
import { withSharedPorts } from './resolve.ts';

/**
 * Masquerading and SNAT of Linux without a port range of its own: ports 1024 to 65535 of an address per destination,
 * whatever `ip_local_port_range` is (`nf_nat_l4proto_unique_tuple()`). It tries 128, 64, 32, 16 and 8 ports, each run from a
 * random start, then drops the packet. Conntrack keeps a closed connection for 120 s (`nf_conntrack_tcp_timeout_time_wait`,
 * https://docs.kernel.org/networking/nf_conntrack-sysctl.html); since Linux 6.5 the last 32 tries may evict such a one,
 * which the plan does not count on.
 */
export const netfilterMasquerading: GatewayKind = withSharedPorts({
  id: 'netfilter-masquerading',
  title: 'netfilter masquerading',
  portsPerAddress: 64_512,
  mostAddresses: null,
  timeWaitSeconds: 120,
  tries: 128 + 64 + 32 + 16 + 8,
  source: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/netfilter/nf_nat_core.c',
});

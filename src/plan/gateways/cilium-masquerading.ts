import type { GatewayKind } from '../gateway.ts';
import { withSharedPorts } from './resolve.ts';

/**
 * Cilium's eBPF masquerading: ports 32768 to 65535 (from the end of the NodePort range on) of a node's address, per
 * destination. Each node translates for its own pods: the addresses are those of all nodes. It tries the port that the
 * pod chose, then a random one and those after it, 32 in all (`SNAT_COLLISION_RETRIES`; older releases up to 128). A
 * closed connection expires after 10 s (`bpf-ct-timeout-regular-tcp-fin`), but its slot is free only when the garbage
 * collector has passed, at an interval that adapts itself: how long that takes is not documented.
 */
export const ciliumMasquerading: GatewayKind = withSharedPorts({
  id: 'cilium-masquerading',
  title: 'Cilium masquerading',
  portsPerAddress: 32_768,
  mostAddresses: null,
  timeWaitSeconds: null,
  tries: 32,
  source: 'https://github.com/cilium/cilium/blob/main/bpf/lib/nat.h',
});

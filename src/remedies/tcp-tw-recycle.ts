import { isAtLeast } from './kernel-version.ts';
import type { Machine } from './machine.ts';
import type { Missing, Remedy, Safety } from './remedy.ts';

/**
 * What old articles advise. It refused connections whose timestamp was older than the last one of their address: behind
 * NAT those of all clients but one. Linux 4.12 removed it (4396e46187ca). Never to be set, so nothing is predicted:
 * recycle-time-wait has its effect, under control.
 */
export const tcpTwRecycle: Remedy = {
  id: 'tcp-tw-recycle',
  title: 'Recycle TIME_WAIT slots in the kernel (tcp_tw_recycle)',
  effort: 'command',
  missing,
  safety: (): Safety => ({
    safe: false,
    reason:
      'it drops connections of clients that share an address behind NAT, and since timestamps begin at random (Linux 4.10) those of any client',
  }),
  predict: (model) => model,
  byHand: () => [],
};

function missing({ kernel }: Machine): readonly Missing[] {
  if (kernel === null || isAtLeast(kernel, 4, 12) === false) return [];
  return [{ kind: 'kernel', text: `Linux 4.12 removed tcp_tw_recycle, and this is ${kernel.major}.${kernel.minor}` }];
}

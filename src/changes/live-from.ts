import { SockDiag } from '../linux/sock-diag.ts';
import type { Address } from '../tcp/address.ts';
import { type AddressBlock, blockContains } from '../tcp/address-block.ts';
import { CONNECTED_STATES, stateMask, TcpState } from '../tcp/state.ts';

const LIVE = CONNECTED_STATES & ~stateMask(TcpState.TIME_WAIT);

/** How many live connections leave from addresses of a block, in the namespace that the calling thread is in. */
export function liveFrom(block: AddressBlock): number {
  const diag = SockDiag.open();
  const words = new Uint32Array(8);
  const source = words.subarray(0, 4) as unknown as Address;
  let live = 0;
  try {
    diag.forEachSocket({ states: LIVE }, (socket) => {
      if (socket.isTimeWait) return;
      socket.copyAddresses(words);
      if (blockContains(block, source)) live += 1;
    });
    return live;
  } finally {
    diag.close();
  }
}

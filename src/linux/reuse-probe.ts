import type { FourTuple } from './inet-diag-request.ts';
import { tryRepairConnect } from './repair-connect.ts';
import { encodeSocketAddress } from './socket-address.ts';

/**
 * Asks the kernel whether `connect()` takes over the TIME_WAIT socket of a four-tuple (`tcp_twsk_unique()`), by taking it
 * over: afterwards the slot is free. In the network namespace that the calling thread is in, without sending a packet: see
 * `tryRepairConnect`.
 *
 * @param tuple of a TIME_WAIT socket, its source port one of the ephemeral range and neither reserved nor blocked: those
 *   connect() skips, whatever holds them
 * @returns false where connect() is refused: EADDRNOTAVAIL; null where it cannot be asked: no privilege, an older kernel,
 *   an address that is not of this machine any more, no route
 */
export function takesOverTimeWait(tuple: FourTuple): boolean | null {
  const { source, sourcePort, destination, destinationPort, interfaceIndex } = tuple;
  return tryRepairConnect({
    destination: encodeSocketAddress(destination, destinationPort, interfaceIndex),
    port: sourcePort,
    source: encodeSocketAddress(source, 0, interfaceIndex),
    interfaceIndex,
  });
}

import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { FourtupleError } from '../tcp/error.ts';
import { AF_INET } from './inet-diag-message.ts';
import { errno, errnoName, libc, SOCK_CLOEXEC } from './libc.ts';

const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_NETNS_COOKIE = 71;
const { ENOPROTOOPT } = constants.errno;

/**
 * The number of the network namespace that the calling thread is in, which no other gets before the next boot
 * (SO_NETNS_COOKIE, Linux 5.14); null on older kernels.
 *
 * @throws FourtupleError FT_KERNEL where no socket can be opened to ask
 */
export function networkNamespaceCookie(): bigint | null {
  const socket = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) throw failed(errno());
  try {
    const cookie = new BigUint64Array(1);
    const size = Uint32Array.of(cookie.byteLength);
    if (libc.getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, cookie, size) === 0) return cookie[0] as bigint;
    const number = errno();
    if (number === ENOPROTOOPT) return null;
    throw failed(number);
  } finally {
    libc.close(socket);
  }
}

function failed(number: number): FourtupleError {
  return new FourtupleError('FT_KERNEL', `the network namespace's cookie cannot be read: ${errnoName(number)}`);
}

/** The number of this boot (/proc/sys/kernel/random/boot_id); null where it cannot be read. */
export function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return null;
  }
}

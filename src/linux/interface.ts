import { libc } from './libc.ts';

/** IF_NAMESIZE of <net/if.h>. */
const NAME_SIZE = 16;

/** The name of a network interface in the namespace that the calling thread is in; null where it has none (any more). */
export function interfaceName(index: number): string | null {
  const name = new Uint8Array(NAME_SIZE);
  if (libc.if_indextoname(index, name) === null) return null;
  return Buffer.from(name.subarray(0, name.indexOf(0))).toString('utf8');
}

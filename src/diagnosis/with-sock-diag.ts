import { SockDiag } from '../linux/sock-diag.ts';
import { FourtupleError } from '../tcp/error.ts';

/**
 * Looks at sockets of a namespace beside the census.
 *
 * @param enter runs its work inside the namespace
 * @returns null where the kernel refuses: what is looked at further is not needed for the census
 */
export function withSockDiag<T>(enter: <R>(work: () => R) => R, look: (diag: SockDiag) => T): T | null {
  try {
    const diag = enter(() => SockDiag.open());
    try {
      return look(diag);
    } finally {
      diag.close();
    }
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return null;
  }
}

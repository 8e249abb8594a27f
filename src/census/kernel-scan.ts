import type { SockDiag } from '../linux/sock-diag.ts';
import type { KernelSocketCounts } from '../linux/sockstat.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { BoundSocket } from './bound-sockets.ts';
import type { SocketScanner } from './scan.ts';

/**
 * From so many sockets on, those that are bound and idle are looked for only where they matter: the kernel walks all its
 * bind buckets for them, which slows the census by half (measured with 990,000 sockets).
 */
export const MANY_SOCKETS = 250_000;
/** From this share of the range on, a lane is so full that each blocked port matters. */
const NEARLY_FULL = 0.9;

export interface KernelScanOptions {
  /** Of all sockets; null where they are not known. */
  readonly counts: KernelSocketCounts | null;
  /** What is bound to ports of the range, where that is known from just before: it is not listed then. */
  readonly lastBound?: readonly BoundSocket[] | undefined;
  /** Does something in the network namespace of the sockets. */
  readonly enter: <T>(work: () => T) => T;
}

/**
 * Fills a scanner from the kernel: listeners, connections, and whatever else is bound to a port of the range.
 *
 * @returns what was not looked for, or could not be, one sentence each
 * @throws FourtupleError where the kernel does not list its sockets
 */
export async function scanKernel(
  diag: SockDiag,
  scanner: SocketScanner,
  { counts, lastBound, enter }: KernelScanOptions,
): Promise<string[]> {
  const isLarge = counts !== null && counts.inUse + counts.timeWait >= MANY_SOCKETS;
  const listBound = (): (() => Promise<string[]>) => {
    const finish = enter(() => diag.startBound(scanner.range));
    return () => finish((socket) => scanner.addBound(socket)).then(() => [], explainBound);
  };
  // Beside the connections, where that costs little; started before them.
  const bound = isLarge || lastBound !== undefined ? null : listBound();
  try {
    scanner.addListeners(diag);
    scanner.addConnections(diag);
  } catch (error) {
    await bound?.();
    throw error;
  }
  if (lastBound !== undefined) {
    scanner.bound.push(...lastBound);
    return [];
  }
  if (bound !== null) return bound();
  if (scanner.otherPassSockets > 0 || scanner.mostOfLane() >= NEARLY_FULL * scanner.portCount) return listBound()();
  return explainSkipped(counts as KernelSocketCounts);
}

function explainBound(error: unknown): string[] {
  if (!(error instanceof FourtupleError)) throw error;
  return [`Ports that are bound and idle, or bound to before connect, are not counted as blocked: ${error.message}.`];
}

/** Listeners and connections are in use; of the other sockets that exist, none need be in this namespace. */
function explainSkipped({ inUse, allocated }: KernelSocketCounts): string[] {
  const most = allocated - inUse;
  if (most <= 0) return [];
  const sockets = most === 1 ? '1 socket' : `${most} sockets`;
  return [
    `With so many connections and no lane nearly full, sockets that are bound and idle were not looked for: at most ${sockets} of this machine can block a port unseen.`,
  ];
}

import { setTimeout as sleep } from 'node:timers/promises';
import { ClosesWatch } from '../census/watch-closes.ts';
import type { NamespaceHandle } from '../linux/network-namespace.ts';
import { FourtupleError } from '../tcp/error.ts';

/** Watches by the inode of their namespace. */
export type Watches = ReadonlyMap<number, ClosesWatch>;

/**
 * Begins to watch closes in network namespaces, and comes back when the last one has been watched for that long: all are
 * watched at the same time, and go on until they are stopped.
 *
 * @param handles each is used before the next one is asked for; one whose census fails is left out
 * @param ms 0 or undefined: nothing is watched
 * @param announce is told before it begins, for it takes as long as it was asked to
 */
export async function watchNamespaces(
  handles: Iterable<NamespaceHandle>,
  ms: number | undefined,
  announce: (ms: number) => void = () => {},
): Promise<Watches> {
  const watches = new Map<number, ClosesWatch>();
  if (ms === undefined || ms === 0) return watches;
  announce(ms);
  for (const handle of handles) {
    try {
      watches.set(handle.inode, await ClosesWatch.start({ namespace: handle }));
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
    }
  }
  await sleep(ms);
  return watches;
}

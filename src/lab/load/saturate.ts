import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../host.ts';
import { closeInOrder } from './fill.ts';
import type { Way } from './way.ts';

/** A lane whose slots come back, all of which are free to begin with. */
export interface Saturation {
  readonly slots: number;
  /** How many times each slot is taken. */
  readonly cycles: number;
  /** How long a slot takes to come back, as far as that is known. */
  readonly cycleSeconds: number;
}

/** After a refusal, of a cycle: to try more often takes a busy machine more than it tells. */
const PAUSE_SHARE = 0.002;
/** In cycles: it ends sooner where the kernel does not let it. */
const PATIENCE = 3;

/**
 * Opens connections and closes them at once, the client first: as many as the kernel lets it, for it tries all the time.
 * Only the first cycle is spread evenly: what is opened in a burst comes back in one each time, and a machine that is busy
 * is late for a burst.
 *
 * @returns when each was opened, in seconds
 */
export async function saturate(host: Host, way: Way, lane: Saturation): Promise<Float64Array> {
  const { slots, cycles, cycleSeconds } = lane;
  const openedAt = new Float64Array(cycles * slots);
  const start = seconds();
  const end = start + PATIENCE * cycles * cycleSeconds;
  let opened = 0;
  const openSome = (): void => {
    while (opened < openedAt.length) {
      const now = seconds();
      if (opened < slots && now < start + (opened / slots) * cycleSeconds) return;
      const socket = way.connect();
      if (socket === null) return;
      openedAt[opened] = seconds();
      opened += 1;
      closeInOrder(socket, way.server.listener.accept());
    }
  };
  while (opened < openedAt.length && seconds() < end) {
    host.inside(openSome);
    await sleep(1_000 * PAUSE_SHARE * cycleSeconds);
  }
  return openedAt.subarray(0, opened);
}

function seconds(): number {
  return performance.now() / 1_000;
}

import { release } from 'node:os';
import { takeCensus } from '../census/take-census.ts';
import { machineOf, ownCapabilities } from '../diagnosis/machine.ts';
import { readSegmentCounts } from '../linux/segment-counts.ts';
import { ticksPerSecond } from '../linux/timer-tick.ts';
import type { Machine } from '../remedies/machine.ts';
import type { Host } from './host.ts';

/** What remedies must know of a host, as its settings and listeners are now. */
export async function machineOfHost(host: Host): Promise<Machine> {
  return machineOf(
    await takeCensus({ namespace: host.namespace }),
    {
      ...{ name: host.name, holder: null, kernel: release(), isOwn: true, path: null },
      ...{ ticksPerSecond: ticksPerSecond(), capabilities: ownCapabilities() },
    },
    host.inside(readSegmentCounts),
  );
}

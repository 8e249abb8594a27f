import { release } from 'node:os';
import { takeCensus } from '../census/take-census.ts';
import { type MachineIdentity, machineOf, ownCapabilities } from '../diagnosis/machine.ts';
import { readSegmentCounts } from '../linux/segment-counts.ts';
import { ticksPerSecond } from '../linux/timer-tick.ts';
import type { Machine } from '../remedies/machine.ts';
import type { Host } from './host.ts';

/** What remedies must know of a host, as its settings and listeners are now. */
export async function machineOfHost(host: Host): Promise<Machine> {
  const census = await takeCensus({ namespace: host.namespace });
  return machineOf(census, identityOf(host), host.inside(readSegmentCounts));
}

/** What a census of a host does not tell. */
export function identityOf({ name }: Host): MachineIdentity {
  return {
    ...{ name, holder: null, kernel: release(), isOwn: true, path: null },
    ...{ ticksPerSecond: ticksPerSecond(), capabilities: ownCapabilities() },
  };
}
